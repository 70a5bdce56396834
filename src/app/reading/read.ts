/** What steps 1 to 4 make of bytes: what each record taught by itself, before anything is made of it together with others. */
import type { AuthEvent } from '../../core/auth-event.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { Envelope } from '../../core/log-record.ts'
import type { UnrecognisedRecord } from '../../core/ports/store.ts'
import type { StreamCounters } from '../../core/source-status.ts'
import type { TokenFacts } from '../../core/token-facts.ts'

/** One record that is an auth event. */
export interface Judged {
  event: AuthEvent
  /** Of the tokens that stood in it whole. */
  tokens: readonly TokenFacts[]
  /** As the record says, its wrapper, or the records before it; ms, writer's clock. Null: none of them. */
  time_ms: number | null
  /** Where its writer ran, as the wrapper around it says. */
  origin: Pick<Envelope, 'host' | 'service'> | undefined
  /** See RawRecord. */
  source: string | undefined
  identity: number | undefined
}

/** How a stream stands behind what was read of it. */
export interface Standing {
  counters: StreamCounters
  /** Everything before this offset has been read; of pushed records, how many there were. */
  committable: number
  /** A record is held, because lines that belong to it may follow. */
  holds: boolean
  format: string | undefined
  zone: string | undefined
  last_record_ms: number | undefined
  /** Lines to show while nothing is recognised. */
  sample: readonly string[]
}

/** What records taught. */
export interface Lesson {
  judged: Judged[]
  unrecognised: UnrecognisedRecord[]
  /** Records looked at, and those of them and of the passed-over ones that are no auth events. */
  records: number
  none: number
}

export interface Read extends Lesson {
  exchanges: readonly Exchange[]
  standing: Standing
}
