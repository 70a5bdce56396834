/**
 * One event in the batch that Azure Event Hubs (`{"records":[…]}`) and CloudTrail's files (`{"Records":[…]}`) put around events.
 * A batch of several is no wrapper of a record: its events would share one position. Pushed batches are taken apart by
 * collectors/webhook/events-in.ts.
 * https://learn.microsoft.com/azure/azure-monitor/essentials/stream-monitoring-data-event-hubs ;
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
import type { Peel } from '../peeled-line.ts'

const BEGINNING = /^\{\s?"[Rr]ecords"\s?:\s?\[\s?\{/

/** A cheap look. */
export function isBatch(line: string): boolean {
  return line.length > 12 && line.startsWith('ecords"', line.indexOf('"') + 2) && BEGINNING.test(line)
}

export const peelBatch: Peel = (line) => {
  const events = isBatch(line) ? eventsOf(line) : []
  return events.length === 1 ? { text: events[0]!, envelope: { wrapper: 'batch' }, partial: false, origin: '' } : null
}

/** The first event of a batch, where one text can have one answer only. */
export function firstOfBatch(text: string): string | undefined {
  return isBatch(text) ? eventsOf(text)[0] : undefined
}

function eventsOf(text: string): string[] {
  let batch: { records?: unknown; Records?: unknown }
  try {
    batch = JSON.parse(text) as typeof batch
  } catch {
    return []
  }
  const events = batch.records ?? batch.Records
  return Array.isArray(events) ? events.map((event) => JSON.stringify(event)) : []
}
