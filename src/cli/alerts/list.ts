/** `authtop alerts list`: what fired. */
import type { Command } from 'commander'
import { alertJson } from '../../app/alert-json.ts'
import { openReader } from '../../store/index.ts'
import { positiveInteger } from '../number-option.ts'
import { note, print } from '../output.ts'
import { readPeriod } from '../period-option.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from '../store-option.ts'
import { checkZone, ZONE_HELP } from '../zone-option.ts'
import { alertLine } from './alert-line.ts'

interface Options extends StoreOptions {
  since?: string
  until?: string
  firing?: boolean
  limit: number
  json?: boolean
  tz?: string
}

const ROWS = 200
/** Enough for any question; bounds memory. */
const WEEK_MS = 7 * 86_400_000

export function alertsList(alerts: Command): void {
  const command = alerts
    .command('list')
    .summary('what fired, newest first')
    .description('Lists the alerts that were alive in a period, newest first.')
    .option('--since <time>', 'from when, e.g. 24h, 7d, 2026-11-16 (default: 7d)')
    .option('--until <time>', 'up to when (default: now)')
    .option('--firing', 'only those that are not over')
    .option('--limit <n>', 'at most so many', positiveInteger, ROWS)
    .option('--json', 'one JSON array')
    .option('--tz <zone>', ZONE_HELP)
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop alerts list --since 24h
  $ authtop alerts list --firing --json

Exit codes: 0 fine, 2 wrong usage, 3 cannot read the store.`,
  )
  command.action(async (options: Options) => {
    const zone = checkZone(options.tz)
    const range = readPeriod(options.since, options.until, zone, WEEK_MS)
    const reader = await openReader(storeLocation(options, process.env))
    try {
      const all = await reader.alerts(range, options.limit)
      const found = options.firing ? all.filter((a) => a.resolved_ms === null) : all
      if (options.json) await print(`${JSON.stringify(found.map(alertJson))}\n`)
      else {
        for (const alert of found) await print(`${alertLine(alert, zone)}\n`)
        if (found.length === 0) note('no alerts in this period')
      }
    } finally {
      await reader.close()
    }
  })
}
