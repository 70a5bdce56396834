/**
 * Why a request was refused, told from the state of the demo's world and not from any message: the yardstick for what
 * authtop makes of the logs. The order is that in which a validator looks at a token.
 */
import type { Truth } from './books.ts'
import { AUDIENCE, type IssuedToken } from './issuer.ts'
import type { TokenChecker } from './token-checker.ts'

/** What a caller presents: an issued token, an issued token that was changed on the way, or nothing. */
export type Presented = { token: IssuedToken; tampered: boolean } | null

/** exp and iat are whole seconds: a token refused this little before its true end has simply expired; ms. */
const RESOLUTION_MS = 1_000

/** `true_ms`: the right time, epoch ms. Null when nothing speaks against the token. */
export function truthOf(
  presented: Presented,
  checker: TokenChecker,
  neededScope: string,
  true_ms: number,
): Truth | null {
  if (presented === null) return 'malformed/missing'
  const { token, tampered } = presented
  const here_s = Math.floor(checker.clock.now_ms() / 1000)
  if (!checker.knowsKey(token.kid)) return 'misconfiguration/stale_jwks'
  if (tampered) return 'malformed/signature'
  if (checker.audience !== AUDIENCE) return 'misconfiguration/audience_mismatch'
  if (token.nbf_s !== null && token.nbf_s > here_s + checker.leeway_s) return 'skew/not_yet_valid'
  if (token.exp_s <= here_s - checker.leeway_s)
    return true_ms + RESOLUTION_MS >= token.exp_s * 1000 ? 'expiry/access_token' : 'skew/fresh_token_expired'
  if (checker.maxAge_s !== undefined && token.iat_s > here_s + checker.leeway_s) return 'skew/issued_in_future'
  if (token.grant.revoked) return 'revocation/token_revoked'
  if (!token.scope.split(' ').includes(neededScope)) return 'misuse/insufficient_scope'
  return null
}
