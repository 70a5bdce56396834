/**
 * The few things to do, best first: advice with computed effect where there is some, then the remedies of the largest
 * causes. A cause that a piece of advice already deals with is not told twice.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Advice, AdviceKind } from '../../core/finding.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import type { Action, CauseFigures, SubcauseFigures } from '../../core/report.ts'

/** What nobody remembers on the way to the coffee machine; count. */
const ACTIONS = 3

/** A group of failures below this share of all is no matter for Monday morning. */
const SHARE_NEEDED = 0.02

/** What a piece of advice deals with. */
const DEALS_WITH: Readonly<Record<AdviceKind, readonly (Cause | `${Cause}/${Subcause}`)[]>> = {
  repair_clock: ['skew'],
  leeway: ['skew'],
  refresh_earlier: ['expiry/access_token'],
  token_lifetime: ['expiry/access_token'],
  jwks_cache: ['misconfiguration/stale_jwks', 'misconfiguration/key_not_found'],
  client_setup: ['misconfiguration'],
  rotate_secret: ['misconfiguration/client_credentials', 'misconfiguration/credential_expired'],
}

export function rankActions(advice: readonly Advice[], causes: readonly CauseFigures[]): Action[] {
  const actions: Action[] = []
  const dealtWith = new Set<string>()
  for (const each of [...advice].sort((a, b) => b.avoided - a.avoided)) {
    if (each.avoided === 0) continue
    // Two changes for the same failures (repair the clock, widen the leeway): the better one is enough here.
    const covers = DEALS_WITH[each.kind]
    if (covers.every((key) => dealtWith.has(key))) continue
    for (const key of covers) dealtWith.add(key)
    actions.push(ofAdvice(each))
  }
  for (const group of causes.flatMap((each) => each.subcauses).sort((a, b) => b.failures - a.failures)) {
    if (group.failures === 0 || group.share < SHARE_NEEDED) continue
    if (dealtWith.has(group.cause) || dealtWith.has(`${group.cause}/${group.subcause}`)) continue
    actions.push(ofRemedy(group))
  }
  return actions.slice(0, ACTIONS)
}

function ofAdvice({ avoided, title, why, fix, host, service, client_id, issuer }: Advice): Action {
  const place = { host, service, client_id, issuer }
  return {
    failures: avoided,
    worth: 'avoided',
    title,
    why: [...why],
    fix: [...fix],
    cause: null,
    subcause: null,
    ...(Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)) as object),
  }
}

function ofRemedy({ cause, subcause, failures, mostly }: SubcauseFigures): Action {
  const remedy = remedyOf(cause, subcause as never)
  return {
    failures,
    worth: 'about',
    title: remedy.title,
    why: [remedy.sentence],
    fix: [remedy.fix],
    cause,
    subcause,
    ...Object.fromEntries(mostly.map(({ dimension, value }) => [dimension, value])),
  }
}
