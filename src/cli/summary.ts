/** Prints what the dashboard would show first, for standard output that is no terminal. Loaded where it is needed. */
import type { DashboardModel, Notice } from '../../dashboards/terminal/model.ts'
import { summaryLines } from '../../dashboards/terminal/summary.ts'
import { createDashboardLoader } from '../app/dashboard-data.ts'
import { NO_FILTER } from '../core/filter.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { print } from './output.ts'
import type { ScreenOptions } from './screen.ts'
import { checkZone } from './zone-option.ts'

export interface Summarised {
  reader: StoreReader
  options: ScreenOptions
  notices: readonly Notice[]
}

export async function showSummary({ reader, options, notices }: Summarised): Promise<void> {
  const model = await summaryModel(reader, notices, options.range ?? 'all')
  await print(`${summaryLines(model, checkZone(options.tz)).join('\n')}\n`)
}

const SUMMARY_INCIDENTS = 10

function summaryModel(
  reader: StoreReader,
  notices: readonly Notice[],
  length_ms: number | 'all',
): Promise<DashboardModel> {
  return createDashboardLoader(reader, undefined, Number.POSITIVE_INFINITY).load(
    {
      screen: 'summary',
      now_ms: Date.now(),
      length_ms,
      end: 'now',
      filter: NO_FILTER,
      words: [],
      order: null,
      incident_id: null,
      limit: SUMMARY_INCIDENTS,
    },
    notices,
  )
}
