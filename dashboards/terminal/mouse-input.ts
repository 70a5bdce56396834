/**
 * Stands between the terminal and Ink where the mouse is wanted: takes xterm's SGR mouse reports out of the input (Ink
 * drops them) and passes everything else on untouched.
 * Invariant: nothing is read from the terminal while raw mode is off, because then another program has it.
 */
import { PassThrough } from 'node:stream'
import type { KeyPress } from './key-press.ts'

export type MousePress = Extract<KeyPress, { column: number }>

/** SGR report (1006): button, column and row from 1, `M` pressed, `m` released. */
const REPORT = /\x1b\[<(\d{1,4});(\d{1,4});(\d{1,4})([Mm])/g
/** The head of a report at the end of a chunk; a lone escape is the Esc key and is not held back. */
const CUT_REPORT = /\x1b\[<[\d;]{0,14}$/

export function mouseInput(input: NodeJS.ReadStream, onMouse: (press: MousePress) => void): NodeJS.ReadStream {
  const passed = new PassThrough()
  let held = ''
  const take = (chunk: Buffer | string) => {
    let text = held + chunk.toString('utf8')
    const cut = CUT_REPORT.exec(text)
    held = cut === null ? '' : cut[0]
    text = cut === null ? text : text.slice(0, cut.index)
    const rest = text.replace(REPORT, (_, button: string, column: string, row: string, final: string) => {
      const press = mousePress(Number(button), Number(column), Number(row), final)
      if (press !== null) onMouse(press)
      return ''
    })
    if (rest !== '') passed.write(rest)
  }
  input.setEncoding('utf8')
  return Object.assign(passed, {
    isTTY: true,
    isRaw: false,
    setRawMode(raw: boolean) {
      input.setRawMode(raw)
      input.off('data', take)
      if (raw) input.on('data', take)
      else input.pause()
      return passed
    },
    ref: () => input.ref(),
    unref: () => input.unref(),
  }) as unknown as NodeJS.ReadStream
}

/** xterm: bits 0–1 the button, 64 the wheel; 4, 8 and 16 are modifiers. */
function mousePress(button: number, column: number, row: number, final: string): MousePress | null {
  const place = { column: column - 1, row: row - 1 }
  const code = button & ~28
  if (final === 'm') return null
  if (code === 0) return { name: 'click', ...place }
  if (code === 64) return { name: 'wheel_up', ...place }
  return code === 65 ? { name: 'wheel_down', ...place } : null
}
