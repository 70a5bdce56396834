/** What the applications do with the libraries, however they came by them: one good token and one refusal of each. */
import { generateKeyPairSync } from 'node:crypto'
import http from 'node:http'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const issuer = 'https://id.example'

const attempt = async (run) => {
  try {
    await run()
  } catch {
    // A refusal is what was asked for.
  }
}

const listening = async (handler) => {
  const server = http.createServer(handler)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${server.address().port}` }
}

export async function tryLibraries({ jose, jsonwebtoken, auth, express, Provider }) {
  const sign = (claims) =>
    jsonwebtoken.sign({ iss: issuer, aud: 'orders', ...claims }, privateKey, { algorithm: 'RS256' })
  const now = Math.floor(Date.now() / 1000)
  let good = ''
  await attempt(() => {
    good = sign({ exp: now + 60 })
  })
  const late = sign({ exp: now - 60 })
  await attempt(() => jsonwebtoken.verify(good, publicKey))
  await attempt(() => jsonwebtoken.verify(good, publicKey, { audience: 'billing' }))
  await attempt(() => jose.jwtVerify(good, publicKey))
  await attempt(() => jose.jwtVerify(late, publicKey))

  const secret = 'a secret of 32 bytes for this test'
  const app = express()
  app.use(auth({ issuer, audience: 'orders', secret, tokenSigningAlg: 'HS256' }))
  app.get('/', (_request, response) => response.end('ok'))
  app.use((error, _request, response, _next) => response.writeHead(error.status ?? 500).end())
  const api = await listening(app)
  const hs = (exp) => jsonwebtoken.sign({ iss: issuer, aud: 'orders', exp }, secret, { header: { typ: 'JWT' } })
  const tokens = [hs(now + 60), hs(now - 60)]
  const get = (token) => fetch(api.url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
  await attempt(() => get(tokens[0]))
  await attempt(() => get(tokens[1]))
  await attempt(() => get())
  api.server.close()

  const clients = [
    {
      client_id: 'web',
      client_secret: 'shh',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ]
  const provider = new Provider(issuer, { clients, features: { clientCredentials: { enabled: true } } })
  const idp = await listening(provider.callback())
  const token = (client_secret) =>
    fetch(`${idp.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'web', client_secret }),
    })
  await attempt(() => token('shh'))
  await attempt(() => token('wrong'))
  idp.server.close()
}
