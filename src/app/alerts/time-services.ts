/**
 * Asks hosts' own time services what they say of their clocks: node_exporter's timex collector over HTTP, chrony on this
 * machine. Once a minute; a service that does not answer is nothing but unheard (told once).
 * Signs: adjtimex(2)'s offset and chrony's "System time" are what is yet to be added to the clock: positive = it is behind.
 * Linux holds at most half a second in the former, so node_exporter confirms a good clock rather than measures a bad one.
 */
import { execFile } from 'node:child_process'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import type { TimeService } from '../../core/watch-step.ts'
import type { Config } from '../config/config.ts'

const run = promisify(execFile)
const EVERY_MS = 60_000
const ANSWER_MS = 5_000
/** node_exporter's page is some 100 KiB; a page larger than this is none. */
const PAGE_LIMIT = 4 * 1024 * 1024

export interface TimeServicesOptions {
  hear(service: TimeService): void
  /** Once per service that does not answer. */
  note(text: string): void
}

/** Returns what ends it. */
export function askTimeServices({ time_services }: Config, { hear, note }: TimeServicesOptions): () => void {
  const told = new Set<string>()
  const ask = async (name: string, question: () => Promise<TimeService | null>) => {
    try {
      const answer = await question()
      if (answer === null) throw new Error('its answer says nothing of the clock')
      hear(answer)
      told.delete(name)
    } catch (error) {
      if (told.has(name)) return
      told.add(name)
      note(`time service ${name}: ${(error as Error).message}`)
    }
  }
  const { node_exporter = [], chrony } = time_services ?? {}
  const round = () => {
    for (const { host, url } of node_exporter)
      void ask(`node_exporter of ${host}`, async () => parseTimex(await page(url), host))
    if (chrony !== undefined && chrony !== false) {
      const host = chrony === true ? hostname() : chrony.host
      void ask('chrony', async () => {
        const { stdout } = await run('chronyc', ['-c', 'tracking'], { timeout: ANSWER_MS, maxBuffer: 64 * 1024 })
        return parseTracking(stdout, host)
      })
    }
  }
  if (node_exporter.length === 0 && !chrony) return () => {}
  round()
  const timer = setInterval(round, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** node_exporter's exposition; null where it has no timex collector. */
export function parseTimex(text: string, host: string): TimeService | null {
  const value = (name: string) => {
    const [, number] = new RegExp(`^node_timex_${name}(?:\\{[^}\\n]{0,200}\\})? (\\S{1,30})`, 'm').exec(text) ?? []
    return number === undefined ? null : Number(number)
  }
  const offset = value('offset_seconds')
  if (offset === null || !Number.isFinite(offset)) return null
  return {
    host,
    by: 'node_exporter',
    offset_s: 0 - offset,
    error_s: value('maxerror_seconds'),
    synchronised: value('sync_status') !== 0,
  }
}

/**
 * `chronyc -c tracking`: 14 fields; the 5th is the correction yet to be made, the 11th and 12th are root delay and dispersion,
 * the last the leap status. The error is at most dispersion + delay / 2 (chronyc(1), "Root dispersion").
 */
export function parseTracking(csv: string, host: string): TimeService | null {
  const fields = csv.trim().split(',')
  if (fields.length !== 14) return null
  const [correction, delay, dispersion] = [fields[4], fields[10], fields[11]].map(Number) as [number, number, number]
  if (![correction, delay, dispersion].every(Number.isFinite)) return null
  return {
    host,
    by: 'chrony',
    offset_s: 0 - correction,
    error_s: dispersion + delay / 2,
    synchronised: fields[13] !== 'Not synchronised',
  }
}

async function page(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'manual' })
  if (!response.ok) throw new Error(`answered ${response.status}`)
  let text = ''
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part
    if (text.length > PAGE_LIMIT) throw new Error('its answer is too long')
  }
  return text
}
