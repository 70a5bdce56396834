import { expect, test } from 'vitest'
import { Redactor } from '../../../src/redact/redactor.ts'
import { carriers } from '../../e2e/secrets/carriers.ts'

const redactor = new Redactor(new Uint8Array(32).fill(7))
/** Pieces this long give a secret away; characters. */
const PIECE = 12

test('nothing of a secret is left in what headers, protocols, statements, command lines and tokens of many products carry', () => {
  const all = carriers(20_261_128)
  expect(all.length).toBeGreaterThan(450)
  for (const { name, write } of all) {
    const { text: plain, secrets } = write()
    for (const text of [plain, JSON.stringify({ level: 'error', msg: plain })]) {
      const said = redactor.redact(text).text
      for (const secret of secrets)
        for (let at = 0; at + PIECE <= secret.length; at++)
          if (said.includes(secret.slice(at, at + PIECE))) throw new Error(`${name}: ${said}`)
      expect(redactor.redact(said).text, name).toBe(said)
      if (text !== plain) expect(() => JSON.parse(said), name).not.toThrow()
    }
  }
})

test('what only looks like them stays', () => {
  for (const text of [
    'GET /sdk-js/v1.0-beta HTTP/1.1',
    'signature verification failed: signature is invalid',
    '{"alg":"RS256","signature":"jose/signature-invalid","auth":"basic","access":"read-only"}',
    'Verifying password ... done',
    'mysql -p 3306 is not a password',
    'access=granted refresh=15s ticket=OPS-1204 auth=none',
    'the API key is missing',
    'PASSWORD (required)',
    'www-authenticate: Bearer realm="api", error="invalid_token"',
    'docker run -p 8080:80 web',
  ])
    expect(redactor.redact(text).text).toBe(text)
})
