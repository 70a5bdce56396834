/**
 * What decoding has learned about one stream: the format that fitted last, tried first on the next record.
 * A fresh memory per record makes decoding stateless; a kept one only makes it faster and settles ties.
 */
import type { Format } from '../formats/format-set.ts'

export interface FormatMemory {
  /** Last format that fitted, per kind of record: streams that mix JSON and text keep one of each. */
  json: Format | null
  text: Format | null
  /** True when the last stamp read carried no zone, so that `--tz` was applied. */
  naive: boolean
}

export function newFormatMemory(): FormatMemory {
  return { json: null, text: null, naive: false }
}
