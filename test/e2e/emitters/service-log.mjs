/** How the JavaScript services log: the layouts people use, through the real loggers. */
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import pino from 'pino'

export async function openServiceLog(layout, file) {
  if (layout === 'pino') return pinoLog(file)
  const { default: winston } = await import('winston')
  return winstonLog(winston, layout, file)
}

function pinoLog(file) {
  const destination = pino.destination({ dest: file, sync: true })
  const log = pino({ name: 'orders' }, destination)
  return {
    accepted: (req_id, client_id) => log.info({ req_id, client_id }, 'token accepted'),
    refused: (req_id, err) => log.warn({ req_id, err }, 'authentication failed'),
    close: async () => destination.end(),
  }
}

function winstonLog({ createLogger, format, transports }, layout, file) {
  const stream = createWriteStream(file)
  const last = {
    'winston-json': format.json(),
    'winston-simple': format.simple(),
    'winston-printf': format.printf(({ timestamp, level, message }) => `${timestamp} [${level}] ${message}`),
  }[layout]
  const log = createLogger({
    format: format.combine(format.timestamp(), format.errors({ stack: true }), last),
    transports: [new transports.Stream({ stream })],
  })
  return {
    accepted: (_, client_id) => log.info(`token accepted for ${client_id}`),
    refused: (_, error) =>
      layout === 'winston-json' ? log.error(error) : log.warn(`authentication failed: ${error.message}`),
    async close() {
      log.end()
      stream.end()
      await finished(stream)
    },
  }
}
