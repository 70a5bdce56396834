/**
 * The journal's JSON, one entry a line, as `journalctl -o json` and `journalctl -f -o json` print it.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html
 */
import type { Envelope } from '../../../src/core/log-record.ts'
import type { Peel } from '../peeled-line.ts'
import { entryOf } from './json-entry.ts'
import { SYSLOG_SEVERITIES } from './syslog.ts'

/** The program, most telling first. */
const SERVICES = ['CONTAINER_NAME', 'SYSLOG_IDENTIFIER', '_SYSTEMD_UNIT', '_COMM'] as const

/** A cheap look. Field names are upper case, so other JSON is mostly told apart by its first one. */
export function isJournalEntry(line: string): boolean {
  const c = line.charCodeAt(2)
  return (c === 95 || (c >= 65 && c <= 90)) && line.includes('"__REALTIME_TIMESTAMP"')
}

export const peelJournalJson: Peel = (line) => {
  if (!isJournalEntry(line)) return null
  const entry = entryOf(line)
  if (entry === null) return null
  const text = textOf(entry.MESSAGE)
  if (text === undefined) return null
  const envelope: Envelope = { wrapper: 'journal' }
  // The sender's own stamp is nearer to what happened than the journal's.
  const micros = Number(entry._SOURCE_REALTIME_TIMESTAMP ?? entry.__REALTIME_TIMESTAMP)
  if (Number.isFinite(micros) && micros > 0) {
    envelope.logged_writer_ms = Math.floor(micros / 1000)
    envelope.logged_resolution_ms = 1
  }
  const severity = SYSLOG_SEVERITIES[Number(entry.PRIORITY)]
  if (severity !== undefined) envelope.severity = severity
  if (typeof entry._HOSTNAME === 'string') envelope.host = entry._HOSTNAME
  const service = SERVICES.map((name) => entry[name]).find((name) => typeof name === 'string' && name !== '')
  if (service !== undefined) envelope.service = String(service).replace(/\.service$/, '')
  return { text, envelope, partial: false, origin: `${envelope.host}/${envelope.service}/${String(entry._PID ?? '')}` }
}

/** Text, or its bytes where it has some that cannot be printed. */
function textOf(message: unknown): string | undefined {
  if (typeof message === 'string') return message
  if (!Array.isArray(message) || !message.every((byte) => Number.isInteger(byte))) return undefined
  return Buffer.from(message as number[]).toString('utf8')
}
