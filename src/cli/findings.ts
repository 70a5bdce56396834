/** `authtop findings`: what is wrong in a period, why we think so, what to do, and what one change would have avoided. */
import type { Command } from 'commander'
import { findingsText } from '../../dashboards/report/findings-text.ts'
import { findingJson } from '../app/finding-json.ts'
import { loadFindings } from '../app/load-findings.ts'
import { openReader } from '../store/index.ts'
import { EXIT } from './exit-code.ts'
import { positiveInteger } from './number-option.ts'
import { print } from './output.ts'
import { readPeriod } from './period-option.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options extends StoreOptions {
  since?: string
  until?: string
  details?: number
  json?: boolean
  tz?: string
}

/** A period that ends within this of the present was asked for up to now; ms. */
const NOW_MS = 5_000
/** Clocks and zones are at most so far ahead; ms. */
const FURTHEST_AHEAD_MS = 26 * 3_600_000
/** Without --since: the last day there is anything of. */
const DEFAULT_MS = 86_400_000
const DETAILS = 3

export function findingsCommand(program: Command): void {
  const command = program
    .command('findings')
    .summary('what is wrong, since when, why, and what to do')
    .description(
      'Lists what a person should know of a period: clocks that are off, stale keys, deploys that changed an audience, clients with wrong secrets or that never renew, tokens used twice, outages, forged tokens. Each with the failed requests it explains, the reasons and the remedy; then what one change (a leeway, an earlier refresh, a right clock) would have avoided.',
    )
    .option('--since <time>', 'from when, e.g. 24h, 7d, 2026-11-16, "last week" (default: the last 24 h in the store)')
    .option('--until <time>', 'up to when (default: now, or the newest record if later)')
    .option('--details <n>', `reasons and remedies per finding (default: ${DETAILS})`, positiveInteger)
    .option('--json', 'one JSON array of all findings')
    .option('--tz <zone>', ZONE_HELP)
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop findings
  $ authtop findings --since 7d --tz Europe/Paris
  $ authtop findings --json | jq '.[] | select(.severity == "critical") | .title'

Exit codes: 0 fine, 1 something critical was found (it fails now and somebody must act), 2 wrong usage,
3 cannot read the store.`,
  )
  command.action(async (options: Options) => {
    const zone = checkZone(options.tz)
    const reader = await openReader(storeLocation(options, process.env))
    try {
      const extent = await reader.extent()
      const asked = options.since !== undefined || options.until !== undefined
      const end_ms = extent?.to_ms ?? Date.now()
      const range = asked
        ? readPeriod(options.since, options.until, zone, DEFAULT_MS)
        : { from_ms: end_ms - DEFAULT_MS, to_ms: end_ms }
      // Failures of a host whose clock is ahead lie in the future of this one: a period up to now includes them.
      if (options.until === undefined && Math.abs(range.to_ms - Date.now()) < NOW_MS)
        range.to_ms = Math.max(range.to_ms, Math.min(end_ms, range.to_ms + FURTHEST_AHEAD_MS))
      // History ends with its newest record: what failed until then goes on, as far as anybody can tell.
      const found = await loadFindings(reader, range, Math.min(range.to_ms, end_ms))
      const width = process.stdout.isTTY ? process.stdout.columns : null
      await print(
        options.json
          ? `${JSON.stringify(found.findings.map(findingJson))}\n`
          : findingsText(found, { zone, width, details: options.details ?? DETAILS }),
      )
      if (found.findings.some(({ severity }) => severity === 'critical')) process.exitCode = EXIT.alarming
    } finally {
      await reader.close()
    }
  })
}
