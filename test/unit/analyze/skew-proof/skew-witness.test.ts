import { describe, expect, it } from 'vitest'
import { SkewWitness } from '../../../../src/analyze/skew-proof/skew-witness.ts'
import type { AuthEvent } from '../../../../src/core/auth-event.ts'

const START = Date.UTC(2026, 10, 16, 9)
const ISSUER = 'https://id.example'

function event(at_ms: number, differences: Partial<AuthEvent> = {}): AuthEvent {
  return {
    kind: 'validation',
    outcome: 'success',
    cause: null,
    subcause: null,
    confidence: 'certain',
    system: 'jose',
    signature: 'jose/x',
    specificity: 80,
    symptom: '',
    format: 'pino',
    host: 'api-1',
    issuer: ISSUER,
    time_ms: at_ms,
    time_resolution_ms: 1,
    received_collector_ms: at_ms + 200,
    evidence: {},
    message: '',
    ...differences,
  }
}

const early = { outcome: 'failure', cause: 'skew', subcause: 'not_yet_valid' } as const
const late = { outcome: 'failure', cause: 'expiry', subcause: 'access_token' } as const

/** Two hours of ordinary records, every half minute. */
function settled(host = 'api-1', witness = new SkewWitness()): SkewWitness {
  for (let t = START - 7_200_000; t < START; t += 30_000) witness.observe(event(t, { host }))
  return witness
}

describe('a failure that is not yet valid', () => {
  it('is proven by an issue time in the future of the host', () => {
    const evidence = { iat_ms: START + 5_000, nbf_ms: START + 5_000 }
    const proof = new SkewWitness().observe(event(START, { ...early, evidence }))
    expect(proof).toEqual({ kind: 'issued_ahead', offset_ms: -5_000, mover: 'unknown' })
  })

  it('proves nothing when only its start is delayed', () => {
    const evidence = { iat_ms: START - 1_000, nbf_ms: START + 5_000 }
    expect(settled().observe(event(START, { ...early, evidence }))).toBeNull()
  })

  it('accuses the host whose stamps fell behind their arrival, and the issuer where they stand still', () => {
    const evidence = { iat_ms: START, nbf_ms: START }
    const behind = event(START - 8_000, { ...early, evidence, received_collector_ms: START + 200 })
    expect(settled().observe(behind)?.mover).toBe('host')
    const ahead = { iat_ms: START + 8_000, nbf_ms: START + 8_000 }
    expect(settled().observe(event(START, { ...early, evidence: ahead }))?.mover).toBe('issuer')
  })

  it('without instants is proven by three records in a row that fell behind alike', () => {
    const witness = settled()
    const fallen = (t: number) => witness.observe(event(t - 9_000, { ...early, received_collector_ms: t + 200 }))
    expect(fallen(START)).toBeNull()
    expect(fallen(START + 1_000)).toBeNull()
    expect(fallen(START + 2_000)).toEqual({ kind: 'host_behind', offset_ms: -9_000, mover: 'host' })
  })

  it('without instants is proven also on a host that writes a few records an hour', () => {
    const witness = settled()
    const fallen = (t: number) => witness.observe(event(t - 9_000, { ...early, received_collector_ms: t + 200 }))
    expect([0, 12, 24].map((minute) => fallen(START + minute * 60_000)).at(-1)?.kind).toBe('host_behind')
  })

  it('without instants proves nothing when all that were heard since fell too: then this machine was set forward', () => {
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    const heard = (others: readonly string[]) => {
      const witness = new SkewWitness()
      for (const host of hosts) settled(host, witness)
      const fallen = { ...early, received_collector_ms: START + 9_200 }
      for (const host of others) witness.observe(event(START, { host, received_collector_ms: START + 9_200 }))
      return [1, 2, 3].map(() => witness.observe(event(START, { ...fallen, host: 'a' }))).at(-1)
    }
    expect(heard([])?.kind).toBe('host_behind')
    expect(heard(['b', 'c', 'd'])).toBeNull()
  })

  it('without instants is proven although the issuer delays starts, where the host fell behind by far more', () => {
    const afterFall = (by: number) => {
      const witness = settled()
      for (let t = START - 60_000; t < START; t += 1_000)
        witness.observe(event(t, { host: 'api-2', evidence: { iat_ms: t, nbf_ms: t + 3_000 } }))
      const fallen = (t: number) => witness.observe(event(t - by, { ...early, received_collector_ms: t + 200 }))
      return [0, 1, 2].map((second) => fallen(START + second * 1_000)).at(-1)
    }
    expect(afterFall(6_000)).toBeNull()
    expect(afterFall(90_000)).toMatchObject({ kind: 'host_behind', mover: 'host' })
  })

  it('without instants proves nothing while a backlog delivers old records', () => {
    const witness = settled()
    const proofs = [9_000, 21_000, 40_000, 70_000].map((lag) =>
      witness.observe(event(START - lag, { ...early, received_collector_ms: START + 200 })),
    )
    expect(proofs).toEqual([null, null, null, null])
  })

  it('with an issue time hours ahead, while both clocks stand still, is a wrongly minted token', () => {
    const evidence = { iat_ms: START + 4 * 3_600_000 + 240_000 }
    expect(settled().observe(event(START, { ...early, evidence }))).toBeNull()
  })

  it('of a whole number of hours is a time zone', () => {
    const evidence = { iat_ms: START + 3_600_000 }
    expect(new SkewWitness().observe(event(START, { ...early, evidence }))).toBeNull()
  })
})

