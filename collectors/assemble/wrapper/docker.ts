/**
 * Docker's json-file driver: `{"log":"message\n","stream":"stdout","time":"2026-11-16T09:12:01.123456789Z"}`.
 * A line longer than 16 KiB comes in parts; only the last part's text ends with a newline.
 * https://docs.docker.com/engine/logging/drivers/json-file/
 */
import { parseIso } from '../../decode/stamp.ts'
import type { Peel } from '../peeled-line.ts'
import { entryOf } from './json-entry.ts'

export const peelDocker: Peel = (line, { zone }) => {
  if (!line.startsWith('{"log":"') || !line.endsWith('}')) return null
  const entry = entryOf(line)
  if (entry === null) return null
  const { log, stream, time } = entry
  if (typeof log !== 'string' || typeof time !== 'string') return null
  const stamp = parseIso(time, zone)
  const whole = log.endsWith('\n')
  return {
    text: whole ? log.slice(0, log.endsWith('\r\n') ? -2 : -1) : log,
    envelope: {
      wrapper: 'docker',
      ...(stamp === null ? {} : { logged_writer_ms: stamp.ms, logged_resolution_ms: stamp.resolution }),
    },
    partial: !whole,
    origin: typeof stream === 'string' ? stream : '',
  }
}
