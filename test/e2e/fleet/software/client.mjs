/**
 * The clients of one machine, on openid-client. Arguments: input file, log file. Obeys one JSON command per line on
 * standard input, tells what came of it on standard output (after the line "ready"), and logs what fails as such programs do.
 */

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import * as oidc from 'openid-client'
import pino from 'pino'
import winston from 'winston'

const [, , inputFile, logFile] = process.argv
const { issuer, layout, ids, hostname } = JSON.parse(readFileSync(inputFile, 'utf8'))
const server = {
  issuer,
  token_endpoint: `${issuer}/token`,
  revocation_endpoint: `${issuer}/token/revocation`,
}
const log = { pino: pinoLog, winston: winstonLog, none: silent }[layout]()

function pinoLog() {
  const destination = pino.destination({ dest: logFile, sync: true })
  const base = pino({ base: { pid: process.pid, hostname } }, destination)
  return ({ id, client_id, what, error }) =>
    base.warn({ ...(ids && { req_id: id }), client_id, err: error }, `${what} failed`)
}

function winstonLog() {
  const { combine, timestamp, printf } = winston.format
  const logger = winston.createLogger({
    format: combine(
      timestamp(),
      printf(({ timestamp, level, message }) => `${timestamp} ${level}: ${message}`),
    ),
    transports: [new winston.transports.File({ filename: logFile })],
  })
  return ({ id, client_id, what, error }) => {
    const reason = error.cause?.error ?? error.error ?? error.status ?? error.message
    logger.warn(`${what} failed for ${client_id}: ${reason}${ids ? ` request_id=${id}` : ''}`)
  }
}

function silent() {
  return () => {}
}

function configurationOf({ client_id, client_secret }, id) {
  const configuration = new oidc.Configuration(server, client_id, undefined, oidc.ClientSecretBasic(client_secret))
  oidc.allowInsecureRequests(configuration)
  configuration[oidc.customFetch] = (url, options) =>
    fetch(url, { ...options, headers: { ...Object.fromEntries(new Headers(options.headers)), 'x-request-id': id } })
  return configuration
}

const grants = {
  client_credentials: (configuration, form) => oidc.clientCredentialsGrant(configuration, form),
  refresh_token: (configuration, { refresh_token, ...form }) =>
    oidc.refreshTokenGrant(configuration, refresh_token, form),
  authorization_code: (configuration, { code, redirect_uri, ...form }) => {
    const back = new URL(redirect_uri)
    back.search = new URLSearchParams({ code, iss: issuer }).toString()
    return oidc.authorizationCodeGrant(configuration, back, { expectedState: undefined }, form)
  },
}

const deeds = {
  async token({ id, client, grant_type, form }) {
    const { access_token, refresh_token } = await grants[grant_type](configurationOf(client, id), form)
    return { status: 200, access_token, refresh_token }
  },
  async revoke({ id, client, token }) {
    await oidc.tokenRevocation(configurationOf(client, id), token)
    return { status: 200 }
  },
  async call({ id, method, url, token, user_agent, to }) {
    const headers = {
      'user-agent': user_agent,
      'x-bench-upstream': to,
      ...(id && { 'x-request-id': id }),
      ...(token && { authorization: `Bearer ${token}` }),
    }
    const response = await fetch(url, { method, headers })
    await response.arrayBuffer()
    const request_id = response.headers.get('x-request-id') ?? id
    const challenge = response.headers.get('www-authenticate')
    if (response.ok) return { status: response.status, request_id }
    const error = Object.assign(new Error(`Request failed with status code ${response.status}`), {
      status: response.status,
      ...(challenge && { challenge }),
    })
    throw Object.assign(error, { told: { status: response.status, request_id } })
  },
}

console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const { n, deed, ...command } = JSON.parse(line)
  obey(n, deed, command)
}

async function obey(n, deed, command) {
  let told
  try {
    told = await deeds[deed](command)
  } catch (error) {
    told = error.told ?? { status: error.status ?? 0, error: error.error ?? error.code ?? String(error) }
    delete error.told
    const id = told.request_id ?? command.id
    log({
      id,
      client_id: command.client.client_id,
      what: deed === 'call' ? `${command.method} ${new URL(command.url).pathname}` : `${deed} request`,
      error,
    })
  }
  console.log(JSON.stringify({ n, ...told }))
}
