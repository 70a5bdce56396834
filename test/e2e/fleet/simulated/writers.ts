/**
 * Log lines as the loggers of the simulated hosts write them: pino, winston, Python's logging and python-json-logger, Ruby's
 * Logger, Logback, Spring Boot's console and logstash encoder, Go's log, log/slog as logfmt, zap and zerolog, nginx. Only form; what is said comes from elsewhere. Stamps are cut to the layout's resolution and are in its zone or none.
 */
import { TZDate } from '@date-fns/tz'
import { format } from 'date-fns'
import type { Refusal } from './refusals.ts'

/** One line's facts; `at_ms` is read off the writing host's clock. */
export interface Said {
  at_ms: number
  level: 'info' | 'warn'
  message: string
  fields: Record<string, unknown>
  error?: Refusal
  request_id?: string
}

export type Writer = (said: Said) => string

interface Scene {
  hostname: string
  service: string
  /** IANA zone of hosts that write local time. */
  zone: string
}

const local = (at_ms: number, zone: string, pattern: string): string => format(new TZDate(at_ms, zone), pattern)
const text = ({ message, error }: Said): string => (error === undefined ? message : `${message}: ${error.message}`)
const pairs = (fields: Record<string, unknown>): string =>
  Object.entries(fields)
    .map(([key, value]) => ` ${key}=${value}`)
    .join('')
const mark = ({ request_id }: Said): string => (request_id === undefined ? '' : ` request_id=${request_id}`)

function pino({ hostname, service }: Scene): Writer {
  return ({ at_ms, level, message, fields, error, request_id }) =>
    JSON.stringify({
      ...{ level: level === 'info' ? 30 : 40, time: Math.floor(at_ms), pid: 2114, hostname, name: service },
      ...(request_id !== undefined && { req_id: request_id }),
      ...fields,
      ...(error && {
        err: {
          ...{ type: error.type, message: error.message },
          stack: `${error.type}: ${error.message}\n    at check (file:///app/auth.js:17:11)`,
          ...error.fields,
        },
      }),
      msg: message,
    })
}

function winstonPrintf(): Writer {
  return (said) =>
    `${new Date(said.at_ms).toISOString()} [${said.level}] ${said.request_id === undefined ? '' : `[${said.request_id}] `}${text(said)}${pairs(said.fields)}`
}

function winstonJson(): Writer {
  return (said) =>
    JSON.stringify({
      ...said.fields,
      ...(said.error && { error: { name: said.error.type, message: said.error.message, ...said.error.fields } }),
      ...{ level: said.level, message: said.message },
      ...(said.request_id !== undefined && { request_id: said.request_id }),
      timestamp: new Date(said.at_ms).toISOString(),
    })
}

/** `datefmt` with or without the milliseconds that Python writes after a comma. */
function python({ service, zone }: Scene, seconds: boolean): Writer {
  return (said) =>
    `${local(said.at_ms, zone, seconds ? 'yyyy-MM-dd HH:mm:ss' : 'yyyy-MM-dd HH:mm:ss,SSS')} ${said.level === 'info' ? 'INFO' : 'WARNING'} [${service}.auth] ${text(said)}${pairs(said.fields)}${mark(said)}`
}

function ruby({ service, zone }: Scene): Writer {
  return (said) => {
    const word = said.level === 'info' ? 'INFO' : 'WARN'
    const error = said.error === undefined ? '' : `: ${said.error.type}: ${said.error.message}`
    return `${word[0]}, [${local(said.at_ms, zone, "yyyy-MM-dd'T'HH:mm:ss.SSS")}417 #881] ${word.padStart(5)} -- ${service}: ${said.message}${error}${pairs(said.fields)}${mark(said)}`
  }
}

function logback({ service, zone }: Scene): Writer {
  return (said) =>
    `${local(said.at_ms, zone, 'yyyy-MM-dd HH:mm:ss.SSS')} ${said.level === 'info' ? 'INFO ' : 'WARN '} [http-nio-8080-exec-3] [${said.request_id ?? ''}] c.example.${service}.JwtAuthFilter - ${text(said)}${pairs(said.fields)}`
}

function golang({ zone }: Scene): Writer {
  return (said) =>
    `${local(said.at_ms, zone, 'yyyy/MM/dd HH:mm:ss')} auth: ${text(said)}${pairs(said.fields)}${mark(said)}`
}

/** Where the name of the error and its text are fields of their own. */
const named = (error: Refusal | undefined): string => (error === undefined ? '' : `${error.type}: ${error.message}`)

function spring({ service, zone }: Scene): Writer {
  return (said) => {
    const trace = said.request_id === undefined ? '' : `[${said.request_id.replaceAll('-', '')},] `
    return `${local(said.at_ms, zone, "yyyy-MM-dd'T'HH:mm:ss.SSSxxx")} ${said.level === 'info' ? ' INFO' : ' WARN'} 7 --- [${service}] [nio-8080-exec-4] ${trace}c.e.${service}.security.JwtFilter          : ${text(said)}${pairs(said.fields)}`
  }
}

