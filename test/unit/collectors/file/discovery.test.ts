import { mkdirSync, symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { discover } from '../../../../collectors/file/discovery.ts'
import { parsePathTemplate } from '../../../../collectors/file/path-template.ts'
import { LogFolder } from './log-folder.ts'

test('no more files are found than the limit, also in one directory, and that is said', async () => {
  const logs = new LogFolder()
  for (let i = 0; i < 50; i++) logs.write(`${i}.log`, '')
  const { files, truncated } = await discover(parsePathTemplate(logs.at('*.log'), '/'), 20)
  expect(files.size).toBe(20)
  expect(truncated).toBe(true)
})

test('of a directory full of other things only so many entries are looked at', async () => {
  const logs = new LogFolder()
  for (let i = 0; i < 100; i++) logs.write(`${i}.tmp`, '')
  const { truncated } = await discover(parsePathTemplate(logs.at('*.log'), '/'), 20)
  expect(truncated).toBe(true)
})

test('links that lead round in a circle end', async () => {
  const logs = new LogFolder()
  logs.write('a/b.log', '')
  symlinkSync(logs.path, logs.at('a/up'))
  mkdirSync(logs.at('c'))
  symlinkSync('../c', logs.at('c/again'))
  const { files, truncated } = await discover(parsePathTemplate(logs.at('**/*.log'), '/'), 1_000)
  expect([...files.keys()]).toEqual([logs.at('a/b.log')])
  expect(truncated).toBe(false)
})
