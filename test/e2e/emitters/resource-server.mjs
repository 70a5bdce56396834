/**
 * A resource server behind a gateway: checks bearer tokens with jsonwebtoken, logs with pino under the gateway's request id.
 * Arguments: input file, log file. Writes its port to standard output; ends with standard input.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import jwt from 'jsonwebtoken'
import { openServiceLog } from './service-log.mjs'

const [, , inputFile, logFile] = process.argv
const { issuer, audience, publicPem } = JSON.parse(readFileSync(inputFile, 'utf8'))
const log = await openServiceLog('pino', logFile)

const server = createServer((request, response) => {
  const id = request.headers['x-request-id']
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  try {
    const claims = jwt.verify(token, publicPem, { algorithms: ['RS256'], issuer, audience })
    log.accepted(id, claims.client_id)
    response.end('[]')
  } catch (error) {
    log.refused(id, error)
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end()
  }
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => {
  server.closeAllConnections()
  server.close(() => log.close())
})
