/**
 * Steps 1 to 4 on one stream of bytes: what makes records of its bytes, the assembler of lines or the reader of OTLP messages,
 * and what judges them.
 * Invariant: what is committable never lies behind a byte whose record has not been judged.
 */
import { type AssemblerOptions, RecordAssembler } from '../../../collectors/assemble/assembler.ts'
import { beginsAsOtlp, isOtlpLine } from '../../../collectors/file/framing.ts'
import type { FormatSet } from '../../../collectors/formats/load.ts'
import type { FileTelemetry } from '../../../collectors/otlp/file-telemetry.ts'
import type { ByteBatch } from '../../core/ports/source.ts'
import type { StreamState } from '../../core/source-status.ts'
import type { Read } from './read.ts'
import { type JudgeOptions, RecordJudge } from './record-judge.ts'

/** Loaded where it is met: its library would slow down every start. */
const fileTelemetry = () => import('../../../collectors/otlp/file-telemetry.ts')

/** What a batch of bytes gave. */
type Taken = Pick<FileTelemetry, 'records' | 'passed' | 'exchanges'>

export interface ReaderOptions extends JudgeOptions {
  formats: FormatSet
}

export class StreamReader {
  readonly #judge: RecordJudge
  readonly #options: ReaderOptions
  readonly #stream: string
  /** None before the first bytes have come, and for messages. */
  #assembler: RecordAssembler | null = null
  #end: number
  readonly #linesBefore: number

  constructor(options: ReaderOptions, stream: string, before: StreamState | undefined) {
    this.#judge = new RecordJudge(options, stream, before)
    this.#options = options
    this.#stream = stream
    this.#linesBefore = this.#judge.counters.lines
    this.#end = before?.offset ?? 0
  }

  async read(batch: ByteBatch): Promise<Read> {
    const { counters } = this.#judge
    const cut_before = counters.cut_records
    counters.cut_bytes += batch.cut_bytes
    const { records, passed, exchanges } =
      batch.unit === 'message' ? await this.#messages(batch) : await this.#lines(batch)
    counters.records += passed
    const read = await this.#judge.judge(records)
    // A line that was cut comes alone; unless it was passed over, its record has counted it.
    if (batch.cut_bytes > 0 && counters.cut_records === cut_before) counters.cut_records++
    this.#end = batch.end
    return { ...read, none: read.none + passed, exchanges, standing: this.#standing }
  }

  /** The held record is complete. */
  async flush(): Promise<Read> {
    const read = await this.#judge.judge(this.#assembler?.flush() ?? [])
    return { ...read, exchanges: [], standing: this.#standing }
  }

  get #standing(): Read['standing'] {
    const held = this.#assembler?.held ?? null
    return this.#judge.standing(held ?? this.#end, held !== null)
  }

  async #messages(batch: ByteBatch): Promise<Taken> {
    const { readMessages } = await fileTelemetry()
    const { broken, broken_bytes, ...taken } = await readMessages(batch, this.#options.classifier.telemetry)
    this.#judge.counters.cut_records += broken
    this.#judge.counters.cut_bytes += broken_bytes
    return taken
  }

  async #lines(batch: ByteBatch): Promise<Taken> {
    this.#assembler ??= this.#assemblerFor(batch.bytes)
    const assembler = this.#assembler
    const { counters } = this.#judge
    const passed = assembler.passed
    const records = assembler.push(batch)
    if (batch.ended) records.push(...assembler.flush())
    counters.records += assembler.passed - passed
    counters.lines = this.#linesBefore + assembler.lines
    if (!records.some(({ text }) => isOtlpLine(text))) return { records, passed: 0, exchanges: [] }
    return (await fileTelemetry()).readLines(records, this.#options.classifier.telemetry)
  }

  #assemblerFor(bytes: Uint8Array): RecordAssembler {
    const { zone, now, classifier, formats } = this.#options
    const options: AssemblerOptions = { zone, now }
    // A line of OTLP holds many spans, all of which tell of clocks: none is passed over.
    if (!beginsAsOtlp(bytes)) options.nextHit = (here, from) => classifier.nextHit(here, from)
    return new RecordAssembler(this.#stream, formats, options)
  }
}
