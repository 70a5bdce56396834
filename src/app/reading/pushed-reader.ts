/** Steps 2 to 4 on what is pushed at us under one name: records already, counted where a file has its offset. */
import type { PushedRecord } from '../../core/ports/push-source.ts'
import type { StreamState } from '../../core/source-status.ts'
import type { Read } from './read.ts'
import { type JudgeOptions, RecordJudge } from './record-judge.ts'

export class PushedReader {
  readonly #judge: RecordJudge
  readonly #stream: string

  constructor(options: JudgeOptions, stream: string, before: StreamState | undefined) {
    this.#judge = new RecordJudge(options, stream, before)
    this.#stream = stream
  }

  /** @param passed further records, in which no signature can match; count. @param received_collector_ms collector's clock, ms */
  async read(records: readonly PushedRecord[], passed: number, received_collector_ms: number): Promise<Read> {
    const { counters } = this.#judge
    counters.lines += records.length + passed
    counters.records += passed
    const read = await this.#judge.judge(
      records.map((record) => ({
        ...record,
        position: { stream: this.#stream, offset: record.identity, end: record.identity },
        received_collector_ms,
      })),
    )
    return {
      ...read,
      records: read.records + passed,
      none: read.none + passed,
      exchanges: [],
      standing: this.#judge.standing(counters.records, false),
    }
  }
}
