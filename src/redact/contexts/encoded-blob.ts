/**
 * What holds a secret's name or scheme in base64: a bytes value of OTLP, a message of a queue, a form that was encoded whole. Nobody reads
 * it, so all of it goes.
 */
import type { Scan } from '../scan.ts'
import { ENCODED } from '../triggers.ts'

const RUN_BEFORE = /[\w+/-]/
const RUN = /[\w+/-]*={0,2}/y
/** Shorter ones hold no secret worth the name; characters. */
const BLOB_MIN = 16

/** Adds every run of base64 that one of the marks stands in. */
export function encodedBlobs(scan: Scan): void {
  const { text } = scan
  ENCODED.lastIndex = 0
  for (let match = ENCODED.exec(text), from = 0; match !== null; match = ENCODED.exec(text)) {
    let start = match.index
    // No further than the last run's end, so all of them together read the text once.
    while (start > from && RUN_BEFORE.test(text[start - 1]!)) start--
    RUN.lastIndex = match.index
    RUN.test(text)
    from = RUN.lastIndex
    ENCODED.lastIndex = from
    if (from - start >= BLOB_MIN) scan.add(start, from, 'opaque')
  }
}
