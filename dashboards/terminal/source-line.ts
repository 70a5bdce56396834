/** The announcement of one source in one plain line; leaves cleaning (printable.ts) to whoever prints it. */
import type { StreamState } from '../../src/core/source-status.ts'
import { formatBytes, formatQuantity } from '../format-number.ts'
import { lagBytes, sourceProblem } from './source-words.ts'

/** `/var/log/a.log: pino, zone UTC, 12,400 lines, 310 auth events, 1.2 MiB behind`, then its problem if it has one. */
export function sourceLine(source: StreamState): string {
  const { lines, recognised } = source.counters
  const parts = [source.format ?? 'no known format']
  if (source.zone !== undefined) parts.push(`zone ${source.zone}`)
  parts.push(formatQuantity(lines, 'line'), formatQuantity(recognised, 'auth event'))
  const lag = lagBytes(source)
  if (lag !== null) parts.push(lag === 0 ? 'up to date' : `${formatBytes(lag)} behind`)
  const problem = sourceProblem(source)
  if (problem !== null) parts.push(problem)
  return `${source.name}: ${parts.join(', ')}`
}
