/** A service that checks tokens with jsonwebtoken. Arguments: input file, log file, log layout. */
import { readFileSync } from 'node:fs'
import jwt from 'jsonwebtoken'
import { openServiceLog } from './service-log.mjs'

const [, , inputFile, logFile, layout] = process.argv
const { issuer, audience, publicPem, requests } = JSON.parse(readFileSync(inputFile, 'utf8'))
const log = await openServiceLog(layout, logFile)

/** As jwks-rsa does it, without the network. */
function keyOf({ kid }, done) {
  if (kid === 'key-1') done(null, publicPem)
  else done(new Error(`Unable to find a signing key that matches '${kid}'`))
}

for (const { id, token } of requests) {
  await new Promise((resolve) => {
    jwt.verify(token, keyOf, { algorithms: ['RS256'], issuer, audience }, (error, claims) => {
      if (error) log.refused(id, error)
      else log.accepted(id, claims.client_id)
      resolve()
    })
  })
}
await log.close()
