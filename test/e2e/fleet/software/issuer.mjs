/**
 * An authorization server (oidc-provider) that signs JWT access tokens for some resources and hands out opaque ones for
 * others, and logs its events with pino. Arguments: input file, log file. Writes its port to standard output; ends with
 * standard input. `/-/…` is how the bench turns keys, takes endpoints down and plays a user's consent; it logs nothing.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'
import pino from 'pino'

const [, , inputFile, logFile] = process.argv
const { port, issuer, keys, clients, resources, lifetimes, logsIssuance } = JSON.parse(readFileSync(inputFile, 'utf8'))

/** Keeps what is expired, as a database that is cleaned up once a day does. */
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

const destination = pino.destination({ dest: logFile, sync: true })
const log = pino({ name: 'auth' }, destination)
const lifetimeOf = (_, token) => lifetimes[token.clientId] ?? lifetimes.default

/** Signs with the first key; all are published. A key's turn is a new provider over the same tokens. */
function provide(jwks) {
  const provider = new Provider(issuer, {
    adapter: MapAdapter,
    clients,
    jwks: { keys: jwks },
    clientAuthMethods: ['client_secret_basic'],
    scopes: ['openid', 'offline_access'],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          audience: resource,
          accessTokenFormat: resources[resource].format,
          scope: resources[resource].scope,
        }),
      },
    },
    formats: {
      customizers: {
        jwt(_, __, parts) {
          // As many issuers do; without it jsonwebtoken and others would not notice a clock that is behind.
          parts.payload.nbf = parts.payload.iat
        },
      },
    },
    ttl: {
      AccessToken: lifetimeOf,
      ClientCredentials: lifetimeOf,
      AuthorizationCode: lifetimes.code,
      Grant: 86_400,
      IdToken: 300,
      RefreshToken: 3_600,
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    rotateRefreshToken: true,
    pkce: { required: () => false },
    cookies: { keys: ['only for this test'] },
  })
  tell(provider)
  return provider
}

function tell(provider) {
  const requestOf = (ctx) => ({ req_id: ctx.get('x-request-id') || undefined, client_id: clientOf(ctx) })
  for (const event of ['grant.error', 'introspection.error', 'revocation.error', 'server_error'])
    provider.on(event, (ctx, err) =>
      log.warn({ ...requestOf(ctx), grant_type: ctx.oidc?.params?.grant_type, err }, event),
    )
  provider.on('grant.success', (ctx) => {
    const token = ctx.oidc.entities.AccessToken ?? ctx.oidc.entities.ClientCredentials
    const issued = { jti: token.jti, iat: token.iat, exp: token.exp, kid: provider.signingKid }
    log.info(
      { ...requestOf(ctx), grant_type: ctx.oidc.params.grant_type, ...(logsIssuance && issued) },
      'grant.success',
    )
  })
  for (const event of ['access_token.destroyed', 'client_credentials.destroyed', 'refresh_token.destroyed'])
    provider.on(event, ({ jti, clientId, grantId }) => log.info({ client_id: clientId, jti, grant_id: grantId }, event))
  provider.on('grant.revoked', (ctx, grant_id) => log.info({ ...requestOf(ctx), grant_id }, 'grant.revoked'))
}

const clientOf = ({ oidc }) => oidc?.client?.clientId ?? oidc?.params?.client_id

let signing = 0
function provideFrom(first) {
  const provider = provide([keys[first], ...keys.slice(0, first)])
  provider.signingKid = keys[first].kid
  return { provider, answer: provider.callback() }
}
let current = provideFrom(0)

/** Path prefix → how it fails; absent = it works. */
const down = new Map()
const failures = {
  'bad gateway': (response) =>
    response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>'),
  unavailable: (response) =>
    response.writeHead(503, { 'content-type': 'application/json' }).end('{"message":"upstream unavailable"}'),
  closed: (response) => response.destroy(),
}

const controls = {
  rotate() {
    current = provideFrom(++signing)
    log.info({ kid: keys[signing].kid, previous_kid: keys[signing - 1].kid }, 'signing key rotated')
  },
  fail: ({ path, how }) => void (how === 'no' ? down.delete(path) : down.set(path, how)),
  async code({ client_id, redirect_uri, resource, scope }) {
    const client = await current.provider.Client.find(client_id)
    const grant = new current.provider.Grant({ accountId: 'user-17', clientId: client_id })
    grant.addOIDCScope('openid offline_access')
    grant.addResourceScope(resource, scope)
    const code = { accountId: 'user-17', client, grantId: await grant.save(), redirectUri: redirect_uri, resource }
    return new current.provider.AuthorizationCode({ ...code, scope: `openid offline_access ${scope}` }).save()
  },
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer)
  if (pathname.startsWith('/-/')) {
    const answer = await controls[pathname.slice(3)](Object.fromEntries(searchParams))
    response.end(JSON.stringify(answer ?? null))
    return
  }
  const failure = down.get(pathname)
  if (failure === undefined) current.answer(request, response)
  else failures[failure](response)
})
server.listen(port, '127.0.0.1', () => console.log(port))
process.stdin.resume().on('end', () => {
  server.closeAllConnections()
  server.close(() => destination.end())
})
