/**
 * The demo: one issuer, four services, a gateway and their clients, each with a clock of its own, writing real logs
 * into a folder that the ordinary pipeline tails. Nothing reaches the pipeline but these files.
 * Invariant: with the same seed the same requests fail for the same reasons; only signatures and the date differ.
 */
import { join } from 'node:path'
import { startBatch } from './batch.ts'
import { Books } from './books.ts'
import type { DemoFleet, DemoOptions } from './demo-fleet.ts'
import { Gateway } from './gateway.ts'
import { type ClockError, HostClock } from './host-clock.ts'
import { AUDIENCE, Issuer } from './issuer.ts'
import { LogFile } from './log-file.ts'
import { startPartner } from './partner.ts'
import { MOBILE, startPeople, WEB } from './people.ts'
import { PinoServiceLog, pinoLogger } from './pino-service-log.ts'
import { Random } from './random.ts'
import { Service } from './service.ts'
import type { ServiceLog } from './service-log.ts'
import {
  DEPLOY,
  HISTORY_MS,
  paymentsClockError,
  RESTART,
  ROLLBACK,
  ROTATION,
  reportsClockError,
  wrongAudience,
} from './story.ts'
import { startStrangers } from './strangers.ts'
import { Timeline } from './timeline.ts'
import { TokenChecker } from './token-checker.ts'
import { winstonJson, winstonSimple } from './winston-layout.ts'
import { WinstonServiceLog } from './winston-service-log.ts'
import type { World } from './world.ts'

export class Fleet {
  /** True epoch time of the story's start, ms; a whole second, so that whole-second claims fall alike in every run. */
  readonly #base_ms: number
  readonly #dir: string
  readonly #timeline = new Timeline(-HISTORY_MS)
  readonly #random: Random
  readonly #files: LogFile[] = []
  readonly #books = new Books()
  #issuer!: Issuer

  private constructor(dir: string, seed: number, base_ms: number) {
    this.#dir = dir
    this.#random = new Random(seed)
    this.#base_ms = base_ms
  }

  static async create({ dir, seed }: DemoOptions, base_ms: number): Promise<Fleet> {
    const fleet = new Fleet(dir, seed, base_ms)
    await fleet.#build()
    return fleet
  }

  /** Does everything up to a moment of the story (ms since its start) and writes it out. */
  async live(story_ms: number, signal?: AbortSignal): Promise<void> {
    await this.#timeline.runUntil(story_ms, signal)
    for (const file of this.#files) file.flush()
  }

  close(): void {
    for (const file of this.#files) file.close()
  }

  port(): Omit<DemoFleet, 'run'> {
    return {
      dir: this.#dir,
      paths: [join(this.#dir, '{host}', '*.log')],
      truth: () => ({ ...this.#books.failures }),
      successes: () => ({ ...this.#books.successes }),
    }
  }

  async #build(): Promise<void> {
    const timeline = this.#timeline
    const random = this.#random
    const authClock = this.#clock(() => 0)
    const issuerLog = pinoLogger({
      hostname: 'auth-1',
      pid: 31,
      clock: authClock,
      file: this.#file('auth-1', 'issuer'),
    })
    const issuer = await Issuer.create(authClock, issuerLog, random, this.#books)
    this.#issuer = issuer

    const denied = new Set<string>()
    const service = (clock: HostClock, log: ServiceLog, leeway_s: number, maxAge_s?: number): Service => {
      const checker = new TokenChecker(
        { clock, leeway_s, ...(maxAge_s === undefined ? {} : { maxAge_s }) },
        AUDIENCE,
        issuer.jwks(),
        denied,
      )
      log.told('server listening', { port: 8080, audience: checker.audience })
      return new Service(checker, log, timeline, random, this.#books, this.#base_ms)
    }
    const orders = (hostname: string, pid: number, error: ClockError, redact: string[]): Service => {
      const clock = this.#clock(error)
      const file = this.#file(hostname, 'orders')
      return service(clock, new PinoServiceLog(pinoLogger({ hostname, pid, clock, file }, redact)), 0)
    }
    // orders-1 logs whole requests, tokens included, as many do; orders-2 has pino blank them out.
    const orders1 = orders('orders-1', 1207, () => -8, [])
    const orders2 = orders('orders-2', 1198, () => 14, ['req.headers.authorization'])
    const reportsClock = this.#clock(reportsClockError)
    const reports1 = service(
      reportsClock,
      new WinstonServiceLog('reports', reportsClock, this.#file('reports-1', 'reports'), winstonJson),
      0,
    )
    const paymentsClock = this.#clock(paymentsClockError)
    const payments1 = service(
      paymentsClock,
      new WinstonServiceLog('payments', paymentsClock, this.#file('payments-1', 'payments'), winstonSimple),
      1,
      900,
    )
    const gateway = new Gateway(
      timeline,
      this.#clock(() => 3),
      this.#file('gw-1', 'access'),
      random,
      {
        orders: [orders1, orders2],
        reports: [reports1],
        payments: [payments1],
      },
    )

    this.#schedule(ROTATION, async () => {
      await issuer.rotateKey()
      for (const each of [orders1, reports1, payments1]) this.#loadKeys(each)
    })
    this.#schedule(RESTART, () => this.#loadKeys(orders2))
    const deploy = (): void => {
      const audience = wrongAudience(timeline.now_ms) ? `${AUDIENCE}/v2` : AUDIENCE
      orders1.checker.audience = audience
      orders1.log.told('server listening', { port: 8080, audience })
    }
    this.#schedule(DEPLOY, deploy)
    this.#schedule(ROLLBACK, deploy)

    const world: World = { timeline, random, issuer, gateway }
    startPeople(world, WEB)
    startPeople(world, MOBILE)
    await startBatch(world)
    await startPartner(world, (token) => {
      // Nobody presents a token of an earlier withdrawal any more.
      denied.clear()
      denied.add(token.jti)
    })
    await startStrangers(world)
  }

  #loadKeys(service: Service): void {
    const jwks = this.#issuer.jwks()
    service.checker.loadKeys(jwks)
    service.log.told('jwks loaded', { kids: jwks.keys.map(({ kid }) => kid) })
  }

  #clock(error: ClockError): HostClock {
    return new HostClock(this.#timeline, this.#base_ms, error)
  }

  #file(host: string, name: string): LogFile {
    const file = new LogFile(join(this.#dir, host, `${name}.log`))
    this.#files.push(file)
    return file
  }

  #schedule({ first_ms, every_ms }: { first_ms: number; every_ms: number }, work: () => void | Promise<void>): void {
    const next = async (): Promise<void> => {
      await work()
      this.#timeline.after(every_ms, next)
    }
    this.#timeline.after(first_ms - this.#timeline.now_ms, next)
  }
}
