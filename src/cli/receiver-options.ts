/** `--otlp` and its kin: where `authtop` and `authtop collect` let senders push to, and whom they let in. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import { OTLP_GRPC_PORT, OTLP_HTTP_PORT } from '../../collectors/otlp/otlp-source.ts'
import type { Receivers } from '../app/collecting.ts'
import { UserError } from './exit-code.ts'

export interface ReceiverOptions {
  otlp?: boolean
  otlpHttpPort: number
  otlpGrpcPort: number
  listen: string
  tlsCert?: string
  tlsKey?: string
}

/** Only this machine can send unless another address is asked for. */
const LOOPBACK = '127.0.0.1'
/** Senders must present this; not an option, because arguments are visible to everybody on the machine. */
const TOKEN_VARIABLE = 'AUTHTOP_TOKEN'

export function addReceiverOptions(command: Command): Command {
  return command
    .option('--otlp', 'receive OpenTelemetry traces and logs, over HTTP and gRPC')
    .option('--otlp-http-port <n>', 'port for OTLP/HTTP; 0 is any free one', port, OTLP_HTTP_PORT)
    .option('--otlp-grpc-port <n>', 'port for OTLP/gRPC; 0 is any free one', port, OTLP_GRPC_PORT)
    .option(
      '--listen <address>',
      `address to receive on; any but loopback needs a bearer token in $${TOKEN_VARIABLE}`,
      LOOPBACK,
    )
    .option('--tls-cert <file>', 'receive over TLS, with this certificate chain (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)')
}

/** Undefined where nothing is received. */
export function receiversOf(options: ReceiverOptions, env: NodeJS.ProcessEnv): Receivers | undefined {
  const { listen: host, tlsCert, tlsKey } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UserError('--tls-cert and --tls-key belong together', 'give both files')
  if (!options.otlp) {
    if (tlsCert !== undefined) throw new UserError('--tls-cert needs something to receive', 'add --otlp')
    return undefined
  }
  const token = env[TOKEN_VARIABLE] || undefined
  if (token === undefined && !isLoopback(host))
    throw new UserError(
      `receiving on ${host} without a token would let anybody write into the store`,
      `set ${TOKEN_VARIABLE} and give it to the senders (OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer …")`,
    )
  const common = {
    host,
    ...(token === undefined ? {} : { token }),
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { tls: { cert: pem(tlsCert), key: pem(tlsKey) } }),
  }
  return { otlp: { ...common, http_port: options.otlpHttpPort, grpc_port: options.otlpGrpcPort } }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function pem(path: string): string {
  const text = readFileSync(path, 'utf8')
  if (!text.includes('-----BEGIN ')) throw new UserError(`${path} is no PEM file`)
  return text
}

function port(text: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 0 || n > 65_535) throw new InvalidArgumentError('a port from 0 to 65535 is needed')
  return n
}
