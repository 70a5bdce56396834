/**
 * The few things to do, largest first: advice with computed effect, and the remedies of the subcauses that advice does not
 * deal with. Nothing is told twice.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Advice, AdviceKind } from '../../core/finding.ts'
import { LEEWAY_SENTENCE } from '../../core/remedy/leeway-settings.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import type { Action, CauseFigures, SubcauseFigures } from '../../core/report.ts'

/** What nobody remembers on the way to the coffee machine; count. */
const ACTIONS = 3

/** A group of failures below this share of all is no matter for Monday morning. */
const SHARE_NEEDED = 0.02

/** From here on a subcause is dealt with by the advice about it, and its general remedy is not told as well. */
const COVERED = 0.5

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
  const chosen: Advice[] = []
  for (const each of [...advice].sort((a, b) => b.avoided - a.avoided)) {
    // Two changes for the same failures (repair the clock, widen the leeway): the better one is enough here.
    if (each.avoided > 0 && !chosen.some((better) => sameFailures(better, each))) chosen.push(each)
  }
  const groups = causes
    .flatMap((each) => each.subcauses)
    .filter(({ failures, share }) => failures > 0 && share >= SHARE_NEEDED)
    .filter((group) => avoidedOf(group, chosen) < COVERED * group.failures)
  return [...chosen.map(ofAdvice), ...groups.map(ofRemedy)].sort((a, b) => b.failures - a.failures).slice(0, ACTIONS)
}

function sameFailures(a: Advice, b: Advice): boolean {
  return (
    DEALS_WITH[a.kind].some((key) => DEALS_WITH[b.kind].includes(key)) &&
    a.host === b.host &&
    a.client_id === b.client_id
  )
}

function avoidedOf({ cause, subcause }: SubcauseFigures, advice: readonly Advice[]): number {
  return advice
    .filter(({ kind }) => DEALS_WITH[kind].some((key) => key === cause || key === `${cause}/${subcause}`))
    .reduce((sum, { avoided }) => sum + avoided, 0)
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
    // What a leeway is called in thirteen libraries helps nobody who has a clock to set.
    fix: [remedy.fix.replace(LEEWAY_SENTENCE, '').trim()],
    cause,
    subcause,
    ...Object.fromEntries(mostly.map(({ dimension, value }) => [dimension, value])),
  }
}
