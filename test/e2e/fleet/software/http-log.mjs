/**
 * How the JavaScript services log a request, in layouts people use, through the real loggers. What a line carries is the
 * host's habit: `ids` = the request's id, `headers` = the request with its headers, `accepts` = a line for each success
 * with the token's instants, `completes` = a line with the status when it is answered.
 */
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import pino from 'pino'
import winston from 'winston'

export function openHttpLog({ layout, file, service, hostname, habits }) {
  return layout.startsWith('pino') ? pinoLog(file, service, hostname, habits) : winstonLog(layout, file, habits)
}

function pinoLog(file, name, hostname, { ids, headers, accepts, completes }) {
  const destination = pino.destination({ dest: file, sync: true, append: true })
  const { req, res, err } = pino.stdSerializers
  const log = pino({ name, base: { pid: process.pid, hostname }, serializers: { req, res, err } }, destination)
  const of = (request) =>
    headers
      ? log.child({ req: { id: request.id, method: request.method, url: request.url, headers: request.headers } })
      : ids
        ? log.child({ req_id: request.id })
        : log
  return {
    accepted({ request, claims: { client_id, sub, jti, iat, exp } }) {
      of(request).info(accepts ? { client_id, sub, jti, iat, exp } : { client_id }, 'token accepted')
    },
    refused: ({ request, error }) => of(request).warn({ err: error }, 'token refused'),
    completed({ request, response, took_ms }) {
      if (completes) of(request).info({ res: response, responseTime: took_ms }, 'request completed')
    },
    told: (message, fields) => log.info(fields, message),
    close: async () => destination.end(),
  }
}

function winstonLog(layout, file, { ids, accepts, completes }) {
  const stream = createWriteStream(file, { flags: 'a' })
  const { format } = winston
  const last = {
    'winston-json': format.json(),
    'winston-simple': format.simple(),
    'winston-printf': format.printf(
      ({ timestamp, level, message, request_id }) =>
        `${timestamp} [${level}] ${request_id === undefined ? '' : `[${request_id}] `}${message}`,
    ),
  }[layout]
  const log = winston.createLogger({
    format: format.combine(format.timestamp(), format.errors({ stack: true }), last),
    transports: [new winston.transports.Stream({ stream })],
  })
  const idOf = ({ id }) => (ids ? { request_id: id } : {})
  return {
    accepted({ request, claims: { client_id, iat, exp } }) {
      log.info(`token accepted for ${client_id}${accepts ? ` iat=${iat} exp=${exp}` : ''}`, idOf(request))
    },
    refused: ({ request, error }) =>
      layout === 'winston-json'
        ? log.error('token refused', {
            ...idOf(request),
            error: { name: error.name, code: error.code, message: error.message },
          })
        : log.warn(`token refused: ${error.message}`, idOf(request)),
    completed({ request: { method, url, id }, response: { statusCode }, took_ms }) {
      if (completes) log.info(`${method} ${url} ${statusCode} ${took_ms}ms`, idOf({ id }))
    },
    told: (message, fields) => log.info(message, fields),
    async close() {
      log.end()
      stream.end()
      await finished(stream)
    },
  }
}
