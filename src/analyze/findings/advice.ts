/**
 * What one change would have avoided, computed from the incidents of the period. Where only a sample was looked at, the
 * share found in it is applied to the whole and the sentence says so.
 * Invariant: `avoided` ≤ `of`; nothing is promised for incidents whose instants are not known.
 */
import type { Advice } from '../../core/finding.ts'
import type { HostClock } from '../../core/host-clock.ts'
import type { Incident } from '../../core/incident.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { isSkew } from './clock-findings.ts'
import { type FindingFacts, type Gathered, gather, sampleOf } from './facts.ts'
import { leewayFix } from './leeway-fix.ts'
import { count, number, seconds, share } from './words.ts'

/** Leeways people set; more than a minute hides a broken clock and revives dead tokens (RFC 7519 §4.1.4: "no more than a few minutes"); s. */
const LEEWAYS_S = [1, 2, 5, 10, 30, 60]
/** A leeway that accepts this share is wide enough: the next one would gain little. */
const ENOUGH = 0.9
/** Fewer failures are no reason to change anything. */
const SUPPORT = 5
/** Access token lifetimes people set, up to the longest that is usual; s. */
const LIFETIMES_S = [300, 600, 900, 1_800, 3_600]
/** Fewer clients should be mended themselves. */
const CLIENTS_OF_LIFETIME = 3
/** Part of the lifetime after which a client should renew. */
const REFRESH_AT = 0.8
/** A validator that meets an unknown key may fetch the keys again after this, without being a nuisance; ms. */
const REFETCH_MS = 60_000
/** Keys kept no longer than this cost a request every ten minutes; ms. */
const CACHE_MS = 600_000
/** Stamps are cut down to the second; s. */
const STAMP_S = 1

export function advice(facts: FindingFacts): Advice[] {
  return [
    ...repairClock(facts),
    ...leeway(facts),
    ...refreshEarlier(facts),
    ...tokenLifetime(facts),
    ...jwksCache(facts),
    ...clientSetup(facts),
    ...rotateSecret(facts),
  ].sort((a, b) => b.avoided - a.avoided || (a.title < b.title ? -1 : 1))
}

function repairClock(facts: FindingFacts): Advice[] {
  const all = gather(facts.failures, isSkew, ['host'])
  return facts.clocks.hosts.flatMap((clock) => {
    const g = all.find((each) => each.at.host === clock.host)
    if (!clock.at_fault || g === undefined || g.count < SUPPORT) return []
    const sample = sampleOf(facts, { cause: 'skew', place: 'host', value: clock.host })
    const left = sample.filter((incident) => failsAnyway(incident, clock)).length
    const avoided = g.count - (sample.length < g.count ? Math.ceil((g.count * left) / sample.length || 0) : left)
    if (avoided === 0) return []
    return [
      {
        kind: 'repair_clock' as const,
        host: clock.host,
        avoided,
        of: g.count,
        title: `a right clock on ${clock.host} would have avoided ${avoided === g.count ? 'its' : `${number(avoided)} of its`} ${count(g.count, 'skew failure')}`,
        why: [
          ...clock.why.slice(0, 2),
          ...(left === 0
            ? []
            : [`${number(left)} of ${number(sample.length)} looked at were further off than this clock is`]),
        ],
        fix: [`chronyc makestep on ${clock.host}, then keep its time service running`],
      },
    ]
  })
}

/** Would it have failed on a right clock, too? Only said where the record shows the instants and the clock's offset then is known. */
function failsAnyway(incident: Incident, clock: HostClock): boolean {
  const past_ms = overshoot(incident)
  const { low_s, high_s, drift_ppm, to_ms, steps, leeway_s } = clock
  if (past_ms === null || low_s === null || high_s === null) return false
  if (steps.some((step) => step.at_ms > incident.time_ms)) return false
  // How much of it the clock may have made: the side of its interval that speaks for it.
  const moved_s = ((drift_ppm ?? 0) * (incident.time_ms - (to_ms ?? incident.time_ms))) / 1e9
  const made_s = incident.subcause === 'fresh_token_expired' ? high_s + moved_s : -(low_s + moved_s)
  return past_ms / 1000 > Math.max(0, made_s) + (leeway_s ?? 0) + STAMP_S
}

