/** `authtop alerts backtest`: what would have fired over stored history, and how other rules compare. */
import type { Command } from 'commander'
import { alertJson } from '../../app/alert-json.ts'
import { backtest } from '../../app/alerts/backtest.ts'
import { APART_MS } from '../../app/alerts/facts.ts'
import { ruleSettings } from '../../app/alerts/rule-settings.ts'
import { NO_CONFIG } from '../../app/config/config.ts'
import type { Alert } from '../../core/alert.ts'
import { openReader } from '../../store/index.ts'
import { readConfig } from '../config-option.ts'
import { note, print } from '../output.ts'
import { readPeriod } from '../period-option.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from '../store-option.ts'
import { checkZone, ZONE_HELP } from '../zone-option.ts'
import { alertLine } from './alert-line.ts'

interface Options extends StoreOptions {
  since?: string
  until?: string
  config?: string
  rules?: string
  json?: boolean
  tz?: string
}

const WEEK_MS = 7 * 86_400_000
/** A Monday: 1970-01-05. */
const MONDAY_MS = 4 * 86_400_000

export function alertsBacktest(alerts: Command): void {
  const command = alerts
    .command('backtest')
    .summary('what would have fired over stored history')
    .description(
      'Replays stored history through the engine that runs live, and lists what would have fired. With --rules, the same for other rules, side by side.',
    )
    .option('--since <time>', 'from when, e.g. 30d, 2026-11-01, "last week" (default: everything stored)')
    .option('--until <time>', 'up to when (default: the newest record)')
    .option('-c, --config <file>', 'configuration with the rules in use (default: the built-in rules)')
    .option(
      '--rules <file>',
      'another configuration to compare with: what fires under the rules in use only is marked -, under the others only +; in JSON, "under" is both, current or new',
    )
    .option('--json', 'one JSON array')
    .option('--tz <zone>', ZONE_HELP)
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop alerts backtest --since 30d
  $ authtop alerts backtest --since 30d --rules new.yaml
  $ authtop alerts backtest --json

Exit codes: 0 fine, 2 wrong usage or config, 3 cannot read the store.`,
  )
  command.action(async (options: Options) => {
    const zone = checkZone(options.tz)
    const current = options.config === undefined ? NO_CONFIG : readConfig(options.config)
    const other = options.rules === undefined ? null : readConfig(options.rules)
    const reader = await openReader(storeLocation(options, process.env))
    try {
      const extent = await reader.extent()
      if (extent === null) {
        if (options.json) await print('[]\n')
        else note('the store holds nothing yet')
        return
      }
      const period =
        options.since === undefined && options.until === undefined
          ? {
              from_ms: extent.from_ms - APART_MS,
              to_ms: Math.min(Math.max(Date.now(), extent.to_ms), extent.to_ms + APART_MS),
            }
          : readPeriod(options.since, options.until, zone, Math.max(Date.now(), extent.to_ms) - extent.from_ms + 1)
      const sets = [ruleSettings(current), ...(other === null ? [] : [ruleSettings(other)])]
      const [found, newer] = (await backtest(reader, sets, period)) as [Alert[], Alert[] | undefined]
      const all = sideBySide(found, newer)
      if (options.json) {
        const shown = all.map(({ alert, under }) => ({ ...alertJson(alert), ...(newer !== undefined && { under }) }))
        await print(`${JSON.stringify(shown)}\n`)
        return
      }
      for (const { alert, under } of all)
        await print(`${newer === undefined ? '' : `${MARKS[under]} `}${alertLine(alert, zone)}\n`)
      const weeks = (Math.min(period.to_ms, extent.to_ms) - Math.max(period.from_ms, extent.from_ms)) / WEEK_MS
      if (newer === undefined) {
        await print(`${tally(found, weeks)}\n`)
        return
      }
      for (const line of byWeek(found, newer)) await print(`${line}\n`)
      await print(`rules in use: ${tally(found, weeks)}\n${options.rules}: ${tally(newer, weeks)}\n`)
    } finally {
      await reader.close()
    }
  })
}

/** Under which rules an alert fires. */
type Under = 'both' | 'current' | 'new'
const MARKS: Readonly<Record<Under, string>> = { both: ' ', current: '-', new: '+' }

function sideBySide(found: readonly Alert[], newer: readonly Alert[] = found): { alert: Alert; under: Under }[] {
  const now = new Set(newer.map((a) => a.id))
  const old = new Set(found.map((a) => a.id))
  const all = [
    ...found.map((alert) => ({ alert, under: now.has(alert.id) ? 'both' : 'current' }) as const),
    ...newer.filter((a) => !old.has(a.id)).map((alert) => ({ alert, under: 'new' }) as const),
  ]
  return all.sort((a, b) => a.alert.started_ms - b.alert.started_ms)
}

/** How many a week under the rules in use and under the others; weeks begin on Mondays (UTC). */
function byWeek(found: readonly Alert[], newer: readonly Alert[]): string[] {
  const monday = (ms: number) => Math.floor((ms - MONDAY_MS) / WEEK_MS) * WEEK_MS + MONDAY_MS
  const weeks = [...new Set([...found, ...newer].map((a) => monday(a.started_ms)))].sort((a, b) => a - b)
  const count = (alerts: readonly Alert[], week: number) => alerts.filter((a) => monday(a.started_ms) === week).length
  return weeks.map(
    (week) => `week of ${new Date(week).toISOString().slice(0, 10)}: ${count(found, week)} -> ${count(newer, week)}`,
  )
}

function tally(alerts: readonly Alert[], weeks: number): string {
  const byRule = new Map<string, number>()
  for (const { rule } of alerts) byRule.set(rule, (byRule.get(rule) ?? 0) + 1)
  const parts = [...byRule].sort((a, b) => b[1] - a[1]).map(([rule, n]) => `${rule} ${n}`)
  const rate = weeks < 1 / 7 ? '' : `, ${(alerts.length / weeks).toFixed(1)} a week`
  return `${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'}${rate}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}
