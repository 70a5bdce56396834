/**
 * One record given as text, wrappers and all (`classify`, `explain`, examples in packs): takes the wrappers off every line.
 * Unlike RecordAssembler it never splits: the text is one record by definition; of a list of events it is the first.
 */
import type { Envelope } from '../../src/core/log-record.ts'
import { zoneOffset } from '../decode/zone-offset.ts'
import { stripAnsi } from './ansi.ts'
import { peel } from './peel.ts'
import { eventsOfList } from './wrapper/event-list.ts'

export interface Unwrapped {
  text: string
  /** What the first line's wrappers said. */
  envelope?: Envelope
}

const UNCLEAN = /[\0\x1b\n]/

/** `zone`: IANA name for wrappers' stamps without one; `now_ms`: about now, for those without a year. */
export function unwrapRecord(text: string, zone = 'UTC', now_ms: number = Date.now()): Unwrapped {
  const context = { zone: zoneOffset(zone), reference_ms: now_ms }
  // The commonest record by far: one line of JSON that no wrapper is around, and nothing to be cleaned.
  if (text.startsWith('{') && text.endsWith('}') && !UNCLEAN.test(text) && peel(text, context) === null)
    return { text: eventsOfList(text)?.[0] ?? text }
  const cleaned = stripAnsi(text.replaceAll('\0', '')).replace(/^\ufeff/, '')
  const plain = eventsOfList(cleaned)?.[0] ?? cleaned
  const first = peel(plain.split('\n', 1)[0]!.replace(/\r$/, ''), context)
  if (first === null) return { text: plain.replace(/[\r\n]+$/, '') }
  let joined = ''
  let open = true
  for (const line of plain.replace(/[\r\n]+$/, '').split('\n')) {
    const peeled = peel(line.replace(/\r$/, ''), context)
    joined += open ? (peeled?.text ?? line) : `\n${peeled?.text ?? line}`
    open = peeled?.partial ?? false
  }
  return { text: stripAnsi(joined), envelope: first.envelope }
}
