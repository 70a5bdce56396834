/** The demo as its users see it: a folder of logs that grows while `run` lives. */

export interface DemoOptions {
  /** Where the logs go; made if missing, never removed. */
  dir: string
  /** Seconds of the story per second; 1 = the story takes two minutes. More: it begins in the past and catches up. */
  speed?: number
  seed: number
  /** Epoch ms; the clock of this machine by default. */
  now?: () => number
}

export interface DemoFleet {
  dir: string
  /** Globs with a `{host}` template, for the pipeline to tail. */
  paths: string[]
  /** Lets the fleet live until the signal aborts; then all files are complete and closed. To be called once. */
  run(signal: AbortSignal): Promise<void>
  /** Refused requests so far, by `cause/subcause`. */
  truth(): Record<string, number>
  /** What went well so far. */
  successes(): { issuance: number; refresh: number; validation: number }
}
