/**
 * Token hygiene: how long each client's tokens live and how old they are when used, whether it refreshes in time, which
 * keys are in use, and of what form the tokens are. Pure. Invariant: what was not stated is null or left out, never zero.
 */
import type { TimeRange } from '../../core/filter.ts'
import type { HistoryFact } from '../../core/history.ts'
import type { DimensionRow } from '../../core/ports/store.ts'
import type { ClientHabits, Hygiene, KeyUse, Spread, TokenForms } from '../../core/report.ts'
import type { TokenUse } from '../../core/token-use.ts'
import { shareOf } from './cause-figures.ts'

export interface HygieneFacts {
  uses: readonly TokenUse[]
  one_in: number
  /** Party `keys` and party `form`. */
  keys: readonly HistoryFact[]
  forms: readonly HistoryFact[]
  /** Clients by refreshes, and by requests refused for an expired access token. */
  refreshes: readonly DimensionRow[]
  expired: readonly DimensionRow[]
}

/** A page lists no more clients, keys and forms than these; count. */
const CLIENTS_TOLD = 30
const KEYS_TOLD = 50
const FORMS_TOLD = 50

/**
 * What a token should not be: unsigned or signed over a broken hash (RFC 8725 §3.2, RFC 8812 §2), or without the claims
 * that bound it (RFC 9068 §2.2, RFC 8725 §3.9).
 */
const WEAK: Readonly<Record<string, string>> = {
  'alg none': 'not signed at all: whoever sends it can write what they like (RFC 8725 §3.2)',
  'alg RS1': 'signed over SHA-1, which can be forged (RFC 8812 §2)',
  'alg other': 'names an algorithm that no registry knows',
  'without exp': 'never expires: it can only be revoked (RFC 9068 §2.2)',
  'without aud': 'good for every service that trusts the issuer (RFC 8725 §3.9)',
}

/** An issuer's algorithm in fewer than one in so many of its tokens is not its own habit. */
const UNUSUAL_ONE_IN = 100

export function hygieneOf(facts: HygieneFacts, range: TimeRange): Hygiene {
  return {
    clients: habitsOf(facts).slice(0, CLIENTS_TOLD),
    one_in: facts.one_in,
    keys: keysOf(facts.keys).slice(0, KEYS_TOLD),
    forms: formsOf(facts.forms, range).slice(0, FORMS_TOLD),
  }
}

function habitsOf({ uses, refreshes, expired }: HygieneFacts): ClientHabits[] {
  const groups = new Map<string, TokenUse[]>()
  for (const use of uses) {
    const key = `${use.client_id}\u001f${use.issuer}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [use])
    else group.push(use)
  }
  const refreshed = countsOf(refreshes, 'successes')
  const refused = countsOf(expired, 'failures')
  return [...groups.values()]
    .map((group): ClientHabits => {
      const { client_id, issuer } = group[0]!
      const count = refreshed.get(client_id) ?? 0
      const expired_refusals = refused.get(client_id) ?? 0
      const ending = group.filter(({ exp_ms }) => exp_ms !== null)
      return {
        client_id,
        issuer,
        uses: group.length,
        lifetime: spreadOf(group, ({ iat_ms, exp_ms }) =>
          iat_ms === null || exp_ms === null ? null : exp_ms - iat_ms,
        ),
        age: spreadOf(group, ({ time_ms, iat_ms }) => (iat_ms === null ? null : time_ms - iat_ms)),
        used_after_expiry: shareOf(ending.filter(({ time_ms, exp_ms }) => time_ms > exp_ms!).length, ending.length),
        refreshes: count,
        expired_refusals,
        late_refresh_share: count === 0 ? null : Math.min(1, expired_refusals / count),
      }
    })
    .sort((a, b) => b.uses - a.uses || compare(a.client_id, b.client_id) || compare(a.issuer, b.issuer))
}

function countsOf(rows: readonly DimensionRow[], of: 'successes' | 'failures'): Map<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(row.value, (counts.get(row.value) ?? 0) + row[of])
  return counts
}

function spreadOf(uses: readonly TokenUse[], of: (use: TokenUse) => number | null): Spread | null {
  const values = uses
    .map(of)
    .filter((value) => value !== null)
    .sort((a, b) => a - b)
  if (values.length === 0) return null
  return { median_ms: values[Math.ceil(values.length / 2) - 1]!, max_ms: values.at(-1)! }
}

/** A key is told once per issuer, whoever met it. */
function keysOf(facts: readonly HistoryFact[]): KeyUse[] {
  const keys = new Map<string, KeyUse>()
  for (const { key: issuer, detail: kid, first_ms, last_ms, count } of facts) {
    const key = `${issuer}\u001f${kid}`
    const known = keys.get(key)
    if (known === undefined) {
      keys.set(key, { issuer, kid, first_ms, last_ms, count })
      continue
    }
    known.first_ms = Math.min(known.first_ms, first_ms)
    known.last_ms = Math.max(known.last_ms, last_ms)
    known.count += count
  }
  return [...keys.values()].sort(
    (a, b) => b.last_ms - a.last_ms || compare(a.issuer, b.issuer) || compare(a.kid, b.kid),
  )
}

function formsOf(facts: readonly HistoryFact[], { to_ms }: TimeRange): TokenForms[] {
  const forms = new Map<string, TokenForms>()
  const signed = new Map<string, number>()
  for (const { key: issuer, detail: client_id, deed, count, last_ms } of facts) {
    if (deed.startsWith('alg ')) signed.set(issuer, (signed.get(issuer) ?? 0) + count)
    const key = `${issuer}\u001f${client_id}\u001f${deed}`
    const known = forms.get(key)
    const until = Math.min(last_ms, to_ms)
    if (known === undefined) forms.set(key, { issuer, client_id, form: deed, count, last_ms: until, concern: null })
    else {
      known.count += count
      known.last_ms = Math.max(known.last_ms, until)
    }
  }
  const byAlgorithm = new Map<string, number>()
  for (const { issuer, form, count } of forms.values())
    byAlgorithm.set(`${issuer}\u001f${form}`, (byAlgorithm.get(`${issuer}\u001f${form}`) ?? 0) + count)
  for (const row of forms.values()) {
    const own = byAlgorithm.get(`${row.issuer}\u001f${row.form}`)!
    const unusual = row.form.startsWith('alg ') && own * UNUSUAL_ONE_IN < (signed.get(row.issuer) ?? 0)
    row.concern = WEAK[row.form] ?? (unusual ? 'not what this issuer signs with otherwise' : null)
  }
  return [...forms.values()].sort(
    (a, b) =>
      Number(b.concern !== null) - Number(a.concern !== null) ||
      b.count - a.count ||
      compare(a.issuer + a.client_id + a.form, b.issuer + b.client_id + b.form),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
