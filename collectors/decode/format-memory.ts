/**
 * What decoding has learned about one stream. Which format fits is asked anew for every record: a line that fits two formats
 * must mean the same whatever stood before it.
 */
export interface FormatMemory {
  /** True when the last stamp read carried no zone, so that `--tz` was applied. */
  naive: boolean
}

export function newFormatMemory(): FormatMemory {
  return { naive: false }
}
