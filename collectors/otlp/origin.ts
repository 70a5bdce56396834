/** Whose telemetry it is: service and host as the resource states them, under the names that follow from them. */
import type { StreamInfo } from '../../src/core/ports/source.ts'
import { streamId } from '../push/identity.ts'
import type { Attributes } from './telemetry.ts'

export interface Origin {
  service?: string
  host?: string
}

/** Where there is no host name, what stands for one machine, container or process, most telling first. */
const HOSTS = [
  'host.name',
  'k8s.pod.name',
  'container.name',
  'container.id',
  'service.instance.id',
  'k8s.node.name',
  'faas.instance',
]
/** Longest name kept; characters. */
const NAME_LIMIT = 256

/** Semantic conventions for resources: https://opentelemetry.io/docs/specs/semconv/resource/ */
export function originOf(resource: Attributes): Origin {
  const origin: Origin = {}
  const service = textOf(resource['service.name'])
  // What an SDK says that was given no name.
  if (service !== undefined && !service.startsWith('unknown_service')) origin.service = service
  for (const name of HOSTS) {
    const host = textOf(resource[name])
    if (host === undefined) continue
    origin.host = name === 'container.id' ? host.slice(0, 12) : host
    break
  }
  return origin
}

/** Spans of different kinds are different streams: client and server side of one call are two records of one request. */
export function streamOf(what: string, { service, host }: Origin): StreamInfo {
  const name = `otlp ${service ?? '?'}${host === undefined ? '' : `@${host}`} ${what}`
  return { stream: streamId('otlp', name), name, identity: null }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, NAME_LIMIT) : undefined
}
