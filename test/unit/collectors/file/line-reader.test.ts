import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Content } from '../../../../collectors/file/content.ts'
import { LINE_LIMIT_BYTES } from '../../../../collectors/file/limits.ts'
import { LineReader } from '../../../../collectors/file/line-reader.ts'

/** Bytes of which only the first `visible` are there yet. */
class GrowingContent implements Content {
  readonly revisable: boolean
  readonly bytes: Buffer
  visible = 0
  handedOut = 0

  constructor(bytes: Buffer, revisable: boolean) {
    this.bytes = bytes
    this.revisable = revisable
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    if (!this.revisable && position < this.handedOut) throw new Error('read again')
    return this.bytes.subarray(position, Math.min(position + length, this.visible))
  }

  async beginning(length: number): Promise<Uint8Array> {
    return this.bytes.subarray(0, Math.min(length, this.visible))
  }

  async passed(end: number): Promise<void> {
    this.handedOut = end
  }

  async lookedThrough(): Promise<void> {}
}

const LINE = fc.oneof(
  fc.stringMatching(/^[a-z ]{0,40}$/),
  fc.nat(3).map((n) => 'x'.repeat(LINE_LIMIT_BYTES - 2 + n)),
  fc.constant('\0'.repeat(50)),
)

/** What the limit leaves of a line, newline included. */
function cut(line: string): string {
  return line.length < LINE_LIMIT_BYTES ? `${line}\n` : `${line.slice(0, LINE_LIMIT_BYTES - 1)}\n`
}

test('however the bytes arrive, the lines are the same and cover the stream without gap', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(LINE, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 700_000 }), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.integer({ min: 10, max: 100_000 }),
      async (lines, steps, revisable, want) => {
        // A hole of NULs at the very start is left out by design.
        const texts = ['start', ...lines]
        const content = new GrowingContent(Buffer.from(texts.map((line) => `${line}\n`).join('')), revisable)
        const reader = new LineReader(content, 0)
        const found: Buffer[] = []
        let position = 0
        for (let turn = 0; position < content.bytes.length; turn++) {
          // Never in more than some thousands of steps, or a run of long lines takes minutes.
          const step = Math.max(steps[turn % steps.length] ?? 1, content.bytes.length >> 12)
          content.visible = Math.min(content.bytes.length, content.visible + step)
          let more = true
          while (more) {
            const step = await reader.next(want, false)
            more = step.more || step.lines !== null
            if (!step.lines) continue
            expect(step.lines.offset).toBe(position)
            expect(step.lines.bytes.at(-1)).toBe(10)
            position = step.lines.offset + step.lines.bytes.length + step.lines.cut_bytes
            found.push(Buffer.from(step.lines.bytes))
          }
        }
        expect(reader.position).toBe(content.bytes.length)
        expect(Buffer.concat(found).equals(Buffer.from(texts.map(cut).join('')))).toBe(true)
      },
    ),
    { numRuns: 40 },
  )
})

test('an unfinished line is handed out only when asked for', async () => {
  const content = new GrowingContent(Buffer.from('one\ntwo'), true)
  content.visible = 7
  const reader = new LineReader(content, 0)
  expect((await reader.next(100, false)).lines?.bytes.toString()).toBe('one\n')
  expect(await reader.next(100, false)).toEqual({ lines: null, more: false, unfinished: 3 })
  expect((await reader.next(100, true)).lines?.bytes.toString()).toBe('two')
  expect(await reader.next(100, true)).toEqual({ lines: null, more: false, unfinished: 0 })
})