/** By how much the clocks' disagreement overshot what the validator granted, ms; null where the record does not show it. */
export function overshoot(incident: Pick<Incident, 'subcause' | 'evidence' | 'time_ms'>): number | null {
  const { exp_ms, nbf_ms, iat_ms, validator_ms, delta_ms } = incident.evidence
  const seen_ms = validator_ms ?? incident.time_ms
  if (incident.subcause === 'fresh_token_expired') {
    if (exp_ms !== undefined) return Math.max(0, seen_ms - exp_ms)
  } else {
    const start_ms = incident.subcause === 'issued_in_future' ? (iat_ms ?? nbf_ms) : (nbf_ms ?? iat_ms)
    if (start_ms !== undefined) return Math.max(0, start_ms - seen_ms)
  }
  return delta_ms === undefined ? null : Math.abs(delta_ms)
}

function leeway(facts: FindingFacts): Advice[] {
  return gather(facts.failures, isSkew, ['host']).flatMap((g) => {
    if (g.count < SUPPORT || g.at.host === '') return []
    const sample = sampleOf(facts, { cause: 'skew', place: 'host', value: g.at.host! })
    const known = sample.map(overshoot).filter((ms) => ms !== null)
    if (known.length === 0) return []
    const accepted = (s: number) => known.filter((ms) => ms <= s * 1000).length
    const best = LEEWAYS_S.find((s) => accepted(s) >= known.length * ENOUGH) ?? LEEWAYS_S.at(-1)!
    const inSample = accepted(best)
    if (inSample === 0) return []
    const avoided = sample.length < g.count ? Math.floor((g.count * inSample) / sample.length) : inSample
    const rest = avoided < g.count ? '; the clock needs fixing for the rest' : ''
    return [
      {
        kind: 'leeway' as const,
        host: g.at.host!,
        avoided,
        of: g.count,
        title: `a leeway of ${best} s on ${g.at.host} would have accepted ${number(avoided)} of ${count(g.count, 'skew failure')}${rest}`,
        why: [
          `the largest overshoot was ${seconds(Math.max(...known) / 1000)}, the median ${seconds(median(known) / 1000)}`,
          ...basis(sample.length, known.length, g.count),
        ],
        fix: [leewayFix(g)],
      },
    ]
  })
}

/** How late a token came and how long it had lived; nothing where the record does not show it. */
function lateness({ evidence, time_ms }: Incident): { late_ms: number; lifetime_ms: number }[] {
  const { exp_ms, iat_ms, validator_ms } = evidence
  if (exp_ms === undefined || iat_ms === undefined || exp_ms <= iat_ms) return []
  return [{ late_ms: (validator_ms ?? time_ms) - exp_ms, lifetime_ms: exp_ms - iat_ms }]
}

function refreshEarlier(facts: FindingFacts): Advice[] {
  return gather(facts.failures, (f) => f.subcause === 'access_token' && f.client_id !== '', ['client_id']).flatMap(
    (g) => {
      if (g.count < SUPPORT) return []
      const sample = sampleOf(facts, {
        cause: 'expiry',
        subcause: 'access_token',
        place: 'client_id',
        value: g.at.client_id!,
      })
      const late = sample.flatMap(lateness)
      if (late.length === 0) return []
      // A client at work renews in time; one that comes back after more than a whole lifetime was not running to do so.
      const inSample = late.filter(({ late_ms, lifetime_ms }) => late_ms <= lifetime_ms).length
      if (inSample === 0) return []
      const avoided = sample.length < g.count ? Math.floor((g.count * inSample) / sample.length) : inSample
      const lifetime_s = median(late.map(({ lifetime_ms }) => lifetime_ms)) / 1000
      return [
        {
          kind: 'refresh_earlier' as const,
          client_id: g.at.client_id!,
          avoided,
          of: g.count,
          title: `client ${g.at.client_id} refreshing at ${REFRESH_AT * 100} % of the lifetime would have avoided ${share(avoided, g.count)} of its ${count(g.count, 'expiry', 'expiries')}`,
          why: [
            `its tokens live ${seconds(lifetime_s)}; ${number(inSample)} of ${number(late.length)} with known instants came less than a lifetime late, so the client was at work and could have renewed`,
            ...basis(sample.length, late.length, g.count),
          ],
          fix: [
            `Renew ${seconds(lifetime_s * REFRESH_AT)} after issue (expires_in × ${REFRESH_AT}), in the background or before each call`,
          ],
        },
      ]
    },
  )
}

