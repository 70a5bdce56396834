/** `receivers:` of a configuration: what the options --otlp, --webhook and --syslog say, each with its own token and certificate. */
import { z } from 'zod'
import { OTLP_GRPC_PORT, OTLP_HTTP_PORT, SYSLOG_PORT, WEBHOOK_PORT } from '../../../collectors/push/default-ports.ts'
import { Secret, type SecretSource, secretSchema } from '../../alerts/secret.ts'
import { urlProblem } from '../../alerts/sinks/sink-type.ts'
import { isLoopback } from '../../core/local-name.ts'
import type { PushSecrets } from '../../core/ports/push-source.ts'
import { type Receivers, readTlsFiles } from '../receivers.ts'

const address = {
  /** Only this machine can send unless another address is asked for. */
  listen: z.string().min(1).max(253).default('127.0.0.1'),
  tls: z.strictObject({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
}
const token = secretSchema.optional()
/** 0: any free one. */
const port = (standard: number) => z.int().min(0).max(65_535).default(standard)

export const receiverSettings = z.strictObject({
  otlp: z
    .strictObject({
      ...address,
      token,
      http_port: port(OTLP_HTTP_PORT),
      grpc_port: port(OTLP_GRPC_PORT),
      /** An OTLP/HTTP endpoint that gets everything too. */
      forward: z
        .strictObject({
          url: z.string().refine((text) => urlProblem(text) === null, 'must be an http:// or https:// URL'),
          token,
        })
        .optional(),
    })
    .optional(),
  webhook: z.strictObject({ ...address, token, port: port(WEBHOOK_PORT) }).optional(),
  syslog: z.strictObject({ ...address, port: port(SYSLOG_PORT) }).optional(),
})

export type ReceiverSettings = z.infer<typeof receiverSettings>

export function receiverMistakes(settings: ReceiverSettings | undefined): { path: PropertyKey[]; text: string }[] {
  return (['otlp', 'webhook'] as const).flatMap((name) => {
    const receiver = settings?.[name]
    if (receiver === undefined || receiver.token !== undefined || isLoopback(receiver.listen)) return []
    const text = 'beyond this machine a token is needed, or anybody could write into the store'
    return [{ path: ['receivers', name, 'listen'], text }]
  })
}

/** Reads tokens and certificates. Throws SecretError, NotPem or a system error where one is missing. */
export function openReceiverSettings({ otlp, webhook, syslog }: ReceiverSettings, env: NodeJS.ProcessEnv): Receivers {
  return {
    ...(otlp && {
      otlp: {
        ...common(otlp, env),
        http_port: otlp.http_port,
        grpc_port: otlp.grpc_port,
        ...(otlp.forward && { forward: { url: otlp.forward.url, ...tokenOf(otlp.forward, env) } }),
      },
    }),
    ...(webhook && { webhook: { ...common(webhook, env), port: webhook.port } }),
    ...(syslog && { syslog: { ...common(syslog, env), port: syslog.port } }),
  }
}

interface Common {
  listen: string
  tls?: { cert: string; key: string } | undefined
  token?: SecretSource | undefined
}

function common(of: Common, env: NodeJS.ProcessEnv): PushSecrets & { host: string } {
  return { host: of.listen, ...(of.tls && { tls: readTlsFiles(of.tls) }), ...tokenOf(of, env) }
}

function tokenOf({ token }: Pick<Common, 'token'>, env: NodeJS.ProcessEnv): { token?: string } {
  return token === undefined ? {} : { token: Secret.read(token, env).reveal() }
}
