/** What a store is asked to forget, and what it then did. Single incidents go; counts stay, under no name. */

export interface Forgotten {
  /** A person or a client. */
  whose: 'subject' | 'client'
  /** Every spelling that may stand in the store: as written, and as the fingerprints of it under every key; none is empty. */
  texts: readonly string[]
}

/** Rows that went or were changed; with a rehearsal, that would. */
export interface ForgetCounts {
  incidents: number
  /** What was remembered of the subject's or client's tokens, sessions and deeds. */
  history: number
  /** Sampled successes. */
  successes: number
  /** Groups of unrecognised records and samples of sources that showed a text. */
  samples: number
  /** Texts of alerts, their deliveries, state and silences in which the name was struck out. */
  alert_texts: number
  /** Names in the rollups that now read `(forgotten)`. */
  names: number
}

/** What stands in the place of a forgotten name; a number follows from the second on. */
export const FORGOTTEN_NAME = '(forgotten)'
