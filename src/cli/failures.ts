/** `authtop failures`: stored incidents, newest first. */
import type { Command } from 'commander'
import { incidentLine } from '../../dashboards/terminal/incident-line.ts'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { incidentJson } from '../app/incident-json.ts'
import type { IncidentQuery } from '../core/ports/store.ts'
import { openReader } from '../store/index.ts'
import { addFilterOptions, filterOf } from './filter-options.ts'
import { positiveInteger } from './number-option.ts'
import { print } from './output.ts'
import { readPeriod } from './period-option.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options extends StoreOptions {
  since?: string
  until?: string
  limit?: number
  json?: boolean
  tz?: string
}

/** Incidents read from the store at a time; bounds memory however many there are. */
const PAGE = 500
const TABLE_LIMIT = 100

export function failuresCommand(program: Command): void {
  const command = program
    .command('failures')
    .summary('failed requests and why they failed, newest first')
    .description(
      'Lists the stored incidents, one per failed request, newest first, with the cause and the reasons for it.',
    )
    .option('--since <time>', 'from when, e.g. 24h, 7d, 2026-11-16, "last week" (default: everything stored)')
    .option('--until <time>', 'up to when (default: now, or the newest record if later)')
    .option('--limit <n>', `at most so many (default: ${TABLE_LIMIT} as text, all with --json)`, positiveInteger)
    .option('--json', 'one JSON object per line, all fields')
    .option('--tz <zone>', ZONE_HELP)
  addFilterOptions(addStoreOptions(command))
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop failures --since 24h
  $ authtop failures --cause skew --host reports-1 --json
  $ authtop failures --cause '!expiry' --since "last week" --tz Europe/Paris

Exit codes: 0 fine, 2 wrong usage, 3 cannot read the store.`,
  )
  command.action(async (options: Options) => {
    const zone = checkZone(options.tz)
    const filter = filterOf(options as Readonly<Record<string, unknown>>)
    const reader = await openReader(storeLocation(options, process.env))
    try {
      const extent = await reader.extent()
      if (extent === null) return
      const now = Math.max(Date.now(), extent.to_ms)
      const range =
        options.since === undefined && options.until === undefined
          ? { from_ms: extent.from_ms, to_ms: now + 1 }
          : readPeriod(options.since, options.until, zone, now - extent.from_ms + 1)
      let left = options.limit ?? (options.json ? Number.POSITIVE_INFINITY : TABLE_LIMIT)
      let after: IncidentQuery['after']
      while (left > 0) {
        const limit = Math.min(PAGE, left)
        const page = await reader.incidents({ range, filter, limit, ...(after === undefined ? {} : { after }) })
        for (const incident of page)
          await print(
            `${options.json ? JSON.stringify(incidentJson(incident)) : toPrintable(incidentLine(incident, zone))}\n`,
          )
        left -= page.length
        const last = page.at(-1)
        if (last === undefined || page.length < limit) break
        after = { time_ms: last.time_ms, id: last.id }
      }
    } finally {
      await reader.close()
    }
  })
}
