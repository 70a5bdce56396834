/**
 * What alerting keeps, as documents of the collector: alerts, state of rules, notices on their way, steps that were watched.
 * Notices have running numbers; one that was taken stays for a while, so that the same is not taken again.
 */
import type { AlertChanges, Delivery, DeliveryEnd } from '../../core/ports/alert-store.ts'
import type { DocumentChange, Documents } from './documents.ts'

/** Taken notices are remembered this long, ms: longer than any alert is repeated or replayed. */
const REMEMBERED_MS = 7 * 86_400_000

/** A notice as it is kept; `done`: taken, or never will be. */
export interface KeptNotice extends Delivery {
  done: boolean
}

/** In order of their numbers. */
export function noticesOf(documents: Documents): KeptNotice[] {
  return documents.all('notice').map(([, body]) => JSON.parse(body) as KeptNotice)
}

export function alertChanges(
  documents: Documents,
  { alerts, state, deliveries, watched = [] }: AlertChanges,
): DocumentChange[] {
  const changes: DocumentChange[] = []
  for (const alert of alerts) {
    const { acknowledged_ms: _, ...rest } = alert
    changes.push({ kind: 'alert', key: alert.id, body: JSON.stringify(rest) })
  }
  for (const step of watched) changes.push({ kind: 'watch', key: String(step.start_ms), body: JSON.stringify(step) })
  for (const [name, body] of Object.entries(state)) changes.push({ kind: 'alert_state', key: name, body })
  if (deliveries.length === 0) return changes
  const known = noticesOf(documents)
  const taken = new Set(known.map(({ sink, dedupe }) => `${sink}\u001f${dedupe}`))
  let id = known.at(-1)?.id ?? 0
  for (const { sink, dedupe, body, created_ms } of deliveries) {
    const place = `${sink}\u001f${dedupe}`
    if (taken.has(place)) continue
    taken.add(place)
    const created = Math.round(created_ms)
    changes.push(
      noticeChange({
        id: ++id,
        sink,
        dedupe,
        body,
        created_ms: created,
        attempts: 0,
        next_ms: created,
        error: null,
        done: false,
      }),
    )
  }
  return changes
}

/** Behind one that waits for its retry the others of its sink wait too: an end must not overtake a beginning. */
export function dueNotices(documents: Documents, now_ms: number, limit: number): Delivery[] {
  const held = new Set<string>()
  const due: Delivery[] = []
  for (const { done, ...notice } of noticesOf(documents)) {
    if (done || due.length >= limit) continue
    if (notice.next_ms > now_ms) held.add(notice.sink)
    else if (!held.has(notice.sink)) due.push(notice)
  }
  return due
}

export function settledNotices(documents: Documents, ends: readonly DeliveryEnd[]): DocumentChange[] {
  return ends.flatMap((end) => {
    const body = documents.get('notice', noticeKey(end.id))
    if (body === undefined) return []
    const notice = JSON.parse(body) as KeptNotice
    notice.attempts++
    if (end.done) return [noticeChange({ ...notice, body: '', error: null, done: true })]
    return [noticeChange({ ...notice, next_ms: Math.round(end.next_ms), error: end.error })]
  })
}

/** Notices that were taken long ago; a few at a time. */
export function oldNotices(documents: Documents, now_ms: number, limit: number): DocumentChange[] {
  return (
    noticesOf(documents)
      // The last one stays: new numbers go on from it.
      .slice(0, -1)
      .filter(({ done, created_ms }) => done && created_ms < now_ms - REMEMBERED_MS)
      .slice(0, limit)
      .map(({ id }) => ({ kind: 'notice', key: noticeKey(id), body: null }))
  )
}

function noticeChange(notice: KeptNotice): DocumentChange {
  return { kind: 'notice', key: noticeKey(notice.id), body: JSON.stringify(notice) }
}

/** Keys in order of the numbers. */
function noticeKey(id: number): string {
  return String(id).padStart(12, '0')
}
