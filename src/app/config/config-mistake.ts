/** A mistake in a configuration file: where, what, and what was probably meant. */

export interface ConfigMistake {
  file: string
  /** 1-based. */
  line: number
  column: number
  /** `alerts.sinks[0].url`; empty for the whole file. */
  path: string
  text: string
}

export class ConfigError extends Error {
  readonly mistakes: readonly ConfigMistake[]
  constructor(mistakes: readonly ConfigMistake[]) {
    super(
      mistakes.map((m) => `${m.file}:${m.line}:${m.column}: ${m.path === '' ? '' : `${m.path}: `}${m.text}`).join('\n'),
    )
    this.mistakes = mistakes
  }
}
