/** What a collector says of itself, on stderr: sentences for people, or one JSON object per line (pino) for machines. */
import { destination, pino } from 'pino'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { note } from './output.ts'

export const LOG_FORMATS = ['text', 'json'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

export interface CollectorLog {
  info(text: string, facts?: Readonly<Record<string, unknown>>): void
  warn(text: string, facts?: Readonly<Record<string, unknown>>): void
  error(text: string, facts?: Readonly<Record<string, unknown>>): void
}

/** Synchronous: the last words of a process that ends must not be lost. */
export function createCollectorLog(format: LogFormat): CollectorLog {
  if (format === 'text') {
    const say = (text: string) => note(toPrintable(text))
    return { info: say, warn: say, error: say }
  }
  const logger = pino(
    { name: 'authtop', timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination({ fd: 2, sync: true }),
  )
  return {
    info: (text, facts = {}) => logger.info(facts, text),
    warn: (text, facts = {}) => logger.warn(facts, text),
    error: (text, facts = {}) => logger.error(facts, text),
  }
}
