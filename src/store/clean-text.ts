/**
 * Length limits of stored texts, and the characters the store needs for itself.
 * Removing control characters for display is the redactor's and the terminal's work, not done here.
 */

/** Hosts, services, clients, issuers, systems, signatures, symptoms; characters. Longer ones are no names. */
export const NAME_LIMIT = 200

/** Request ids, trace ids, fingerprints; characters. W3C `traceparent` has 55, vendors' ids stay below 128. */
export const KEY_LIMIT = 200

/** Evidence texts, audiences, addresses; characters. */
export const FACT_LIMIT = 300

/** HTTP paths; characters. */
export const PATH_LIMIT = 300

/** Reasons per incident, and characters of each. */
export const WHY_LIMIT = 12
export const WHY_LENGTH_LIMIT = 400

/** NUL ends texts in SQLite's functions; the other three are punctuation in phrase.ts. */
const RESERVED = /[\u0000\u0001\u001e\u001f]/g
const HAS_RESERVED = /[\u0000\u0001\u001e\u001f]/

/** `text` cut to `limit` characters, without the reserved ones and without half a surrogate pair. */
export function cleanText(text: string, limit: number): string {
  const cut = text.length > limit ? text.slice(0, limit) : text
  const plain = HAS_RESERVED.test(cut) ? cut.replace(RESERVED, ' ') : cut
  return plain.isWellFormed() ? plain : plain.toWellFormed()
}
