/**
 * What every LogSource promises (src/core/ports/source.ts), executed. A source is made from texts that some writer leaves,
 * one stream each; how it gets to them is the source's own business.
 */
import { describe, expect, test } from 'vitest'
import type { LogSource, SourceOptions } from '../../../src/core/ports/source.ts'
import { SourceReader } from './source-reader.ts'

export interface SourceUnderTest {
  /** How many streams it can have at once. */
  streams: 'one' | 'many'
  /** What is handed out can be handed out again by a later source, up to the checkpoint. */
  replays: boolean
  /** A source over these texts, which end there unless `endless`. Each call is a new run over what was written before, if it replays. */
  open(texts: readonly string[], options: SourceOptions, endless: boolean): Promise<LogSource>
  /** Bytes taken from the writer since the source was opened; absent where that cannot be told. */
  taken?(): number
}

/** One batch handed out, one window held, and some slack; bytes. */
const TAKEN_AT_MOST = 5 * 1024 * 1024

const OPTIONS = { follow: false, known: [], now: () => 1_700_000_000_000 }

function numbered(count: number, start = 0): string {
  return Array.from({ length: count }, (_, n) => `line ${start + n} ${'·'.repeat(n % 40)}\n`).join('')
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

export function sourceContract(name: string, make: () => SourceUnderTest): void {
  describe(`${name} keeps the source contract`, () => {
    async function open(
      under: SourceUnderTest,
      texts: readonly string[],
      endless = false,
      known: SourceOptions['known'] = [],
    ) {
      const reader = new SourceReader()
      const options = { ...OPTIONS, follow: endless, known, notice: reader.notice }
      const source = await under.open(texts, options, endless)
      return { reader, source }
    }

    test('every line comes once, in order, and batches follow one another without a gap', async () => {
      const text = numbered(60_000)
      const { reader, source } = await open(make(), [text])
      await reader.start(source).end()
      expect(reader.faults).toEqual([])
      expect(reader.text()).toBe(text)
      expect(reader.batches[0]?.offset).toBe(0)
    })

    test('no batch splits a line; only the last line of all may lack its newline', async () => {
      const text = `${numbered(30_000)}the end is missing`
      const { reader, source } = await open(make(), [text])
      await reader.start(source).end()
      const withBytes = reader.batches.filter((batch) => batch.bytes.length > 0)
      for (const batch of withBytes.slice(0, -1)) expect(batch.bytes.at(-1)).toBe(10)
      expect(reader.lines).toEqual(linesOf(text))
    })

    test('streams are never mixed within a batch', async () => {
      const under = make()
      if (under.streams === 'one') return
      const texts = Array.from({ length: 8 }, (_, n) => numbered(5_000).replaceAll('line', `stream${n}`))
      const { reader, source } = await open(under, texts)
      await reader.start(source).end()
      const streams = new Set(reader.batches.map((batch) => batch.stream))
      const found = [...streams].map((stream) => reader.text(stream))
      expect(found.toSorted()).toEqual(texts.toSorted())
    })

    test('each stream ends with exactly one batch that says so, and has nothing after it', async () => {
      const { reader, source } = await open(make(), [numbered(1_000)])
      await reader.start(source).end()
      expect(reader.batches.map((batch) => batch.ended)).toEqual([...reader.batches.slice(1).map(() => false), true])
      expect(reader.batches.at(-1)?.more).toBe(false)
    })

    test('a line over the limit is cut, counted, and does not disturb the next one', async () => {
      const text = `before\n${'x'.repeat(5_000_000)}\nafter\n`
      const { reader, source } = await open(make(), [text])
      await reader.start(source).end()
      expect(reader.faults).toEqual([])
      expect(reader.lines.map((line) => line.length)).toEqual([6, 1024 * 1024 - 1, 5])
      expect(reader.batches.reduce((sum, batch) => sum + batch.cut_bytes, 0)).toBe(5_000_001 - 1024 * 1024)
      expect(reader.notices.filter(({ kind }) => kind === 'cut')).toHaveLength(1)
    })

    test('a NUL within a line is handed out as it is', async () => {
      const { reader, source } = await open(make(), ['a\u0000b\n'])
      await reader.start(source).end()
      expect(reader.text()).toBe('a\u0000b\n')
    })

    test('what is not asked for is not read', async () => {
      const under = make()
      if (!under.taken) return
      const text = numbered(400_000)
      const { source } = await open(under, [text])
      const batches = source.batches(new AbortController().signal)[Symbol.asyncIterator]()
      await batches.next()
      await new Promise((done) => setTimeout(done, 50))
      expect(Buffer.byteLength(text)).toBeGreaterThan(2 * TAKEN_AT_MOST)
      expect(under.taken()).toBeLessThan(TAKEN_AT_MOST)
      await source.close()
      await batches.return?.(undefined)
    })

    test('an abort ends the iteration while it waits for more', async () => {
      const { reader, source } = await open(make(), ['one\n'], true)
      reader.start(source)
      await reader.until(() => reader.lines.length === 1)
      await reader.stop()
      expect(reader.finished).toBe(true)
      expect(reader.lines).toEqual(['one'])
    })

    test('an abort before the first batch ends the iteration at once', async () => {
      const { reader, source } = await open(make(), ['one\n'], true)
      const aborted = AbortSignal.abort()
      const found: unknown[] = []
      for await (const batch of source.batches(aborted)) found.push(batch)
      expect(found).toEqual([])
      await source.close()
      expect(reader.faults).toEqual([])
    })

    test('a checkpoint names the stream, and an unknown one is refused', async () => {
      const under = make()
      const { reader, source } = await open(under, ['one\ntwo\n'], true)
      reader.start(source)
      await reader.until(() => reader.lines.length === 2)
      const { stream, end } = reader.batches[0] ?? { stream: '', end: 0 }
      const info = await source.checkpoint(stream, end)
      expect(info.stream).toBe(stream)
      expect(info.name).not.toBe('')
      expect(info.identity === null).toBe(!under.replays)
      await expect(source.checkpoint('0123456789abcdef', 0)).rejects.toThrow(RangeError)
      await reader.stop()
    })

    test('a later run continues at the checkpoint, wherever in the stream it was taken', async () => {
      const under = make()
      if (!under.replays) return
      const text = numbered(3_000)
      const first = await open(under, [text])
      await first.reader.start(first.source).end()
      const { stream } = first.reader.batches[0] ?? { stream: '' }
      for (const line of [1, 50, 1_500, 2_999]) {
        const offset = Buffer.byteLength(linesOf(text).slice(0, line).join('\n')) + 1
        const info = await first.source.checkpoint(stream, offset)
        const known = [
          { ...info, offset, counters: { lines: 0, records: 0, recognised: 0, cut_records: 0, cut_bytes: 0 } },
        ]
        const later = await open(under, [], false, known)
        await later.reader.start(later.source).end()
        expect(later.reader.lines).toEqual(linesOf(text).slice(line))
        expect(later.reader.batches[0]).toMatchObject({ stream, offset })
      }
    })
  })
}
