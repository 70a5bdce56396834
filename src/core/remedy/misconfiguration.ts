/**
 * Remedies for `misconfiguration`: two sides were set up differently. Retrying never helps; comparing the two settings
 * character by character does, and asking what was deployed or rotated when it began.
 */
import type { RemediesOf } from './remedy.ts'
import { openidCore, openidDiscovery, rfc } from './standard-link.ts'

const ENTRA_CODES = {
  text: 'Microsoft Entra: error codes',
  url: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
}

export const MISCONFIGURATION: RemediesOf<'misconfiguration'> = {
  issuer_mismatch: {
    title: 'Wrong issuer',
    sentence: 'The iss of the token is not the issuer that the validator is set up for.',
    checks: [
      'curl -s $ISSUER/.well-known/openid-configuration | jq -r .issuer: it must equal the setting to the last character',
      'Trailing slash, http or https, port, realm, tenant, custom domain, v1.0 or v2.0 endpoint (Entra ID)',
      'Does the client of another environment (staging, old realm) call this service?',
    ],
    fix: 'Copy issuer from the discovery document into the validator, unchanged. Behind a proxy fix the public URL of the issuer (Keycloak: hostname) and not the validator. While moving to a new issuer list both for the time of the move.',
    links: [
      rfc(7519, '4.1.1', 'iss'),
      rfc(8725, '3.8', 'validate issuer and subject'),
      openidDiscovery('ProviderConfigurationValidation', 'issuer must match'),
    ],
  },
  audience_mismatch: {
    title: 'Wrong audience',
    sentence: 'The aud of the token does not name the service that received it.',
    checks: [
      'Compare aud of the token with the audience setting of the service; an array must contain it, a slash more is another name',
      'What changed when it began: a deploy of the service, or the audience, resource or scope that the client asks for?',
      'Is it an ID token (aud = client id) sent to an API?',
    ],
    fix: 'Let the client ask for a token for this service (resource, audience or scope parameter; Keycloak: audience mapper), or correct the expected audience of the service. When renaming an audience accept the old and the new one until the longest token lifetime has passed. Never switch the check off.',
    links: [
      rfc(7519, '4.1.3', 'aud'),
      rfc(8725, '3.9', 'use and validate audience'),
      rfc(8707, '2', 'resource parameter'),
      rfc(9068, '4', 'validating JWT access tokens'),
    ],
  },
  client_credentials: {
    title: 'Wrong client secret or key',
    sentence:
      'The client could not authenticate at the issuer: its secret, key or method of authentication is not what is registered.',
    checks: [
      'curl -s -u $CLIENT_ID:$CLIENT_SECRET -d grant_type=client_credentials $TOKEN_ENDPOINT | jq .error',
      'Was the secret rotated, and did every replica, job and pipeline get the new one? Look for line breaks and quotes in it',
      'client_secret_basic or client_secret_post: does the method match the registration? In Basic, id and secret are form-encoded first',
    ],
    fix: 'Put the registered secret or key in place and restart what has cached the old one. Rotate with two secrets valid at the same time; better, use private_key_jwt or mutual TLS, which leave nothing to copy.',
    links: [
      rfc(6749, '5.2', 'invalid_client'),
      rfc(6749, '2.3.1', 'client password'),
      openidCore('ClientAuthentication', 'client authentication'),
      ENTRA_CODES,
    ],
  },
  client_unknown: {
    title: 'Unknown client',
    sentence: 'The issuer has no client with this client_id.',
    checks: [
      'Is the client_id complete and from this environment, realm or tenant?',
      'Was the client deleted, disabled or renamed at the issuer (audit log)?',
      'Is an environment variable empty, so that its name or undefined is sent as client_id?',
    ],
    fix: 'Register the client with this issuer or correct its client_id and issuer; they belong together and should be deployed together.',
    links: [rfc(6749, '2.2', 'client identifier'), rfc(6749, '5.2', 'invalid_client'), ENTRA_CODES],
  },
  redirect_uri: {
    title: 'Redirect URI mismatch',
    sentence:
      'The redirect_uri is not registered for this client, or differs between the authorization and the token request.',
    checks: [
      'Compare redirect_uri of the request with the registration: it must be the same string (scheme, host, port, path, trailing slash)',
      'Is TLS ended by a proxy, so that the application builds http:// URLs? Look at X-Forwarded-Proto and trust proxy',
      'Is exactly the same redirect_uri sent again when the code is redeemed?',
    ],
    fix: 'Register the exact URI and let the application take it from its configuration, not from the incoming request. Do not use wildcards: preview environments need their own registration.',
    links: [
      rfc(6749, '3.1.2', 'redirection endpoint'),
      rfc(6749, '4.1.3', 'redirect_uri at the token endpoint'),
      rfc(9700, '2.1', 'exact string matching'),
    ],
  },
  key_not_found: {
    title: 'Signing key not found',
    sentence: 'The validator has no key that fits the kid and alg of the token, and there is no sign that it ever had.',
    checks: [
      'Key id of the token: cut -d. -f1 token.txt | basenc -d --base64url 2>/dev/null | jq -c "{kid,alg}"',
      'Keys on offer: curl -s "$(curl -s $ISSUER/.well-known/openid-configuration | jq -r .jwks_uri)" | jq -c ".keys[]|{kid,alg,use}"',
      'Does the token come from another issuer, realm or environment (iss)?',
    ],
    fix: 'If the kid is in the JWKS, point the validator to that jwks_uri. If it is not, the token comes from elsewhere or the issuer does not publish its key: publish a key before signing with it and keep it until its last token has expired.',
    links: [
      rfc(7517, '4.5', 'kid'),
      rfc(7515, '4.1.4', 'kid header'),
      openidCore('RotateSigKeys', 'rotation of signing keys'),
    ],
  },
  stale_jwks: {
    title: 'Old keys after a key rotation',
    sentence: 'The issuer signs with a new key, and this host still checks with the key set it fetched before.',
    checks: [
      'Is the kid in the JWKS of the issuer now, and do other hosts accept the same tokens?',
      'When did this host last fetch the keys? A static file, an image layer or a disk cache does not follow rotations',
      'Fetch from this very host: curl -s "$(curl -s $ISSUER/.well-known/openid-configuration | jq -r .jwks_uri)" | jq -r ".keys[].kid"; a proxy may serve an old copy',
    ],
    fix: 'Restart or reload the host now. Then let it fetch again on an unknown kid (jose createRemoteJWKSet with cooldownDuration, PyJWKClient lifespan, jwks-rsa cacheMaxAge, Spring and Nimbus do so by themselves), and let the issuer publish a new key at least one cache lifetime before it signs with it.',
    links: [
      openidCore('RotateSigKeys', 'rotation of signing keys'),
      rfc(7517, '5', 'JWK set'),
      {
        text: 'jose: createRemoteJWKSet',
        url: 'https://github.com/panva/jose/blob/main/docs/jwks/remote/functions/createRemoteJWKSet.md',
      },
    ],
  },
  algorithm: {
    title: 'Algorithm not allowed',
    sentence: 'The token is signed with an algorithm (alg) that the validator does not allow.',
    checks: [
      'cut -d. -f1 token.txt | basenc -d --base64url 2>/dev/null | jq -r .alg: what is in the token?',
      'Which algorithms does the validator allow, and which does the issuer announce (id_token_signing_alg_values_supported)?',
      'alg "none", or HS256 where RS256 is expected, is an attack until proven otherwise',
    ],
    fix: 'List exactly the algorithms that the issuer uses (algorithms: ["ES256"] and the like), one kind of key for each. Never take the algorithm from the token, and never allow none.',
    links: [
      rfc(8725, '3.1', 'perform algorithm verification'),
      rfc(7515, '4.1.1', 'alg'),
      rfc(9068, '2.1', 'signing of access tokens'),
    ],
  },
  grant_type: {
    title: 'Grant type not allowed',
    sentence: 'The issuer does not support this grant type, or does not allow it to this client.',
    checks: [
      'curl -s $ISSUER/.well-known/openid-configuration | jq -c .grant_types_supported',
      'Which flows are switched on for this client (Keycloak: Service accounts, Direct access grants, Standard flow)?',
      'unsupported_grant_type: is grant_type spelt right, in the form body and not in JSON or the query?',
    ],
    fix: 'Allow the client the one flow it needs: authorization code with PKCE for people, client credentials for machines, device code for devices. Move away from password and implicit: both are gone in OAuth 2.1.',
    links: [rfc(6749, '5.2', 'unauthorized_client, unsupported_grant_type'), rfc(9700, '2.4', 'no password grant')],
  },
  scope_not_allowed: {
    title: 'Scope not allowed for the client',
    sentence: 'The client asked for a scope that does not exist or that it may not have.',
    checks: [
      'Is the scope spelt right, separated by spaces (not commas) and encoded once?',
      'Is the scope assigned to this client at the issuer, and is consent given where it is needed?',
      'Compare scope in the answer with what was asked for: issuers may drop scopes in silence, and the 403 comes later elsewhere',
    ],
    fix: 'Assign the scope to the client or stop asking for it; let the client compare the granted scope with what it needs and say so at start.',
    links: [rfc(6749, '3.3', 'scope'), rfc(6749, '5.2', 'invalid_scope'), ENTRA_CODES],
  },
  discovery: {
    title: 'Discovery failed',
    sentence: 'The discovery document is missing, is no JSON, or does not fit the issuer it was fetched for.',
    checks: [
      'curl -si $ISSUER/.well-known/openid-configuration: 200, application/json, and issuer equal to $ISSUER?',
      'Path: OpenID Connect appends /.well-known/… to the issuer; RFC 8414 inserts it between host and path',
      'Is a login page, a proxy or a redirect answering instead of the issuer?',
    ],
    fix: 'Correct the issuer URL of the validator or client; let the proxy pass /.well-known/ unchanged and make the issuer announce its public URL.',
    links: [
      openidDiscovery('ProviderConfig', 'obtaining the configuration'),
      rfc(8414, '3', 'metadata URL'),
      rfc(8414, '3.3', 'metadata validation'),
    ],
  },
  credential_expired: {
    title: 'Expired client secret or certificate',
    sentence:
      'The credential of the client or of the issuer itself (secret, key, certificate) has passed its end date.',
    checks: [
      'openssl x509 -in cert.pem -noout -enddate; of a server: openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -enddate',
      'End date of the client secret at the issuer (Entra ID: Certificates & secrets, error AADSTS7000222)',
      'Who is told before it expires, and does that person still work there?',
    ],
    fix: 'Make a new credential, put it in place beside the old one, then remove the old one. Watch end dates with an alert weeks ahead, or use workload identity federation, which has none.',
    links: [rfc(6749, '5.2', 'invalid_client'), rfc(5280, '4.1.2.5', 'certificate validity'), ENTRA_CODES],
  },
}
