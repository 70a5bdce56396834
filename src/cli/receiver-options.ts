/** `--otlp`, `--webhook`, `--syslog`: where `authtop` and `authtop collect` let senders push to, and whom they let in. */
import { type Command, InvalidArgumentError } from 'commander'
import { OTLP_GRPC_PORT, OTLP_HTTP_PORT, SYSLOG_PORT, WEBHOOK_PORT } from '../../collectors/push/default-ports.ts'
import { NotPem, type Receivers, readTlsFiles } from '../app/receivers.ts'
import { isLoopback } from '../core/local-name.ts'
import { UserError } from './exit-code.ts'

export interface ReceiverOptions {
  otlp?: boolean
  otlpHttpPort: number
  otlpGrpcPort: number
  otlpForward?: string
  webhook?: boolean
  webhookPort: number
  syslog?: boolean
  syslogPort: number
  syslogListen: string
  listen: string
  tlsCert?: string
  tlsKey?: string
}

/** Only this machine can send unless another address is asked for. */
const LOOPBACK = '127.0.0.1'
/** Senders must present this; not an option, because arguments are visible to everybody on the machine. */
const TOKEN_VARIABLE = 'AUTHTOP_TOKEN'

/** What the endpoint that telemetry is handed on to wants to see. */
const FORWARD_TOKEN_VARIABLE = 'AUTHTOP_FORWARD_TOKEN'

export function addReceiverOptions(command: Command): Command {
  return command
    .option('--otlp', 'receive OpenTelemetry traces and logs, over HTTP and gRPC')
    .option('--otlp-http-port <n>', 'port for OTLP/HTTP; 0 is any free one', port, OTLP_HTTP_PORT)
    .option('--otlp-grpc-port <n>', 'port for OTLP/gRPC; 0 is any free one', port, OTLP_GRPC_PORT)
    .option(
      '--otlp-forward <url>',
      `hand everything that arrives on to this OTLP/HTTP endpoint too; its bearer token is $${FORWARD_TOKEN_VARIABLE}`,
      endpoint,
    )
    .option(
      '--webhook',
      'receive what identity providers push: POST to /webhook/auth0, okta, entra, keycloak, or any name',
    )
    .option('--webhook-port <n>', 'port for webhooks; 0 is any free one', port, WEBHOOK_PORT)
    .option('--syslog', 'receive syslog over UDP and TCP, or over TLS')
    .option('--syslog-port <n>', 'port for syslog; 0 is any free one', port, SYSLOG_PORT)
    .option('--syslog-listen <address>', 'address to receive syslog on; it has no authentication', LOOPBACK)
    .option(
      '--listen <address>',
      `address to receive OTLP and webhooks on; any but loopback needs a token in $${TOKEN_VARIABLE}`,
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
  if (options.otlpForward !== undefined && !options.otlp)
    throw new UserError('--otlp-forward needs something to hand on', 'add --otlp')
  const authenticated = options.otlp === true || options.webhook === true
  if (!authenticated && !options.syslog) {
    if (tlsCert !== undefined)
      throw new UserError('--tls-cert needs something to receive', 'add --otlp, --webhook or --syslog')
    return undefined
  }
  const token = env[TOKEN_VARIABLE] || undefined
  if (authenticated && token === undefined && !isLoopback(host))
    throw new UserError(
      `receiving on ${host} without a token would let anybody write into the store`,
      `set ${TOKEN_VARIABLE} and give it to the senders (OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer …")`,
    )
  const tls = tlsCert === undefined || tlsKey === undefined ? {} : { tls: filesOf(tlsCert, tlsKey) }
  const common = { host, ...tls, ...(token === undefined ? {} : { token }) }
  return {
    ...(options.otlp && {
      otlp: { ...common, http_port: options.otlpHttpPort, grpc_port: options.otlpGrpcPort, ...forwardOf(options, env) },
    }),
    ...(options.webhook && { webhook: { ...common, port: options.webhookPort } }),
    ...(options.syslog && { syslog: { ...tls, host: options.syslogListen, port: options.syslogPort } }),
  }
}

function forwardOf({ otlpForward: url }: ReceiverOptions, env: NodeJS.ProcessEnv) {
  if (url === undefined) return {}
  const token = env[FORWARD_TOKEN_VARIABLE]
  return { forward: token ? { url, token } : { url } }
}

function endpoint(text: string): string {
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('an address such as http://localhost:14318 is needed')
  return text
}

/** What cannot be read is the user's mistake. */
function filesOf(cert: string, key: string) {
  try {
    return readTlsFiles({ cert, key })
  } catch (error) {
    throw error instanceof NotPem ? new UserError(error.message) : error
  }
}

function port(text: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 0 || n > 65_535) throw new InvalidArgumentError('a port from 0 to 65535 is needed')
  return n
}