/** Many clients whose short tokens run out under their hands: the lifetime is at odds with how they work. */
function tokenLifetime(facts: FindingFacts): Advice[] {
  return gather(facts.failures, (f) => f.subcause === 'access_token', ['issuer']).flatMap((g) => {
    const sample = sampleOf(facts, {
      cause: 'expiry',
      subcause: 'access_token',
      place: 'issuer',
      value: g.at.issuer!,
    })
    const all = sample.flatMap((i) => lateness(i).map((l) => ({ ...l, client_id: i.client_id ?? '' })))
    if (all.length === 0) return []
    // Each kind of token has a lifetime of its own; the advice is about one of them.
    const lifetime_ms = mostFrequent(all.map((l) => l.lifetime_ms))
    const late = all.filter((l) => l.lifetime_ms === lifetime_ms)
    const clients = new Set(late.map((l) => l.client_id)).size
    if (late.length < SUPPORT || clients < CLIENTS_OF_LIFETIME) return []
    const saved = (s: number) => late.filter((l) => l.late_ms <= s * 1000 - l.lifetime_ms).length
    const longer = LIFETIMES_S.filter((s) => s * 1000 > lifetime_ms)
    const best = longer.find((s) => saved(s) >= late.length * ENOUGH) ?? longer.at(-1)
    // With less than half of them saved it is not the lifetime.
    if (best === undefined || saved(best) * 2 < late.length) return []
    const avoided = sample.length < g.count ? Math.floor((g.count * saved(best)) / sample.length) : saved(best)
    const whose = g.at.issuer === '' ? 'access tokens' : `access tokens of ${g.at.issuer}`
    return [
      {
        kind: 'token_lifetime' as const,
        ...(g.at.issuer === '' ? {} : { issuer: g.at.issuer! }),
        avoided,
        of: g.count,
        title: `a lifetime of ${seconds(best)} instead of ${seconds(lifetime_ms / 1000)} for ${whose} would have avoided ${number(avoided)} of ${count(g.count, 'expiry', 'expiries')}`,
        why: [
          `${count(clients, 'client')} let them run out, half of them by ${seconds(median(late.map((l) => l.late_ms)) / 1000)} or less`,
          ...basis(sample.length, late.length, g.count),
        ],
        fix: [
          'Better have the clients renew in time; if that is out of reach, lengthen the access token’s lifetime at the issuer (Keycloak: Access Token Lifespan; Auth0: Token Expiration of the API; oidc-provider: ttl.AccessToken; Entra ID: token lifetime policy), knowing that a stolen token lives as long',
        ],
      },
    ]
  })
}

function jwksCache(facts: FindingFacts): Advice[] {
  return gather(facts.failures, (f) => f.subcause === 'stale_jwks', ['host']).flatMap((g) => {
    if (g.count < SUPPORT || g.at.host === '') return []
    const sample = sampleOf(facts, {
      cause: 'misconfiguration',
      subcause: 'stale_jwks',
      place: 'host',
      value: g.at.host!,
    })
    const after = (ms: number) => avoidedAfter(sample, g, ms)
    const avoided = after(REFETCH_MS)
    if (avoided === 0) return []
    return [
      {
        kind: 'jwks_cache' as const,
        host: g.at.host!,
        avoided,
        of: g.count,
        title: `fetching the keys again ${REFETCH_MS / 1000} s after an unknown key id would have avoided ${number(avoided)} of ${count(g.count, 'failure')} on ${g.at.host}`,
        why: [
          `it kept its old keys from ${at(g.from_ms)} to ${at(g.to_ms)}`,
          ...(sample.length < g.count ? [`from the newest ${number(sample.length)} of ${number(g.count)}`] : []),
          `keys kept for ${CACHE_MS / 60_000} min at most, whatever comes, would have avoided ${number(after(CACHE_MS))}`,
        ],
        fix: [
          'jose: createRemoteJWKSet(url, { cooldownDuration: 30000, cacheMaxAge: 600000 }); jwks-rsa: cache with cacheMaxAge and rateLimit; Spring: NimbusJwtDecoder fetches on an unknown kid; mod_auth_openidc: OIDCJWKSRefreshInterval',
        ],
      },
    ]
  })
}

