/** The formats prove themselves, mistakes are told with their place, and no pattern runs away on a hostile line. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Decoder } from '../../../../collectors/decode/decoder.ts'
import { newFormatMemory } from '../../../../collectors/decode/format-memory.ts'
import { checkFormats } from '../../../../collectors/formats/check.ts'
import {
  compileFormats,
  FORMATS_FOLDER,
  formatsFrom,
  loadFormatSources,
  loadFormats,
} from '../../../../collectors/formats/load.ts'

const set = loadFormatSources()

test('every sample is one record, is picked by detection and decodes as stated', () => {
  expect(checkFormats(set)).toEqual([])
  expect(set.formats.length).toBeGreaterThan(40)
})

test('a sample that lies is reported with file and place', () => {
  const dir = mkdtempSync(join(tmpdir(), 'formats-'))
  writeFileSync(join(dir, 'vocabulary.yaml'), readFileSync(join(FORMATS_FOLDER, 'vocabulary.yaml')))
  writeFileSync(join(dir, 'messages.yaml'), 'messages: []\n')
  const pino = readFileSync(join(FORMATS_FOLDER, 'pino.yaml'), 'utf8').replace('body: token rejected', 'body: other')
  writeFileSync(join(dir, 'pino.yaml'), pino)
  expect(checkFormats(loadFormats(dir))).toEqual([
    { file: 'pino.yaml', place: 'samples.0', text: 'body: expected "other", got "token rejected"' },
  ])
})

test('a new format needs one YAML file and nothing else', () => {
  const own = mkdtempSync(join(tmpdir(), 'formats-'))
  writeFileSync(
    join(own, 'hallo.yaml'),
    `format: hallo
title: Hallo
writes: a test
source: https://example.org
kind: text
zone: local
start: '^@@\\d'
patterns: ['^@@(?<when>\\d\\d\\.\\d\\d\\.\\d{4} \\d\\d:\\d\\d:\\d\\d) <(?<sev>\\w{1,8})> (?<message>.*)$']
time: {field: when, layout: 'dd.MM.yyyy HH:mm:ss'}
severity: {field: sev}
samples:
  - text: '@@16.11.2026 09:12:01 <WARN> jwt expired'
    expect: {time: '2026-11-16T09:12:01Z', severity: 13, body: jwt expired}
`,
  )
  const more = loadFormats(FORMATS_FOLDER, [own])
  expect(checkFormats(more)).toEqual([])
  const decoder = new Decoder(more, 'Europe/Berlin')
  const record = decoder.decode({ text: '@@16.11.2026 10:12:01 <WARN> jwt expired' }, newFormatMemory())
  expect(record).toMatchObject({ format: 'hallo', logged_writer_ms: Date.UTC(2026, 10, 16, 9, 12, 1), severity: 13 })
})

test('stamps that are UTC by definition stay so, whatever zone other logs are in', () => {
  const text = readFileSync(join(FORMATS_FOLDER, 'office365-audit.yaml'), 'utf8').match(/text: '(.+)'/)![1]!
  const memory = newFormatMemory()
  const record = new Decoder(set, 'Asia/Tokyo').decode({ text }, memory)
  expect(record).toMatchObject({ format: 'office365-audit', logged_writer_ms: Date.UTC(2026, 10, 16, 9, 12, 1) })
  expect(memory.naive).toBe(false)
})

describe('mistakes in a file are told with their place and stop nobody else', () => {
  const cases: [string, string, RegExp][] = [
    ['format: x', 'top level', /format: lower-case|expected|Invalid/i],
    ['format: [', 'line', /./],
    ['format: bad-one\nkind: tekst\n', 'kind', /Invalid|expected/i],
  ]
  test.each(cases)('%j', (text, place, message) => {
    const dir = mkdtempSync(join(tmpdir(), 'formats-'))
    writeFileSync(join(dir, 'bad.yaml'), text)
    const { problems, formats } = loadFormats(FORMATS_FOLDER, [dir])
    expect(formats.length).toBe(set.formats.length)
    expect(problems.every((p) => p.file === 'bad.yaml')).toBe(true)
    expect(problems.map((p) => `${p.place} ${p.text}`).join('\n')).toMatch(message)
    if (place !== 'top level') expect(problems.some((p) => p.place.includes(place))).toBe(true)
  })

  test('a pattern that could backtrack is refused with the reason', () => {
    const dir = mkdtempSync(join(tmpdir(), 'formats-'))
    const pino = readFileSync(join(FORMATS_FOLDER, 'winston-simple.yaml'), 'utf8')
    writeFileSync(
      join(dir, 'w.yaml'),
      pino.replace('winston-simple', 'wild').replace('{1,8}(?<message>', '.*(?<message>'),
    )
    const { problems } = loadFormats(FORMATS_FOLDER, [dir])
    expect(problems[0]?.text).toMatch(/patterns\.0: what follows the open-ended \. may also be part of it/)
  })
})

test('a compiled set decodes every sample like the YAML it was made from', () => {
  const compiled = formatsFrom(JSON.parse(JSON.stringify(compileFormats())))
  const [a, b] = [new Decoder(set, 'UTC'), new Decoder(compiled, 'UTC')]
  for (const { source } of set.formats)
    for (const { text } of source.samples)
      expect(b.decode({ text }, newFormatMemory())).toEqual(a.decode({ text }, newFormatMemory()))
})

test('the compiled file is read where it exists', () => {
  const dir = mkdtempSync(join(tmpdir(), 'formats-'))
  writeFileSync(join(dir, 'formats.compiled.json'), JSON.stringify(compileFormats()))
  expect(loadFormats(dir).formats.map((f) => f.name)).toEqual(set.formats.map((f) => f.name))
  expect(readdirSync(dir)).toEqual(['formats.compiled.json'])
})

test('every format names its source', () => {
  for (const { source } of set.formats) for (const url of source.source) expect(url).toMatch(/^https:\/\//)
})

describe('hostile lines of 64 KiB are answered by every pattern', () => {
  const long = (unit: string) => unit.repeat(Math.ceil(65_536 / unit.length)).slice(0, 65_536)
  const units = [
    ' ',
    'a',
    '1',
    '[',
    ']',
    '[]',
    '"',
    '\\"',
    ': ',
    '- ',
    'a=',
    'a="',
    '{"',
    ', ',
    '.',
    'a.',
    '2026-11-16 ',
    '10.0.0.7 ',
    'at ',
    'Error: ',
    'x: ',
    '|',
    '\t',
    'é',
  ]
  const patterns = set.formats.flatMap((f) => [f.start, ...f.patterns]).filter((p) => p !== null)
  const heads = set.formats.flatMap((f) => f.source.samples.map((s) => s.text.split('\n', 1)[0]!))
  test.each(units)('repeating %j', (unit) => {
    const tail = long(unit)
    for (const pattern of patterns) expect(typeof pattern.test(tail)).toBe('boolean')
    // Lines that begin as a real one does reach deep into its own pattern.
    const decoder = new Decoder(set, 'UTC')
    for (const head of heads) {
      const half = head.slice(0, head.length / 2)
      expect(decoder.decode({ text: half + tail }, newFormatMemory()).format).toBeTruthy()
      expect(decoder.decode({ text: head + tail }, newFormatMemory()).format).toBeTruthy()
    }
  })
})
