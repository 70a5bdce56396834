/**
 * An authorization server (oidc-provider) that plays each asked-for mishap against its own endpoints and logs its events
 * with pino. Arguments: input file ({"requests": [{"id", "play"}]}), log file.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'
import pino from 'pino'

const [, , inputFile, logFile] = process.argv
const { requests } = JSON.parse(readFileSync(inputFile, 'utf8'))

const CALLBACK = 'https://shop.example.com/callback'
const shop = { client_id: 'web-shop', client_secret: 'the-secret-of-the-web-shop', redirect_uris: [CALLBACK] }
const job = { client_id: 'reports-job', client_secret: 'the-secret-of-the-reports-job' }
const api = { client_id: 'orders-api', client_secret: 'the-secret-of-the-orders-api' }

/** Keeps what is expired, as a database that is cleaned up once a day does; a shared Map, because models refer to each other. */
const rows = new Map()
class MapAdapter {
  constructor(model) {
    this.model = model
  }
  key = (id) => `${this.model}:${id}`
  find = async (id) => rows.get(this.key(id))
  upsert = async (id, row) => void rows.set(this.key(id), row)
  consume = async (id) => void Object.assign(rows.get(this.key(id)), { consumed: Math.floor(Date.now() / 1000) })
  destroy = async (id) => void rows.delete(this.key(id))
  revokeByGrantId = async (grantId) => {
    for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key)
  }
}

const server = createServer().listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const issuer = `http://127.0.0.1:${server.address().port}`
const provider = new Provider(issuer, {
  adapter: MapAdapter,
  clients: [
    { ...shop, grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
    { ...job, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
    { ...api, grant_types: [], redirect_uris: [], response_types: [] },
  ],
  clientAuthMethods: ['client_secret_basic'],
  scopes: ['openid', 'offline_access'],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: () => true },
    devInteractions: { enabled: false },
  },
  ttl: {
    AccessToken: 300,
    AuthorizationCode: 60,
    ClientCredentials: 300,
    Grant: 86_400,
    IdToken: 300,
    RefreshToken: 3_600,
  },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  pkce: { required: () => false },
  cookies: { keys: ['only for this test'] },
})
server.on('request', provider.callback())

const destination = pino.destination({ dest: logFile, sync: true })
const log = pino({ name: 'auth' }, destination)
for (const event of ['grant.error', 'userinfo.error', 'introspection.error', 'authorization.error', 'server_error'])
  provider.on(event, (ctx, err) =>
    log.warn({ req_id: ctx.get('x-request-id'), client_id: ctx.oidc?.params?.client_id, err }, event),
  )
provider.on('grant.success', (ctx) =>
  log.info({ req_id: ctx.get('x-request-id'), client_id: ctx.oidc.client.clientId }, 'grant.success'),
)

const basic = ({ client_id, client_secret }) => `Basic ${btoa(`${client_id}:${client_secret}`)}`
const post = (path, id, client, form) =>
  fetch(`${issuer}${path}`, {
    method: 'POST',
    headers: { authorization: basic(client), 'x-request-id': id },
    body: new URLSearchParams(form),
  })
const token = (id, client, form) => post('/token', id, client, form)
const userinfo = (id, accessToken) =>
  fetch(`${issuer}/me`, {
    headers: { 'x-request-id': id, ...(accessToken && { authorization: `Bearer ${accessToken}` }) },
  })
const redeem = (id, code, form) =>
  token(id, shop, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...form })
const refresh = (id, refresh_token) => token(id, shop, { grant_type: 'refresh_token', refresh_token })

/** What a user's consent in a browser would have led to. */
async function newCode(extra) {
  const client = await provider.Client.find(shop.client_id)
  const grant = new provider.Grant({ accountId: 'user-17', clientId: client.clientId })
  grant.addOIDCScope('openid offline_access')
  const code = { accountId: 'user-17', client, grantId: await grant.save(), redirectUri: CALLBACK }
  return new provider.AuthorizationCode({ ...code, scope: 'openid offline_access', ...extra }).save()
}
const newTokens = async () => (await redeem('set-up', await newCode())).json()

/** Moves stored expiry into the past instead of the clock, so that the log's times stay true. */
function expire(model) {
  for (const [key, row] of rows) if (key.startsWith(`${model}:`)) row.exp = Math.floor(Date.now() / 1000) - 60
}

const challenge = createHash('sha256').update('x'.repeat(50)).digest('base64url')
const plays = {
  code: async (id) => redeem(id, await newCode()),
  client_credentials: (id) => token(id, job, { grant_type: 'client_credentials' }),
  refresh: async (id) => refresh(id, (await newTokens()).refresh_token),
  userinfo: async (id) => userinfo(id, (await newTokens()).access_token),
  wrong_secret: (id) => token(id, { ...job, client_secret: 'old' }, { grant_type: 'client_credentials' }),
  unknown_client: (id) => token(id, { ...job, client_id: 'reports-jbo' }, { grant_type: 'client_credentials' }),
  wrong_grant_type: (id) => token(id, shop, { grant_type: 'password', username: 'u', password: 'p' }),
  code_expired: async (id) => {
    const code = await newCode()
    expire('AuthorizationCode')
    return redeem(id, code)
  },
  code_replayed: async (id) => {
    const code = await newCode()
    await redeem('set-up', code)
    return redeem(id, code)
  },
  redirect_mismatch: async (id) => redeem(id, await newCode(), { redirect_uri: `${CALLBACK}/` }),
  pkce_mismatch: async (id) =>
    redeem(id, await newCode({ codeChallenge: challenge, codeChallengeMethod: 'S256' }), {
      code_verifier: 'y'.repeat(50),
    }),
  refresh_expired: async (id) => {
    const { refresh_token } = await newTokens()
    expire('RefreshToken')
    return refresh(id, refresh_token)
  },
  refresh_reused: async (id) => {
    const { refresh_token } = await newTokens()
    await refresh('set-up', refresh_token)
    return refresh(id, refresh_token)
  },
  userinfo_without_token: (id) => userinfo(id),
  introspection_wrong_secret: (id) =>
    post('/token/introspection', id, { ...api, client_secret: 'old' }, { token: 'x' }),
}

for (const { id, play } of requests) {
  const response = await plays[play](id)
  await response.arrayBuffer()
}
server.closeAllConnections()
server.close()
destination.end()
