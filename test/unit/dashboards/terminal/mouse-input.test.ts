import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { type MousePress, mouseInput } from '../../../../dashboards/terminal/mouse-input.ts'

async function feed(chunks: readonly string[]) {
  const raw: boolean[] = []
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) })
  const presses: MousePress[] = []
  const passed = mouseInput(input as unknown as NodeJS.ReadStream, (press) => presses.push(press))
  let keys = ''
  passed.on('data', (chunk) => {
    keys += String(chunk)
  })
  passed.setRawMode(true)
  for (const chunk of chunks) {
    input.write(chunk)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await new Promise((resolve) => setImmediate(resolve))
  return { presses, keys, raw, input, passed }
}

test('reports are clicks and notches of the wheel, 0-based, whatever modifiers are held', async () => {
  const { presses, keys } = await feed([
    '\x1b[<0;24;1M\x1b[<0;24;1m',
    '\x1b[<20;1;5M\x1b[<64;1;1M\x1b[<65;1;1M\x1b[<2;1;1M',
  ])
  expect(presses).toEqual([
    { name: 'click', column: 23, row: 0 },
    { name: 'click', column: 0, row: 4 },
    { name: 'wheel_up', column: 0, row: 0 },
    { name: 'wheel_down', column: 0, row: 0 },
  ])
  expect(keys).toBe('')
})

test('keys around a report and reports cut in two come through whole', async () => {
  const { presses, keys } = await feed(['jk\x1b[<0;2', ';3Mq\x1b[A', '\x1b'])
  expect(presses).toEqual([{ name: 'click', column: 1, row: 2 }])
  expect(keys).toBe('jkq\x1b[A\x1b')
})

test('nothing is taken from the terminal while raw mode is off', async () => {
  const { keys, input, passed, raw } = await feed(['a'])
  passed.setRawMode(false)
  input.write('for the pager')
  await new Promise((resolve) => setImmediate(resolve))
  expect(keys).toBe('a')
  expect(input.read()).toBe('for the pager')
  expect(raw).toEqual([true, false])
})
