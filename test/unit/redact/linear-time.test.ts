import { describe, expect, test } from 'vitest'
import { Redactor } from '../../../src/redact/redactor.ts'

const redactor = new Redactor(new Uint8Array(32).fill(7))

/** Lines that an attacker writes to make a scanner look at the same text again and again. */
const HOSTILE: Record<string, string> = {
  'eyJ eyJ': 'eyJ',
  'eyJ behind a letter': 'xeyJ',
  'JOSE openings with spaces': 'ewogewog',
  'almost printable openings': 'eyAieyAi',
  'JWTs in a path': 'eyJhbGciOiJI/a/b/',
  dots: 'eyJhbGciOiJI.',
  ellipses: 'eyJhbGciOiJI...',
  'Bearer Bearer': 'Bearer ',
  'Bearer plus': 'bearer+x+',
  'Basic Basic': 'Basic dXNl ',
  quotes: '"',
  'escaped quotes': '\\"',
  backslashes: '\\',
  'unclosed values': 'token="',
  'unclosed values with apostrophes': "token='a ",
  'unclosed values of two kinds': 'token="a token=\'b ',
  'unclosed percent quotes': 'token%3D%22a',
  'unclosed percent quotes on lines': 'token%3D%22a\n',
  'deep escapes': 'password\\\\\\":\\\\\\"',
  'names without values': 'access_token',
  'names and separators': 'token=',
  'names, spaces': 'token    ',
  prose: 'token is not valid or ',
  'codes in a query': '&code=a',
  'states in a query': '&state=a&code=',
  cookies: 'Cookie: a=b; ',
  'cookie pairs': 'a=b; ',
  'a long Cookie header': 'Cookie: a=b; c=',
  'Set-Cookie attributes': 'Set-Cookie: Path=/; ',
  'cookie objects': '"cookies":{"a":"b",',
  'schemes of URLs': '://',
  userinfo: '://a:b@',
  'userinfo without end': '://aaaaaaaaaaaaaaaaaaaaaa',
  'private keys that never end': '-----BEGIN PRIVATE KEY-----',
  'private keys of dashes': '-----BEGIN PRIVATE KEY',
  'XML openings': '<password ',
  'XML elements': '<password>',
  'key types': '"kty":"d":"',
  flags: '--password ',
  arrays: '"token":["a","b",',
  'array openings': '"token":[',
  'authorization lists': 'authorization: Digest a=b, ',
  'authorization lines': 'authorization: x\n',
  'name and value pairs': '"name":"token","value":"',
  delimiters: 'token=a,b,',
  brackets: 'token=(((',
  'percent signs': 'token=%%%',
  'nested encodings': 'token%252525',
  fingerprints: 'jwt:0123456789abcdef',
  'slack prefixes': 'xoxb-',
  letters: 'a',
  spaces: ' ',
  'JSON that is none': '{"a":"password=\'',
}

/**
 * Work is processor time relative to that of an eighth of the input: linear gives 8, quadratic 64. Processor time does not grow with the load
 * of the machine; the best of several runs leaves out warming up and garbage collection.
 */
const SMALL = 8_192
const FACTOR = 8
const BETWEEN = 30
const RESOLUTION_US = 50

function bestUs(text: string): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 2; i++) {
    const before = process.cpuUsage()
    redactor.redact(text)
    best = Math.min(best, process.cpuUsage(before).user)
  }
  return Math.max(best, RESOLUTION_US)
}

const fill = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)

describe('redaction takes time in proportion to the text', () => {
  for (const [name, unit] of Object.entries(HOSTILE)) {
    for (const [place, wrap] of [
      ['alone', (text: string) => text],
      ['behind a name', (text: string) => `{"password":"${text}`],
      ['in a JSON string', (text: string) => JSON.stringify({ msg: text })],
    ] as const) {
      test(`${name}, ${place}`, () => {
        const ratio = () => bestUs(wrap(fill(unit, SMALL * FACTOR))) / bestUs(wrap(fill(unit, SMALL)))
        // One slow run is chance, five are the code.
        let smallest = ratio()
        for (let i = 0; i < 4 && smallest >= BETWEEN; i++) smallest = Math.min(smallest, ratio())
        expect(smallest).toBeLessThan(BETWEEN)
      })
    }
  }

  test('a secret behind 64 KiB of anything is still found', () => {
    for (const unit of Object.values(HOSTILE)) {
      const { text } = redactor.redact(`${fill(unit, 1 << 16)}\nAuthorization: Bearer 8xLOxBtZp8dkGxZxkPqUsyA0sQn`)
      expect(text).not.toContain('8xLOxBtZp8dkGx')
    }
  })
})
