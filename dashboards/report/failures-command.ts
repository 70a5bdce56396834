/**
 * The `authtop failures …` command that lists the incidents behind a figure, ready to paste into a POSIX shell.
 * Invariant: it selects exactly what was counted, or there is none: a value that the filters or a shell cannot carry
 * (a comma, a leading exclamation mark, control characters) gets no command rather than a wrong one.
 */
import type { Filter, FilterField, TimeRange } from '../../src/core/filter.ts'

const FLAGS: Readonly<Partial<Record<FilterField, string>>> = {
  cause: '--cause',
  subcause: '--subcause',
  kind: '--kind',
  host: '--host',
  service: '--service',
  client_id: '--client',
  issuer: '--issuer',
  system: '--system',
}

/** `db`: the store as it was named on the command line; null: the default one. */
export interface CommandContext {
  range: TimeRange
  db: string | null
}

export function failuresCommand(context: CommandContext, include: Filter['include']): string | undefined {
  const parts = ['authtop failures']
  if (context.db !== null) {
    if (!typeable(context.db)) return undefined
    parts.push(`--db ${quote(context.db)}`)
  }
  parts.push(`--since ${iso(context.range.from_ms)} --until ${iso(context.range.to_ms)}`)
  for (const [field, values] of Object.entries(include) as [FilterField, readonly string[]][]) {
    const flag = FLAGS[field]
    for (const value of values) {
      // Rollups count what is over a limit under "(other)"; no incident says so of itself.
      if (flag === undefined || !typeable(value) || /[,]|^!|^\(other\)$/.test(value)) return undefined
      parts.push(value.startsWith('-') ? `${flag}=${quote(value)}` : `${flag} ${quote(value)}`)
    }
  }
  return parts.join(' ')
}

function typeable(value: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value)
}

/** Single quotes keep everything as it is in POSIX shells (XCU 2.2.2). */
function quote(value: string): string {
  return /^[\w.:/@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
