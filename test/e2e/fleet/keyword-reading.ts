/**
 * What somebody reads off a failure's message by its keywords alone, as `grep` and log dashboards do: the yardstick beside our
 * own column. Knows no clock, no neighbour and no history; each list is what a reader would look for.
 */
import type { Cause } from '../../../src/core/cause.ts'

const WORDS: readonly (readonly [Cause, RegExp])[] = [
  ['outage', /fetch|unreachable|unavailable|timed? ?out|econn|socket|unexpected http response|50[0234]|end of file/i],
  ['skew', /not (?:yet )?(?:valid|active)|not before|\bnbf\b|\biat\b|future|immature|premature|\bskew\b/i],
  ['expiry', /expired?\b|\bexp\b|lifetime/i],
  [
    'misconfiguration',
    /invalid_client|client auth|secret|redirect|audience|\baud\b|issuer|\biss\b|\bkid\b|signing key|no.*key|public key/i,
  ],
  ['misuse', /scope|forbidden|permission|replay|already (?:used|consumed)/i],
  ['revocation', /revoked|inactive|is not active|invalid_grant|reuse/i],
  ['malformed', /signature|malformed|segments|decod|parse|missing|no auth|compact jws|not found/i],
]

export function causeByKeywords(message: string): Cause {
  return WORDS.find(([, words]) => words.test(message))?.[0] ?? 'unknown'
}
