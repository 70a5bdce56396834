import { describe, expect, test } from 'vitest'
import { idsInText } from '../../../../collectors/decode/ids-in-text.ts'

const ID = 'eb0c90ef-7cb1-452f-ac03-f30544ee1e8c'
const cases: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [`authentication failed: Signature has expired request_id=${ID}`, [['request.id', ID]]],
  ['token refused: jwt expired (reqId: 7f3a11c2, path=/orders)', [['request.id', '7f3a11c2']]],
  ['token refused: jwt expired [X-Request-ID: 7f3a11c2].', [['request.id', '7f3a11c2']]],
  [`refused "correlationId"="${ID}"`, [['request.id', ID]]],
  [
    'expired trace_id=4bf92f3577b34da6a3ce929d0e0e4736 client_id=batch-job.',
    [
      ['trace_id', '4bf92f3577b34da6a3ce929d0e0e4736'],
      ['oauth.client_id', 'batch-job'],
    ],
  ],
  [`fetching http://a.example/x?request_id=${ID}&client_id=me failed`, []],
  [`[${ID}] token refused: jwt expired`, [['request.id', ID]]],
  ['(4bf92f3577b34da6a3ce929d0e0e4736): jwt expired', [['request.id', '4bf92f3577b34da6a3ce929d0e0e4736']]],
  [`token refused for [${ID}]`, []],
  ['[main] [worker-1] jwt expired', []],
  ['client_id=null, clientId=undefined', []],
  ['time: 12:30, uri=/a, grid=1234', []],
  ['', []],
  ['=:=:', []],
]

describe('ids in a sentence', () => {
  test.for(cases)('%s', ([text, found]) => {
    expect(idsInText(text)).toEqual(found)
  })

  test('a message of nothing but signs costs what its length costs', () => {
    expect(idsInText('='.repeat(200_000))).toEqual([])
  })
})
