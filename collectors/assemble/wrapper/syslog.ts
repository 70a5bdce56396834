/**
 * Syslog and the journal's text output, as they stand in files and as they travel:
 *   RFC 3164   `<134>Nov 16 09:12:01 host app[4711]: message`, without `<134>` in files and from `journalctl`
 *   RFC 5424   `<165>1 2026-11-16T09:12:01.123Z host app 4711 ID47 [sd@1 a="b"] message`
 *   ISO stamp  `2026-11-16T09:12:01.123456+00:00 host app[4711]: message` (rsyslog's present default, `journalctl -o short-iso`)
 *   `<3>message` (sd-daemon(3))
 * A year-less stamp takes the latest year that does not lie in the future, so New Year needs no special case.
 */
import type { Envelope } from '../../../src/core/log-record.ts'
import { parseIso, type Stamp } from '../../decode/stamp.ts'
import { compileTimeLayout } from '../../decode/time-layout.ts'
import type { Peel, PeelContext, PeeledLine } from '../peeled-line.ts'

const PRIORITY = /^<(\d{1,3})>/
const RFC5424 = /^1 (\S{1,40}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /
const BSD =
  /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) (\S{1,255}) ([\w./@+-]{1,128}(?:\([^)]{1,60}\))?)(?:\[(\d{1,10})\])?: ?/
const BSD_NO_HOST = /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) ([\w./@+-]{1,128})(?:\[(\d{1,10})\])?: ?/
const ISO =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) ([\w.-]{1,255}) ([\w./@+-]{1,128})(?:\[(\d{1,10})\])?: /
/** Where a program stands in syslog's layout, a severity stands in others. */
const LEVEL = /^(?:trace|debug|info|notice|warn|warning|error|err|fatal|critical|panic|crit)$/i

/** RFC 5424 §6.2.1 numbers to OpenTelemetry's. */
export const SYSLOG_SEVERITIES = [21, 19, 18, 17, 13, 10, 9, 5] as const

const bsdStamp = compileTimeLayout('MMM d HH:mm:ss.f')

export const peelSyslog: Peel = (line, context) => {
  const priority = PRIORITY.exec(line)
  const severity = priority === null ? undefined : SYSLOG_SEVERITIES[Number(priority[1]) & 7]!
  const text = priority === null ? line : line.slice(priority[0].length)
  const c = text.charCodeAt(0)
  const found =
    priority !== null && c === 49 && text.charCodeAt(1) === 32
      ? rfc5424(text, context)
      : c >= 65 && c <= 90
        ? bsd(text, context)
        : c >= 48 && c <= 57
          ? iso(text, context)
          : null
  if (found !== null) {
    if (severity !== undefined) found.envelope.severity = severity
    return found
  }
  if (severity === undefined || priority![1]!.length > 1) return null
  return { text, envelope: { wrapper: 'journal', severity }, partial: false, origin: '' }
}

function bsd(line: string, { zone, reference_ms }: PeelContext): PeeledLine | null {
  const full = BSD.exec(line)
  if (full !== null && !LEVEL.test(full[2]!))
    return peeled(
      'syslog3164',
      line.slice(full[0].length),
      bsdStamp(full[1]!, zone, reference_ms),
      full[2],
      full[3],
      full[4],
    )
  const short = BSD_NO_HOST.exec(line)
  if (short === null || LEVEL.test(short[2]!)) return null
  return peeled(
    'syslog3164',
    line.slice(short[0].length),
    bsdStamp(short[1]!, zone, reference_ms),
    undefined,
    short[2],
    short[3],
  )
}

function iso(line: string, { zone }: PeelContext): PeeledLine | null {
  const head = ISO.exec(line)
  if (head === null || LEVEL.test(head[2]!) || LEVEL.test(head[3]!)) return null
  return peeled('syslog', line.slice(head[0].length), parseIso(head[1]!, zone), head[2], head[3], head[4])
}

function rfc5424(line: string, { zone }: PeelContext): PeeledLine | null {
  const head = RFC5424.exec(line)
  if (head === null) return null
  const at = skipStructuredData(line, head[0].length)
  if (at < 0) return null
  const text = line.slice(at).replace(/^\ufeff/, '')
  return peeled('syslog5424', text, parseIso(head[1]!, zone), nil(head[2]!), nil(head[3]!), nil(head[4]!))
}

function nil(value: string): string | undefined {
  return value === '-' ? undefined : value
}

/** Position of the message behind `-` or `[id k="v"][…]`, -1 when it is malformed. */
function skipStructuredData(line: string, from: number): number {
  if (line[from] === '-') return line[from + 1] === ' ' ? from + 2 : from + 1
  let at = from
  while (line[at] === '[') {
    let quoted = false
    for (at++; at < line.length; at++) {
      const c = line[at]
      if (c === '\\') at++
      else if (c === '"') quoted = !quoted
      else if (c === ']' && !quoted) break
    }
    if (at >= line.length) return -1
    at++
  }
  if (at === from) return -1
  return line[at] === ' ' ? at + 1 : at
}

function peeled(
  wrapper: string,
  text: string,
  stamp: Stamp | null,
  host: string | undefined,
  service: string | undefined,
  pid: string | undefined,
): PeeledLine {
  const envelope: Envelope = { wrapper }
  if (stamp !== null) {
    envelope.logged_writer_ms = stamp.ms
    envelope.logged_resolution_ms = stamp.resolution
  }
  if (host !== undefined) envelope.host = host
  if (service !== undefined) envelope.service = service
  return { text, envelope, partial: false, origin: `${host}/${service}/${pid}` }
}
