/** jsonwebtoken with jwks-rsa, its usual companion, or with keys fetched once at the start. */
import { createPublicKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import jwksRsa from 'jwks-rsa'

export async function prepare({ issuer, audience, jwksUri, keys, leeway_s }) {
  const keyOf = keys === 'startup' ? keptKeys(await (await fetch(jwksUri)).json()) : fetchedKeys(jwksUri)
  const expected = { issuer, audience, algorithms: ['RS256'], clockTolerance: leeway_s }
  return (token) =>
    new Promise((resolve, reject) => {
      jwt.verify(token, keyOf, expected, (error, claims) => (error ? reject(error) : resolve(claims)))
    })
}

function fetchedKeys(jwksUri) {
  const client = jwksRsa({ jwksUri, cache: true })
  return ({ kid }, done) => client.getSigningKey(kid, (error, key) => done(error, key?.getPublicKey()))
}

function keptKeys({ keys }) {
  const byKid = new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]))
  return ({ kid }, done) => {
    if (byKid.has(kid)) done(null, byKid.get(kid))
    else done(new Error(`Unable to find a signing key that matches '${kid}'`))
  }
}
