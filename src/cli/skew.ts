/** `authtop skew`: every host's clock against its issuer, with an interval, drift, steps and who is at fault. */
import type { Command } from 'commander'
import { clocksText } from '../../dashboards/report/clocks-text.ts'
import { loadClocks } from '../app/load-clocks.ts'
import type { ClockTable } from '../core/host-clock.ts'
import { openReader } from '../store/index.ts'
import { UserError } from './exit-code.ts'
import { print } from './output.ts'
import { readInstant } from './period-option.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options extends StoreOptions {
  since?: string
  reference?: string
  json?: boolean
  tz?: string
}

export function skewCommand(program: Command): void {
  const command = program
    .command('skew')
    .summary('how far each host’s clock is off, and whose fault it is')
    .description(
      'Shows every host’s clock against the issuer’s: offset in seconds (positive = ahead) with an interval that holds the truth, drift, steps, leeway and when it is crossed. Where too little is known it states a bound, or that it cannot tell. Read off ordinary logs; docs/clocks.md says how.',
    )
    .option('--since <time>', 'only hosts that were seen since then, e.g. 24h, 2026-11-16 (default: all)')
    .option(
      '--reference <clock>',
      '"issuer <iss>", "host <name>", "collector", or just the name of an issuer or host (default: the busiest issuer)',
    )
    .option('--json', 'one JSON document')
    .option('--tz <zone>', ZONE_HELP)
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop skew
  $ authtop skew --reference gateway-1 --since 24h
  $ authtop skew --json | jq '.hosts[] | select(.at_fault)'

Exit codes: 0 fine, 2 wrong usage, 3 cannot read the store.`,
  )
  command.action(async (options: Options) => {
    const zone = checkZone(options.tz)
    const since_ms = options.since === undefined ? -Infinity : readInstant(options.since, zone)
    const reader = await openReader(storeLocation(options, process.env))
    try {
      const now_ms = Date.now()
      const plain = await loadClocks(reader, now_ms)
      const reference = options.reference === undefined ? undefined : clockNamed(options.reference, plain)
      const whole = reference === undefined ? plain : await loadClocks(reader, now_ms, reference)
      const table = { ...whole, hosts: whole.hosts.filter((h) => (h.to_ms ?? -Infinity) >= since_ms) }
      const width = process.stdout.isTTY ? process.stdout.columns : null
      await print(options.json ? `${JSON.stringify(table)}\n` : clocksText(table, { zone, width }))
    } finally {
      await reader.close()
    }
  })
}

/** A clock by its full name or, where it is the only one so called, by the host's or issuer's. */
function clockNamed(asked: string, table: ClockTable): string {
  const known = [
    ...table.issuers.map((i) => `issuer ${i.name}`),
    ...table.hosts.map((h) => `host ${h.host}`),
    'collector',
  ]
  const found = known.filter((name) => name === asked || name.slice(name.indexOf(' ') + 1) === asked)
  if (found.length === 1) return found[0]!
  throw new UserError(
    found.length === 0 ? `no clock is called "${asked}"` : `"${asked}" is a host and an issuer`,
    found.length === 0
      ? `known are ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`
      : `say ${found.join(' or ')}`,
  )
}