function logstash({ service, zone }: Scene): Writer {
  return (said) =>
    JSON.stringify({
      '@timestamp': local(said.at_ms, zone, "yyyy-MM-dd'T'HH:mm:ss.SSSxxx"),
      '@version': '1',
      message: said.message,
      logger_name: `com.example.${service}.JwtFilter`,
      thread_name: 'http-nio-8080-exec-4',
      level: said.level === 'info' ? 'INFO' : 'WARN',
      ...(said.request_id !== undefined && { requestId: said.request_id }),
      ...said.fields,
      ...(said.error && { stack_trace: `${named(said.error)}\n\tat com.example.JwtFilter.check(JwtFilter.java:41)` }),
    })
}

/** `log/slog`'s text handler. */
function logfmt({ service }: Scene): Writer {
  const quoted = (value: unknown): string => (/[\s"=]/.test(`${value}`) ? JSON.stringify(`${value}`) : `${value}`)
  return (said) => {
    const fields = {
      ...{
        time: new Date(said.at_ms).toISOString(),
        level: said.level === 'info' ? 'INFO' : 'WARN',
        msg: said.message,
      },
      ...{ service, ...said.fields },
      ...(said.error && { err: said.error.message }),
      ...(said.request_id !== undefined && { request_id: said.request_id }),
    }
    return Object.entries(fields)
      .map(([key, value]) => `${key}=${quoted(value)}`)
      .join(' ')
  }
}

/** Seconds with a fraction, as zap's production encoder writes them. */
function zap(): Writer {
  return (said) =>
    JSON.stringify({
      ...{ level: said.level, ts: Math.floor(said.at_ms) / 1000, caller: 'server/auth.go:88', msg: said.message },
      ...said.fields,
      ...(said.error && { error: said.error.message }),
      ...(said.request_id !== undefined && { request_id: said.request_id }),
    })
}

/** Whole seconds, which is zerolog's default. */
function zerolog(): Writer {
  return (said) =>
    JSON.stringify({
      ...{ level: said.level, ...said.fields, ...(said.error && { error: said.error.message }) },
      ...(said.request_id !== undefined && { req_id: said.request_id }),
      ...{ time: `${new Date(said.at_ms).toISOString().slice(0, 19)}Z`, message: said.message },
    })
}

function pythonJson({ service, zone }: Scene): Writer {
  return (said) =>
    JSON.stringify({
      ...{ asctime: local(said.at_ms, zone, 'yyyy-MM-dd HH:mm:ss,SSS'), name: `${service}.auth` },
      ...{ levelname: said.level === 'info' ? 'INFO' : 'WARNING', message: said.message, ...said.fields },
      ...(said.error && {
        exc_info: `Traceback (most recent call last):\n  File "/app/auth.py", line 31, in check\n${named(said.error)}`,
      }),
      ...(said.request_id !== undefined && { request_id: said.request_id }),
    })
}

export const LAYOUTS = {
  pino,
  'winston-printf': winstonPrintf,
  'winston-json': winstonJson,
  python: (scene: Scene) => python(scene, false),
  'python-seconds': (scene: Scene) => python(scene, true),
  ruby,
  logback,
  golang,
  spring,
  logstash,
  logfmt,
  zap,
  zerolog,
  'python-json': pythonJson,
} as const satisfies Record<string, (scene: Scene) => Writer>
export type Layout = keyof typeof LAYOUTS

export interface Access {
  at_ms: number
  address: string
  method: string
  path: string
  status: number
  took_ms: number
  request_id: string
  user_agent: string
}

export type AccessLayout = 'combined' | 'combined with request id' | 'json with request id' | 'json' | 'json in ms'

/** nginx, as `log_format` in test/e2e/fleet/gateway.ts. */
export function accessLine(layout: AccessLayout, a: Access, zone: string): string {
  const id = layout.endsWith('with request id')
  if (layout.startsWith('json'))
    return JSON.stringify({
      ...{
        time: local(a.at_ms, zone, `yyyy-MM-dd'T'HH:mm:ss${layout === 'json in ms' ? '.SSS' : ''}xxx`),
        remote_addr: a.address,
        method: a.method,
      },
      ...{ uri: a.path, status: a.status, request_time: Math.round(a.took_ms) / 1000 },
      ...(id && { request_id: a.request_id }),
    })
  return `${a.address} - - [${local(a.at_ms, zone, 'dd/MMM/yyyy:HH:mm:ss xx')}] "${a.method} ${a.path} HTTP/1.1" ${a.status} ${a.status === 200 ? 812 : 41} "-" "${a.user_agent}"${id ? ` ${a.request_id}` : ''}`
}
