/** Where something starts in bytes, and where it has ended. */
export interface Range {
  start: number
  end: number
}
