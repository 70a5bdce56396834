/** What the dashboard changes about alerts: notes and silences, written to the store also while a collector runs. */
import { randomBytes } from 'node:crypto'
import type { AlertDesk } from '../../dashboards/terminal/controller.ts'
import type { Alert } from '../core/alert.ts'
import type { StoreDesk } from '../core/ports/alert-store.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { openDesk } from '../store/index.ts'

/** Random part of a silence's id; 32 bits among a handful of silences. */
const ID_BYTES = 4
/** An alert that a person looks at is among the latest; count. */
const LOOKED_THROUGH = 2_000

export function createAlertDesk(store: string, reader: StoreReader): AlertDesk {
  const atDesk = async <T>(work: (desk: StoreDesk) => Promise<T>): Promise<T> => {
    const desk = await openDesk(store)
    try {
      return await work(desk)
    } finally {
      await desk.close()
    }
  }
  return {
    async acknowledge(alert_id) {
      const known = await atDesk((desk) => desk.acknowledge(alert_id, Date.now()))
      return known ? 'taken note of: whoever looks sees it' : 'this alert is not in the store any more'
    },
    async silence(alert_id, length_ms) {
      const now = Date.now()
      const alert = (await reader.alerts({ from_ms: 0, to_ms: now + 1 }, LOOKED_THROUGH)).find(
        ({ id }) => id === alert_id,
      )
      if (alert === undefined) return 'this alert is not in the store any more'
      const id = randomBytes(ID_BYTES).toString('hex')
      const silence = {
        id,
        matchers: matchersOf(alert),
        from_ms: now,
        to_ms: now + length_ms,
        comment: 'from the dashboard',
      }
      await atDesk((desk) => desk.silence(silence))
      return `silenced; to end it: authtop alerts silence --end ${id}`
    },
  }
}

/** The same rule about the same party. */
function matchersOf({ rule, labels }: Alert): Record<string, string> {
  return { ...labels, rule }
}
