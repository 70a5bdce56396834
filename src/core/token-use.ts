/** What a sampled success says about a token: for the report on token hygiene. */
import type { Kind } from './kind.ts'

export interface TokenUse {
  kind: Kind
  /** Empty: the record did not say. */
  client_id: string
  issuer: string
  /** Writer's clock, ms. */
  time_ms: number
  /** Instants of the token, issuer's clock, ms; null: not said. */
  iat_ms: number | null
  exp_ms: number | null
}

/** A bounded sample; shares of it are shares of all, its counts are not. */
export interface TokenUses {
  uses: TokenUse[]
  /** One success in so many of those kept was looked at; 1: all that were kept. */
  one_in: number
}
