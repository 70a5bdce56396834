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
import { type CheckerOptions, TokenChecker } from './token-checker.ts'
import { winstonJson, winstonSimple } from './winston-layout.ts'
import { WinstonServiceLog } from './winston-service-log.ts'
import type { World } from './world.ts'

type ServiceName = 'orders1' | 'orders2' | 'reports1' | 'payments1'

/** As right as machines are that run NTP; ms. */
const GATEWAY_CLOCK_ERROR: ClockError = () => 3

export class Fleet {
  /** True epoch time of the story's start, ms; a whole second, so that whole-second claims fall alike in every run. */
  readonly #base_ms: number
  readonly #dir: string
  readonly #timeline = new Timeline(-HISTORY_MS)
  readonly #random: Random
  readonly #files: LogFile[] = []
  readonly #books = new Books()

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
    const issuer = await this.#buildIssuer()
    const denied = new Set<string>()
    const { orders1, orders2, reports1, payments1 } = this.#buildServices(issuer, denied)
    const gateway = new Gateway(timeline, this.#clock(GATEWAY_CLOCK_ERROR), this.#file('gw-1', 'access'), random, {
      orders: [orders1, orders2],
      reports: [reports1],
      payments: [payments1],
    })

    this.#schedule(ROTATION, async () => {
      await issuer.rotateKey()
      for (const each of [orders1, reports1, payments1]) each.loadKeys(issuer.jwks())
    })
    this.#schedule(RESTART, () => orders2.loadKeys(issuer.jwks()))
    const deploy = (): void => orders1.start(wrongAudience(timeline.now_ms) ? `${AUDIENCE}/v2` : AUDIENCE)
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
    startStrangers(world)
  }

  #buildIssuer(): Promise<Issuer> {
    const clock = this.#clock(() => 0)
    const log = pinoLogger({ name: 'issuer', hostname: 'auth-1', pid: 31, clock, file: this.#file('auth-1', 'issuer') })
    return Issuer.create(clock, log, this.#random, this.#books)
  }

  #buildServices(issuer: Issuer, denied: ReadonlySet<string>): Record<ServiceName, Service> {
    const trueClock = this.#clock(() => 0)
    const service = (
      address: string,
      log: ServiceLog,
      rules: Pick<CheckerOptions, 'clock' | 'leeway_s' | 'maxAge_s'>,
    ): Service => {
      const checker = new TokenChecker({ ...rules, audience: AUDIENCE, jwks: issuer.jwks(), denied })
      const [timeline, random, books] = [this.#timeline, this.#random, this.#books]
      const built = new Service({ address, checker, log, timeline, random, books, trueClock })
      built.start(AUDIENCE)
      return built
    }
    const orders = (hostname: string, pid: number, clock: HostClock, redact: string[]): ServiceLog =>
      new PinoServiceLog(
        pinoLogger({ name: 'orders', hostname, pid, clock, file: this.#file(hostname, 'orders') }, redact),
      )
    const orders1Clock = this.#clock(() => -8)
    const orders2Clock = this.#clock(() => 14)
    const reportsClock = this.#clock(reportsClockError)
    const paymentsClock = this.#clock(paymentsClockError)
    const reportsLog = new WinstonServiceLog('reports', reportsClock, this.#file('reports-1', 'reports'), winstonJson)
    const paymentsLog = new WinstonServiceLog(
      'payments',
      paymentsClock,
      this.#file('payments-1', 'payments'),
      winstonSimple,
    )
    return {
      // orders-1 logs whole requests, tokens included, as many do; orders-2 has pino blank them out.
      orders1: service('10.20.0.11:8080', orders('orders-1', 1207, orders1Clock, []), {
        clock: orders1Clock,
        leeway_s: 0,
      }),
      orders2: service('10.20.0.12:8080', orders('orders-2', 1198, orders2Clock, ['req.headers.authorization']), {
        clock: orders2Clock,
        leeway_s: 0,
      }),
      reports1: service('10.20.0.21:8080', reportsLog, { clock: reportsClock, leeway_s: 0 }),
      payments1: service('10.20.0.31:8080', paymentsLog, { clock: paymentsClock, leeway_s: 1, maxAge_s: 900 }),
    }
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
