/**
 * Syslog as a push source: UDP, and TCP or TLS on the same port number (RFC 5424 and RFC 3164; RFC 6587 framing).
 * Delivery guarantee: the protocol has no acknowledgement. Over TCP a message may be lost only with its connection or this
 * process (at most once): a full queue stops the reading, and the sender's own queue fills. Over UDP what does not fit is
 * dropped and counted.
 */
import { randomBytes } from 'node:crypto'
import dgram from 'node:dgram'
import net from 'node:net'
import tls from 'node:tls'
import { TLS_HANDSHAKE_MS, TLS_MIN_VERSION } from '../../src/core/http-face.ts'
import type { PushedRecord, PushSecrets, PushSource, PushSourceOptions } from '../../src/core/ports/push-source.ts'
import { unwrapRecord } from '../assemble/unwrap.ts'
import { identityOf, streamId } from '../push/identity.ts'
import { Inbox } from '../push/inbox.ts'
import type { Listening } from '../push/listening.ts'
import { SyslogFrames } from './frames.ts'
import { kernelDrops } from './kernel-drops.ts'

/** Connections at once; a relay needs one, a fleet without relay one a host. */
const CONNECTIONS_LIMIT = 1_000
/** A connection that says nothing for so long is given up; ms. */
const IDLE_MS = 600_000
/** A full queue is tried again; ms. */
const RETRY_MS = 200
/** Datagrams are handed over together: after so many, or so long; count and ms. */
const DATAGRAMS_TOGETHER = 500
const GATHER_MS = 20
/** Dropped datagrams are told of not more often than this; ms. */
const TELL_EVERY_MS = 60_000
/** How often the kernel is asked what it dropped; ms. */
const ASK_KERNEL_MS = 5_000

export interface SyslogListening extends Omit<Listening, 'token'> {
  /** IANA zone for RFC 3164 stamps, which state none. */
  zone: string
}

export async function openSyslogSource(listening: SyslogListening, options: PushSourceOptions): Promise<PushSource> {
  const inbox = new Inbox()
  const receiver = new SyslogReceiver(inbox, listening, options)
  const port = await receiver.listen()
  const ways = listening.tls === undefined ? 'TCP and UDP' : 'TLS'
  options.notice({
    kind: 'listening',
    name: 'syslog',
    text: `receiving syslog on ${listening.host}: ${ways} port ${port}`,
  })
  return {
    deliveries(signal) {
      signal.addEventListener('abort', () => void receiver.end(), { once: true })
      return inbox.deliveries(signal)
    },
    async renew(secrets) {
      receiver.renew(secrets)
    },
    async close() {
      inbox.close()
      await receiver.close()
    },
  }
}

class SyslogReceiver {
  readonly #inbox: Inbox
  readonly #listening: SyslogListening
  readonly #options: PushSourceOptions
  readonly #server: net.Server
  readonly #datagrams: dgram.Socket | null
  readonly #sockets = new Set<net.Socket>()
  /** Two equal messages are two: nothing but their number and this run tells them apart. */
  readonly #run = randomBytes(8).toString('hex')
  #count = 0
  #gathered: PushedRecord[] = []
  #gathering: NodeJS.Timeout | null = null
  #closed = false
  #dropped = 0
  #droppedByKernel = 0
  #told = 0
  #asking: NodeJS.Timeout | null = null
  #bound = 0
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(inbox: Inbox, listening: SyslogListening, options: PushSourceOptions) {
    this.#inbox = inbox
    this.#listening = listening
    this.#options = options
    const take = (socket: net.Socket) => void this.#connection(socket)
    this.#server =
      listening.tls === undefined
        ? net.createServer({ pauseOnConnect: true }, take)
        : tls.createServer(
            {
              ...listening.tls,
              minVersion: TLS_MIN_VERSION,
              handshakeTimeout: TLS_HANDSHAKE_MS,
              pauseOnConnect: true,
            },
            take,
          )
    this.#server.maxConnections = CONNECTIONS_LIMIT
    // Unencrypted datagrams beside TLS would defeat it.
    const { host } = listening
    this.#datagrams = listening.tls === undefined ? dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4') : null
    this.#datagrams?.on('message', (message) => this.#datagram(message))
  }

