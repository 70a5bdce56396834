/** jose against the issuer's key set: fetched when needed, or once at the start and never again. */
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from 'jose'

/** Short, so that a rotation within minutes is noticed; ms. */
const COOLDOWN_MS = 2_000

export async function prepare({ issuer, audience, jwksUri, keys, leeway_s, maxAge_s }) {
  const set =
    keys === 'startup'
      ? createLocalJWKSet(await (await fetch(jwksUri)).json())
      : createRemoteJWKSet(new URL(jwksUri), { cooldownDuration: COOLDOWN_MS })
  const expected = {
    issuer,
    audience,
    algorithms: ['RS256'],
    clockTolerance: leeway_s,
    ...(maxAge_s && { maxTokenAge: maxAge_s }),
  }
  return async (token) => (await jwtVerify(token, set, expected)).payload
}
