/** A service that checks tokens with jose. Arguments: input file, log file, log layout. */
import { readFileSync } from 'node:fs'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { openServiceLog } from './service-log.mjs'

const [, , inputFile, logFile, layout] = process.argv
const { issuer, audience, jwks, requests } = JSON.parse(readFileSync(inputFile, 'utf8'))
const log = await openServiceLog(layout, logFile)
const keys = createLocalJWKSet(jwks)
const expected = { issuer, audience, algorithms: ['RS256'], requiredClaims: ['exp'], maxTokenAge: '12h' }

for (const { id, token } of requests) {
  try {
    const { payload } = await jwtVerify(token, keys, expected)
    log.accepted(id, payload.client_id)
  } catch (error) {
    log.refused(id, error)
  }
}
await log.close()