  /** The port; UDP takes the number that TCP got. */
  async listen(): Promise<number> {
    const { host, port } = this.#listening
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port }, resolve)
    })
    const bound = (this.#server.address() as net.AddressInfo).port
    const datagrams = this.#datagrams
    if (datagrams !== null)
      await new Promise<void>((resolve, reject) => {
        datagrams.once('error', reject)
        datagrams.bind({ address: host, port: bound }, resolve)
      })
    // A broken handshake or a datagram that cannot be read is its sender's trouble.
    this.#server.on('error', () => {}).on('tlsClientError', () => {})
    datagrams?.on('error', () => {})
    this.#bound = bound
    if (datagrams !== null) this.#asking = setInterval(() => void this.#askKernel(), ASK_KERNEL_MS).unref()
    return bound
  }

  renew({ tls: files }: PushSecrets): void {
    if (files !== undefined && this.#server instanceof tls.Server)
      this.#server.setSecureContext({ ...files, minVersion: TLS_MIN_VERSION })
  }

  /** Takes no more and says what was dropped: a drain may take longer than the process is given. */
  async end(): Promise<void> {
    this.#closed = true
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    this.#gathering = null
    this.#dropped += this.#gathered.length
    this.#gathered = []
    if (this.#asking !== null) await this.#askKernel()
    if (this.#dropped > this.#told) this.#tell()
  }

  async close(): Promise<void> {
    await this.end()
    if (this.#asking !== null) clearInterval(this.#asking)
    for (const socket of this.#sockets) socket.destroy()
    this.#datagrams?.close()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Reads on only when what was read is durable. */
  async #connection(socket: net.Socket): Promise<void> {
    this.#sockets.add(socket)
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    const frames = new SyslogFrames()
    try {
      for await (const chunk of socket) await this.#deliver(frames.push(chunk as Buffer))
      await this.#deliver(frames.end())
    } catch {
      // The connection broke; what came whole is delivered.
    } finally {
      this.#sockets.delete(socket)
      socket.destroy()
    }
  }

  async #deliver(messages: readonly string[]): Promise<void> {
    if (messages.length === 0) return
    const records = messages.map((text) => this.#record(text))
    while (!this.#closed && (await this.#hand(records)) === 'full')
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }

  #datagram(message: Buffer): void {
    const text = message.toString('utf8').trimEnd()
    if (text === '') return
    if (this.#closed) {
      this.#dropped++
      return
    }
    this.#gathered.push(this.#record(text))
    if (this.#gathered.length >= DATAGRAMS_TOGETHER) this.#flush()
    else this.#gathering ??= setTimeout(() => this.#flush(), GATHER_MS)
  }

  #flush(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    this.#gathering = null
    const records = this.#gathered
    this.#gathered = []
    if (records.length === 0) return
    void this.#hand(records).then((settlement) => {
      // Also what was taken and not stored yet when reading ended.
      if (settlement !== 'committed') this.#drop(records.length)
    })
  }

  async #askKernel(): Promise<void> {
    const drops = await kernelDrops(this.#bound, this.#listening.host)
    const more = drops - this.#droppedByKernel
    this.#droppedByKernel = drops
    if (more > 0) this.#drop(more)
  }

  #drop(count: number): void {
    this.#dropped += count
    if (performance.now() - this.#toldAt >= TELL_EVERY_MS) this.#tell()
  }

  #tell(): void {
    this.#toldAt = performance.now()
    this.#told = this.#dropped
    this.#options.notice({
      kind: 'dropped',
      name: 'syslog',
      text: `${this.#dropped} syslog datagrams dropped so far, because the store does not keep up`,
    })
  }

  #hand(records: readonly PushedRecord[]) {
    const name = 'syslog'
    const info = { stream: streamId(name, name), name, identity: null }
    const weight = records.reduce((sum, { text }) => sum + text.length, 0)
    const received_collector_ms = this.#options.now()
    return this.#inbox.deliver({ digest: null, parts: [{ info, records }], received_collector_ms }, weight)
  }

  #record(message: string): PushedRecord {
    const { text, envelope } = unwrapRecord(message, this.#listening.zone, this.#options.now())
    const identity = identityOf(`${this.#run} ${this.#count++}`)
    return envelope === undefined ? { text, identity } : { text, envelope, identity }
  }
}
