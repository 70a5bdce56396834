import { expect, test } from 'vitest'
import { csvOf } from '../../../../dashboards/report/csv.ts'

test('a text that a spreadsheet would calculate stays the text it is, signed digits included; numbers stay numbers', () => {
  expect(
    csvOf(
      ['name', 'count'],
      [
        ['+1', -1],
        ['-5', 2.5],
        ['=1+1', 0],
        ['@x', null],
        ['1', 1],
      ],
    ),
  ).toBe('name,count\r\n"\'+1",-1\r\n"\'-5",2.5\r\n"\'=1+1",0\r\n"\'@x",\r\n1,1\r\n')
})
