/** A token of the simulated fleet: what its claims say, and what is only known to the bench. */
export interface SimulatedToken {
  claims: {
    iss: string
    aud: string
    sub: string
    client_id: string
    scope: string
    jti: string
    iat: number
    nbf: number
    exp: number
  }
  kid: string
  /** Changed on the way, or no token at all. */
  flaw: 'none' | 'tampered' | 'garbage'
  /** True epoch ms from which on it is withdrawn; Infinity: never. */
  revoked_ms: number
  /** True epoch ms at which it was made. */
  born_ms: number
}

/** The compact form, with a signature that nobody here checks. */
export function compact({ claims, kid }: SimulatedToken): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signature = Buffer.from(claims.jti.repeat(8)).toString('base64url').slice(0, 171)
  return `${part({ alg: 'RS256', kid, typ: 'at+jwt' })}.${part(claims)}.${signature}`
}
