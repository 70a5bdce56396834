/**
 * "Not yet valid", "issued in the future": whose clock is off, and by how much; or a token minted to be used later.
 * Invariant: whoever is named was named by the clocks' own vote, else it is said that nobody can tell.
 */
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { isTwoSided, offsetWords } from './offset-words.ts'
import { seconds } from './seconds.ts'
import type { Verdict } from './verdict.ts'

/** An `nbf` later than `iat` by more than this was meant; ms. */
const MEANT_MS = 2_000

export function early(told: Told, { clocks }: Background): Verdict {
  const { evidence, host, issuer } = told
  const checked_ms = evidence.validator_ms ?? told.time_ms
  const { nbf_ms, iat_ms } = evidence
  const why: string[] = []
  const future = (ms: number | undefined): ms is number => ms !== undefined && ms > checked_ms
  if (future(nbf_ms))
    why.push(`not valid before a moment ${seconds(nbf_ms - checked_ms)} in the future of the validator's clock`)
  if (future(iat_ms)) why.push(`issued ${seconds(iat_ms - checked_ms)} in the future of the validator's clock`)
  // Some libraries use one sentence for both.
  const onlyNbf = future(nbf_ms) && iat_ms !== undefined && !future(iat_ms)
  const subcause = told.reported_subcause === 'issued_in_future' && onlyNbf ? 'not_yet_valid' : told.reported_subcause
  let confidence = told.reported_confidence ?? told.confidence
  if (future(iat_ms)) confidence = 'certain'

  const offset = host === undefined ? null : clocks.offset(host, issuer, told.time_ms)
  const fault = host === undefined ? null : clocks.atFault(host, issuer)
  const delay_ms = nbf_ms !== undefined && iat_ms !== undefined ? nbf_ms - iat_ms : 0
  if (host !== undefined && offset !== null && isTwoSided(offset))
    why.push(offsetWords(host, offset.low_ms, offset.high_ms, issuer ?? 'the issuer'))
  if (fault === 'host') why.push(`the other clocks agree with the issuer, so the clock of ${host} is off`)
  else if (fault === 'issuer') why.push('the hosts agree with each other, so the clock of the issuer is off')
  else if (delay_ms > MEANT_MS && !future(iat_ms))
    why.push(`the token was minted to be valid only ${seconds(delay_ms)} after its issue; it was used too early`)
  else why.push('which of the two clocks is off cannot be told from what is known')
  return { cause: told.reported_cause, subcause, confidence, why }
}
