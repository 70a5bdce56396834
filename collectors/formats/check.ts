/**
 * Proves the formats with the samples inside them, for `authtop check` and the tests: every sample is one record to the
 * assembler, is decoded as stated by its own format, and detection over all formats picks that format.
 */
import type { LogRecord } from '../../src/core/log-record.ts'
import { RecordAssembler } from '../assemble/assembler.ts'
import { Decoder } from '../decode/decoder.ts'
import { newFormatMemory } from '../decode/format-memory.ts'
import type { MessageShapesSource, SampleSource } from './format-schema.ts'
import type { FormatProblem, FormatSet } from './format-set.ts'

/** The present that samples without a year were written in. */
const SAMPLE_NOW_MS = Date.UTC(2026, 10, 20)

/** All mistakes found, with file and place; empty when every sample holds. Needs a set loaded from YAML. */
export function checkFormats(set: FormatSet): FormatProblem[] {
  const problems: FormatProblem[] = [...set.problems]
  const decoder = new Decoder(set, 'UTC', () => SAMPLE_NOW_MS)
  for (const { name, source } of set.formats)
    source.samples.forEach((sample, i) => {
      const place = `samples.${i}`
      const problem = (text: string): void => {
        problems.push({ file: `${name}.yaml`, place, text })
      }
      const texts = assemble(sample.text, set)
      if (texts.length !== 1) {
        problem(`is taken for ${texts.length} records`)
        return
      }
      const record = decoder.decode({ text: texts[0]! }, newFormatMemory())
      if (sample.detected && record.format !== name) problem(`is taken for ${record.format}`)
      else compare(record, sample, problem)
    })
  for (const shape of set.messages.shapes) checkShape(shape.source, decoder, problems)
  return problems
}

function assemble(text: string, set: FormatSet): string[] {
  const bytes = Buffer.from(`${text}\n`)
  const assembler = new RecordAssembler('sample', set, { now: () => SAMPLE_NOW_MS })
  const batch = { stream: 'sample', bytes, offset: 0, end: bytes.length, cut_bytes: 0, more: false, ended: true }
  return assembler.push(batch).map((r) => r.text)
}

function compare(record: LogRecord, { expect }: SampleSource, problem: (text: string) => void): void {
  const same = (what: string, want: unknown, got: unknown): void => {
    if (want !== undefined && want !== got)
      problem(`${what}: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`)
  }
  same('time', expect.time === undefined ? undefined : Date.parse(expect.time), record.logged_writer_ms)
  same('resolution', expect.resolution, record.logged_resolution_ms)
  same('severity', expect.severity, record.severity)
  same('body', expect.body, record.body)
  same('trace_id', expect.trace_id, record.trace_id)
  same('span_id', expect.span_id, record.span_id)
  for (const [name, value] of Object.entries(expect.attributes)) same(name, value, record.attributes[name] ?? null)
  for (const [name, value] of Object.entries(expect.resource)) same(name, value, record.resource[name])
  for (const text of expect.speech)
    if (!record.speech.includes(text)) problem(`speech lacks ${JSON.stringify(text)}: ${JSON.stringify(record.speech)}`)
  for (const text of expect.silent)
    if (record.speech.includes(text))
      problem(`speech must not hold ${JSON.stringify(text)}: ${JSON.stringify(record.speech)}`)
}

function checkShape(shape: MessageShapesSource['messages'][number], decoder: Decoder, problems: FormatProblem[]): void {
  shape.samples.forEach((sample, i) => {
    const text = JSON.stringify({ time: '2026-11-16T09:12:01Z', level: 'info', msg: sample.text })
    const record = decoder.decode({ text }, newFormatMemory())
    const problem = (what: string): void => {
      problems.push({ file: 'messages.yaml', place: `${shape.name}, samples.${i}`, text: what })
    }
    if (record.speech !== sample.speech)
      problem(`speech: expected ${JSON.stringify(sample.speech)}, got ${JSON.stringify(record.speech)}`)
    for (const [name, value] of Object.entries(sample.attributes))
      if (record.attributes[name] !== value)
        problem(`${name}: expected ${JSON.stringify(value)}, got ${JSON.stringify(record.attributes[name])}`)
  })
}
