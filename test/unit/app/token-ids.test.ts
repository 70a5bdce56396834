/** What an issuer logs of a token by its id, and what a server was shown, are known to be one; so are sessions under their names. */
import { expect, test } from 'vitest'
import { Classifier } from '../../../src/app/classifier.ts'
import { loadKnowledge } from '../../../src/app/knowledge.ts'

const TOKEN = 'WtMDbBU8bCVEZkF8obHBfbYilkhNtCV8sDgxLbDDQKd'
const classifier = new Classifier(await loadKnowledge({}), new Uint8Array(32), 'UTC')

const eventOf = (record: object) =>
  classifier.classify({
    text: JSON.stringify({ level: 30, time: 1_795_885_425_061, pid: 7, hostname: 'auth-1', ...record }),
  }).event

test('an opaque token and the id under which its issuer says that it was withdrawn are one', () => {
  const withdrawn = eventOf({ name: 'auth', client_id: 'partner', jti: TOKEN, msg: 'client_credentials.destroyed' })
  const refused = eventOf({
    ...{ name: 'reports', req: { id: 'r-1', method: 'GET', url: '/reports/7' }, level: 40 },
    ...{
      authorization: `Bearer ${TOKEN}`,
      err: { type: 'Error', message: 'Token is not active' },
      msg: 'token refused',
    },
  })
  expect(withdrawn).toMatchObject({ kind: 'revocation', outcome: 'success', client_id: 'partner' })
  expect(refused).toMatchObject({ outcome: 'failure', subcause: 'inactive' })
  expect(withdrawn?.token_id).toMatch(/^jti:[0-9a-f]{16}$/)
  expect(refused?.token_id).toBe(withdrawn?.token_id)
})

test.each(['sid', 'session_id', 'sessionId'])('a session is known under the name %s', (name) => {
  const ended = { name: 'auth', client_id: 'partner', msg: 'end_session.success' }
  const named = eventOf({ ...ended, [name]: 'zlus4KSVWrKUVPAs6Yw3dPepyNswGl9d' })
  const again = eventOf({ ...ended, session_state: 'zlus4KSVWrKUVPAs6Yw3dPepyNswGl9d' })
  expect(named?.session).toMatch(/^[a-z]+:[0-9a-f]{16}$/)
  expect(named?.session).toBe(again?.session)
})
