/** Where a collector lets senders push to. Plain data: it crosses to the collecting thread. */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { OtlpListening } from '../../collectors/otlp/otlp-source.ts'
import type { Listening } from '../../collectors/push/listening.ts'
import type { SyslogListening } from '../../collectors/syslog/syslog-source.ts'
import type { PushSecrets } from '../core/ports/push-source.ts'

export interface Receivers {
  otlp?: OtlpListening
  webhook?: Listening
  syslog?: Omit<SyslogListening, 'zone'>
}

/** Certificate chain and key of these files. Throws a system error, or {@link NotPem} where they are no PEM that belongs together. */
export function readTlsFiles({ cert, key }: { cert: string; key: string }): NonNullable<PushSecrets['tls']> {
  const pem = (path: string) => {
    const text = readFileSync(path, 'utf8')
    if (!text.includes('-----BEGIN ')) throw new NotPem(`${path} is no PEM file`)
    return text
  }
  const files = { cert: pem(cert), key: pem(key) }
  try {
    createSecureContext(files)
  } catch (error) {
    throw new NotPem(`${cert} and ${key} are no certificate and its key: ${(error as Error).message}`)
  }
  return files
}

export class NotPem extends Error {}

/** What of them cannot change while they listen: all but tokens and certificates, and whether there are any. */
export function unchangeable(receivers: Receivers): unknown {
  const of = ({ token, tls, ...rest }: PushSecrets & object) => ({
    ...rest,
    token: token !== undefined,
    tls: tls !== undefined,
  })
  return Object.entries(receivers).map(([name, receiver]) => [name, of(receiver)])
}