/** Failures later than so long after the first with the same key. Of a part of them: the first of all is known, and how they spread is taken to be even. */
function avoidedAfter(sample: readonly Incident[], g: Gathered, ms: number): number {
  const whole = sample.length >= g.count
  const first = new Map<string, number>()
  for (const { evidence, time_ms } of sample) {
    const kid = evidence.kid ?? ''
    first.set(kid, Math.min(first.get(kid) ?? Infinity, time_ms))
  }
  // The oldest key of a part may have been met before it.
  if (!whole && first.size === 1) for (const kid of first.keys()) first.set(kid, g.from_ms)
  const late = sample.filter(({ evidence, time_ms }) => time_ms > first.get(evidence.kid ?? '')! + ms).length
  if (whole) return late
  const even = g.count * Math.max(0, 1 - ms / Math.max(g.to_ms - g.from_ms, ms))
  return Math.floor(Math.min((g.count * late) / Math.max(sample.length, 1), even))
}

/** The setting is wrong for every request until it is changed. */
function clientSetup(facts: FindingFacts): Advice[] {
  const setup = new Set(['audience_mismatch', 'issuer_mismatch', 'redirect_uri', 'grant_type', 'scope_not_allowed'])
  return gather(facts.failures, (f) => f.client_id !== '' && f.subcause !== null && setup.has(f.subcause), [
    'client_id',
  ]).flatMap((g) => {
    if (g.count < SUPPORT) return []
    const remedy = remedyOf('misconfiguration', g.subcauses[0]![0] as 'audience_mismatch')
    return [
      {
        kind: 'client_setup' as const,
        client_id: g.at.client_id!,
        avoided: g.count,
        of: g.count,
        title: `the right set-up of client ${g.at.client_id} would have avoided ${count(g.count, 'failure')} (${remedy.title.toLowerCase()})`,
        why: [remedy.sentence],
        fix: [remedy.fix],
      },
    ]
  })
}

function rotateSecret(facts: FindingFacts): Advice[] {
  const credentials = new Set(['client_credentials', 'credential_expired'])
  return gather(facts.failures, (f) => f.client_id !== '' && f.subcause !== null && credentials.has(f.subcause), [
    'client_id',
  ]).flatMap((g) => {
    const before = facts.successes.some(
      (s) => s.client_id === g.at.client_id && (s.kind === 'issuance' || s.kind === 'refresh') && s.from_ms < g.from_ms,
    )
    if (g.count < SUPPORT || !before) return []
    return [
      {
        kind: 'rotate_secret' as const,
        client_id: g.at.client_id!,
        avoided: g.count,
        of: g.count,
        title: `rotating with two valid secrets would have avoided the ${count(g.count, 'refused attempt')} of client ${g.at.client_id}`,
        why: [`it got tokens before ${at(g.from_ms)} and none since`],
        fix: [
          'Register the new secret beside the old one, roll it out, then remove the old one; or use private_key_jwt',
        ],
      },
    ]
  })
}

function basis(sampled: number, known: number, of: number): string[] {
  return [
    ...(sampled < of ? [`from the newest ${number(sampled)} of ${number(of)}`] : []),
    ...(known < sampled ? [`${number(sampled - known)} of them show no instants and are not counted as avoided`] : []),
  ]
}

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0]
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
