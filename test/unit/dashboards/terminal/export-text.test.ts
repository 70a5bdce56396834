import { expect, test } from 'vitest'
import { COPY_LIMIT, copySequence } from '../../../../dashboards/terminal/clipboard.ts'
import { exportText } from '../../../../dashboards/terminal/export-text.ts'

const TABLE = {
  name: 'hosts',
  columns: ['host', 'failures'],
  rows: [
    ['a,"b"', 3],
    ['=cmd()', null],
    ['x\x1b[31m|y\nz', 1],
  ],
} as const

test('JSON keeps every value as it is', () => {
  expect(JSON.parse(exportText(TABLE, 'json'))[2]).toEqual({ host: 'x\x1b[31m|y\nz', failures: 1 })
  expect(exportText(TABLE, 'json')).not.toContain('\x1b')
})
test('CSV quotes, runs no formula and holds no escape sequence', () => {
  expect(exportText(TABLE, 'csv')).toBe('host,failures\r\n"a,""b""",3\r\n"\'=cmd()",\r\nx^[[31m|y z,1\r\n')
})
test('Markdown keeps its columns whatever the cells hold', () => {
  expect(exportText(TABLE, 'markdown').split('\n')[4]).toBe('| x^[[31m\\|y z | 1 |')
})
test('the clipboard gets base64 only, and nothing too long to arrive', () => {
  expect(copySequence('\x1b[2Jé')).toBe(`\x1b]52;c;${Buffer.from('\x1b[2Jé').toString('base64')}\x07`)
  expect(copySequence('x'.repeat(COPY_LIMIT + 1))).toBeNull()
})
