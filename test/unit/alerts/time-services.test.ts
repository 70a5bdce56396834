import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { AlertEngine } from '../../../src/alerts/engine.ts'
import { SkewSpikeRule } from '../../../src/alerts/rules/skew-spike.ts'
import { askTimeServices, parseTimex, parseTracking } from '../../../src/app/alerts/time-services.ts'
import { NO_CONFIG } from '../../../src/app/config/config.ts'
import type { TimeService } from '../../../src/core/watch-step.ts'
import { MINUTE_MS, START_MS, skewed } from './fact-of.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

const EXPOSITION = `# HELP node_timex_offset_seconds Time offset in between local system and reference clock.
# TYPE node_timex_offset_seconds gauge
node_timex_offset_seconds 0.25
node_timex_maxerror_seconds 0.5
node_timex_sync_status 1
`

describe('a time service', () => {
  it('is understood: what is yet to be added makes the clock late', () => {
    expect(parseTimex(EXPOSITION, 'api-1')).toEqual({
      host: 'api-1',
      by: 'node_exporter',
      offset_s: -0.25,
      error_s: 0.5,
      synchronised: true,
    })
    expect(parseTimex('node_load1 3\n', 'api-1')).toBeNull()
    const tracking =
      'C0A80101,192.168.1.1,3,1763283601.1,0.000012000,0.00001,0.00002,-8.1,0.001,0.02,0.020,0.005,64.2,Normal\n'
    expect(parseTracking(tracking, 'api-1')).toMatchObject({ offset_s: -0.000012, error_s: 0.015, synchronised: true })
    expect(parseTracking(tracking.replace('Normal', 'Not synchronised'), 'a')!.synchronised).toBe(false)
    expect(parseTracking('506 Cannot talk to daemon', 'a')).toBeNull()
  })

  it('is asked over HTTP, and one that does not answer is told once', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/metrics') response.end(EXPOSITION)
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    undo.push(() => server.close())
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const heard: TimeService[] = []
    const notes: string[] = []
    const node_exporter = [
      { host: 'api-1', url: `${at}/metrics` },
      { host: 'api-2', url: `${at}/none` },
    ]
    undo.push(
      askTimeServices(
        { ...NO_CONFIG, time_services: { node_exporter, chrony: false } },
        { hear: (s) => heard.push(s), note: (text) => notes.push(text) },
      ),
    )
    while (heard.length < 1 || notes.length < 1) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(heard[0]).toMatchObject({ host: 'api-1', offset_s: -0.25 })
    expect(notes).toEqual(['time service node_exporter of api-2: answered 404'])
  })

  it.each([
    [
      { offset_s: -5.2, synchronised: true },
      'chrony on api-1 says that its clock is 5.2 s behind its time source, wrong by 10 ms at most: it agrees',
    ],
    [
      { offset_s: 0.001, synchronised: true },
      'chrony on api-1 says that its clock is 1 ms ahead of its time source, wrong by 10 ms at most: it does not see what the tokens show, so its source is wrong or the other side is',
    ],
    [
      { offset_s: 0, synchronised: false },
      'chrony on api-1 says that it is not synchronised: nothing corrects its clock',
    ],
  ])('stands in the reasons of an alert: %j', (says, expected) => {
    const engine = new AlertEngine([new SkewSpikeRule()])
    const time_services = [{ host: 'api-1', by: 'chrony', error_s: 0.01, ...says }]
    engine.take({ fact: 'watch', at_ms: START_MS, sources: [], templates: [], time_services })
    for (const minute of [1, 2, 3]) engine.take(skewed(START_MS + minute * MINUTE_MS))
    expect(engine.alive()[0]!.why).toContain(expected)
    const restored = new AlertEngine([new SkewSpikeRule()])
    restored.restore(JSON.parse(JSON.stringify(engine.save())))
    restored.take(skewed(START_MS + 5 * MINUTE_MS))
    restored.advance(START_MS + 6 * MINUTE_MS)
    expect(restored.alive()[0]!.why).toContain(expected)
  })
})
