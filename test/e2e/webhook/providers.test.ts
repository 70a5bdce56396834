/** What identity providers push, in the bodies and with the headers of each, into the built command; each event counts once. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authtop, ENTRY, environment, ndjson, scratch } from '../../cli/authtop.ts'

const TOKEN = 'only-for-this-test'
const home = scratch()
let child: ChildProcess
let base = ''
const db = join(home, 'webhook.db')

beforeAll(async () => {
  child = spawn(process.execPath, [ENTRY, 'collect', '--webhook', '--webhook-port', '0', '--db', db], {
    env: { ...environment(home), AUTHTOP_TOKEN: TOKEN },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [line] = (await once(createInterface({ input: child.stderr! }), 'line')) as [string]
  child.stderr!.resume()
  base = `http://127.0.0.1:${/port (\d+)/.exec(line)?.[1]}/webhook`
})
afterAll(async () => {
  child.kill('SIGTERM')
  await once(child, 'exit')
})

async function post(name: string, body: string | Buffer, headers: Record<string, string> = { authorization: TOKEN }) {
  const response = await fetch(`${base}/${name}`, { method: 'POST', headers, body })
  return [response.status, await response.json()]
}

const causes = async (client: string) => {
  const { stdout } = await authtop(home, ['failures', '--json', '--db', db])
  return ndjson(stdout)
    .filter(({ client_id }) => client_id === client)
    .map(({ system, subcause }) => `${system} ${subcause}`)
}

const now = () => new Date().toISOString()

test('Auth0: an array, an object, objects by line and compressed; the same event again counts no more', async () => {
  const event = (log_id: string) => ({
    log_id,
    data: { date: now(), type: 'feccft', description: 'Unauthorized', client_id: 'auth0-web', ip: '10.0.0.7', log_id },
  })
  const [one, two, three] = [event('1'), event('2'), event('3')]
  expect(await post('auth0', JSON.stringify([one]))).toEqual([200, { accepted: 1 }])
  expect(await post('auth0', JSON.stringify(two))).toEqual([200, { accepted: 1 }])
  const lines = gzipSync([one, three].map((each) => `${JSON.stringify(each)}\n`).join(''))
  const headers = { authorization: TOKEN, 'content-encoding': 'gzip', 'content-type': 'application/x-ndjson' }
  expect(await post('auth0', lines, headers)).toEqual([200, { accepted: 2 }])
  expect(await causes('auth0-web')).toEqual(Array.from({ length: 3 }, () => 'auth0 client_credentials'))
})

test('Entra: diagnostic records as Event Hubs has them, in Event Grid’s schema and in CloudEvents', async () => {
  const signIn = (id: string) => ({
    time: now(),
    resourceId: '/tenants/t/providers/Microsoft.aadiam',
    operationName: 'Sign-in activity',
    category: 'NonInteractiveUserSignInLogs',
    resultType: '50173',
    properties: { id, createdDateTime: now(), appId: 'entra-web', status: { errorCode: 50173 } },
  })
  const bodies = [
    { records: [signIn('1')] },
    [{ id: 'a', eventType: 'x', subject: 's', dataVersion: '1', data: { records: [signIn('2')] } }],
    { specversion: '1.0', type: 't', source: 's', id: 'b', data: signIn('3') },
  ]
  for (const body of bodies) expect(await post('entra', JSON.stringify(body))).toEqual([200, { accepted: 1 }])
  expect(await causes('entra-web')).toEqual(Array.from({ length: 3 }, () => 'entra token_revoked'))
})

test('Keycloak: an event whose body is signed', async () => {
  const details = { grant_type: 'refresh_token', reason: 'Token is not active' }
  const event = {
    time: Date.now(),
    type: 'REFRESH_TOKEN_ERROR',
    realmId: 'r',
    clientId: 'kc-web',
    userId: null,
    error: 'invalid_token',
    details,
  }
  const body = JSON.stringify(event)
  const signature = createHmac('sha256', TOKEN).update(body).digest('hex')
  expect(await post('keycloak', body, { 'x-keycloak-signature': signature })).toEqual([200, { accepted: 1 }])
  expect((await post('keycloak', `${body} `, { 'x-keycloak-signature': signature }))[0]).toBe(401)
  expect(await causes('kc-web')).toEqual(['keycloak refresh_token'])
})

test('Okta and Kubernetes: events in an envelope', async () => {
  const event = {
    uuid: 'u1',
    published: now(),
    eventType: 'app.oauth2.token.grant.access_token',
    severity: 'WARN',
    outcome: { result: 'FAILURE', reason: 'invalid_client' },
    actor: { id: 'okta-web', type: 'PublicClientApp', displayName: 'web' },
    target: [],
    debugContext: { debugData: {} },
  }
  const hook = { eventType: 'com.okta.event_hook', eventId: 'e', data: { events: [event] } }
  expect(await post('okta', JSON.stringify(hook))).toEqual([200, { accepted: 1 }])
  const item = {
    level: 'Metadata',
    auditID: 'a1',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/pods',
    verb: 'list',
    user: {},
    sourceIPs: ['10.0.0.7'],
    responseStatus: { code: 401, reason: 'Unauthorized', status: 'Failure', message: 'Unauthorized' },
    stageTimestamp: now(),
  }
  const list = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [item] }
  expect(await post('audit', JSON.stringify(list))).toEqual([200, { accepted: 1 }])
  const { stdout } = await authtop(home, ['failures', '--json', '--db', db])
  const systems = ndjson(stdout).map(({ system }) => system)
  expect(systems.filter((system) => system === 'okta' || system === 'kubernetes').toSorted()).toEqual([
    'kubernetes',
    'okta',
  ])
})
