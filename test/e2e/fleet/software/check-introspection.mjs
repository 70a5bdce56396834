/** Opaque tokens, asked about at the issuer with openid-client (RFC 7662). */
import { allowInsecureRequests, ClientSecretBasic, Configuration, tokenIntrospection } from 'openid-client'

export async function prepare({ issuer, introspectionUri, client_id, client_secret, refusal }) {
  const server = { issuer, introspection_endpoint: introspectionUri }
  const configuration = new Configuration(server, client_id, undefined, ClientSecretBasic(client_secret))
  allowInsecureRequests(configuration)
  return async (token) => {
    const claims = await tokenIntrospection(configuration, token)
    if (!claims.active) throw Object.assign(new Error(refusal), { name: 'InvalidTokenError', status: 401 })
    return claims
  }
}