describe('a failure that is expired', () => {
  it('is proven by its arrival before it expires', () => {
    const proof = settled().observe(
      event(START + 20_000, { ...late, evidence: { exp_ms: START + 15_000 }, received_collector_ms: START + 300 }),
    )
    expect(proof).toMatchObject({ kind: 'received_before_expiry', mover: 'host' })
    expect(proof!.offset_ms).toBeGreaterThan(19_000)
  })

  it('accuses the host and not the issuer when its clock runs away in the first minutes of a collector', () => {
    const witness = new SkewWitness()
    for (let t = START - 60_000; t < START; t += 1_000) witness.observe(event(t))
    const movers = Array.from({ length: 30 }, (_, second) => {
      const t = START + second * 1_000
      const ahead = second * 12_000
      // Tokens of five minutes, two and a half of them gone: refused from 150 s ahead on.
      const evidence = { iat_ms: t - 150_000, exp_ms: t + 150_000 }
      return witness.observe(
        ahead < 150_000
          ? event(t + ahead, { received_collector_ms: t + 200 })
          : event(t + ahead, { ...late, evidence, received_collector_ms: t + 200 }),
      )?.mover
    })
    expect(movers.filter((mover) => mover !== undefined)).toEqual(Array.from({ length: 17 }, () => 'host'))
  })

  it('is proven within what the stamps of its host rose', () => {
    const at = START + 20_000
    const proof = settled().observe(
      event(at, { ...late, evidence: { exp_ms: at - 19_500 }, received_collector_ms: START + 800 }),
    )
    expect(proof).toMatchObject({ kind: 'host_ahead', mover: 'host' })
  })

  it('proves nothing when it arrives after its expiry on steady clocks', () => {
    expect(settled().observe(event(START, { ...late, evidence: { exp_ms: START - 100 } }))).toBeNull()
  })

  it('is laid to the issuer only when the stamps of its own log fell behind', () => {
    const witness = settled('id-1', settled())
    const minted = (t: number, by: number) =>
      witness.observe(
        event(t - by, {
          kind: 'issuance',
          host: 'id-1',
          evidence: { iat_ms: t - by },
          received_collector_ms: t + 200,
        }),
      )
    const refused = (t: number) => witness.observe(event(t, { ...late, evidence: { exp_ms: t - 10_000 } }))
    for (let t = START; t < START + 60_000; t += 10_000) minted(t, 0)
    expect(refused(START + 60_000)).toBeNull()
    for (let t = START + 61_000; t < START + 66_000; t += 1_000) minted(t, 30_000)
    expect(refused(START + 66_000)).toMatchObject({ kind: 'issuer_behind', offset_ms: 30_000, mover: 'issuer' })
  })

  it('proves nothing when the clock of the collector itself was set back', () => {
    const witness = new SkewWitness()
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const host of hosts) settled(host, witness)
    const received = (t: number) => t + 200 - 60_000
    for (let t = START; t < START + 120_000; t += 5_000)
      for (const host of hosts) witness.observe(event(t, { host, received_collector_ms: received(t) }))
    const t = START + 121_000
    const refused = event(t, {
      ...late,
      host: 'a',
      evidence: { exp_ms: t - 20_000 },
      received_collector_ms: received(t),
    })
    expect(witness.observe(refused)).toBeNull()
  })
})

it('a clock of the collector that was set forward makes nobody ahead by what came before', () => {
  const witness = new SkewWitness()
  const hosts = ['a', 'b', 'c', 'd', 'e', 'f']
  for (const host of hosts) settled(host, witness)
  const received = (t: number) => t + 200 + 30_000
  for (const host of hosts.slice(1))
    for (let k = 0; k < 5; k++) witness.observe(event(START + k, { host, received_collector_ms: received(START + k) }))
  const t = START + 60_000
  const refused = { ...late, host: 'a', received_collector_ms: received(t), evidence: {} }
  expect(witness.observe(event(t, refused))).toBeNull()
})

it('a witness that was saved and restored says the same', () => {
  const saved = JSON.parse(JSON.stringify(settled().save()))
  const evidence = { iat_ms: START, nbf_ms: START }
  const behind = event(START - 8_000, { ...early, evidence, received_collector_ms: START + 200 })
  expect(SkewWitness.restore(saved).observe(behind)).toEqual(settled().observe(behind))
})
