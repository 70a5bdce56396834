/**
 * Remedies for `misuse`: a good token, or a good code, in the wrong place. Either the caller confuses two tokens, or
 * somebody uses what was made for somebody else; the second is an attack and is refused rightly.
 */
import type { RemediesOf } from './remedy.ts'
import { openidCore, rfc } from './standard-link.ts'

export const MISUSE: RemediesOf<'misuse'> = {
  insufficient_scope: {
    title: 'Insufficient scope',
    sentence: 'The token is valid, but it does not carry the scope, role or permission that this operation needs.',
    checks: [
      'Compare scope, scp or roles of the token with what the service asks for; WWW-Authenticate names it: scope="…"',
      'Did the client ask for the scope, and was it granted? scope of the token answer may be smaller than what was asked for',
      'Spelling and mapping: Spring expects SCOPE_x, Entra ID puts scopes into scp and application permissions into roles',
    ],
    fix: 'Request and grant the scope and get a new token: refreshing keeps the old scopes. Answer 403 insufficient_scope, not 401, so that clients do not start to refresh in a loop.',
    links: [
      rfc(6750, '3.1', 'insufficient_scope'),
      rfc(6749, '3.3', 'scope'),
      rfc(9068, '2.2.3', 'authorization claims'),
    ],
  },
  wrong_token_type: {
    title: 'Wrong kind of token',
    sentence: 'A token of another kind was sent: ID token, refresh token or logout token instead of an access token.',
    checks: [
      'typ of the header and claims: at+jwt is an access token; nonce or at_hash point to an ID token; Keycloak says typ: Bearer, ID, Refresh',
      'Which field of the token answer does the client send: access_token, id_token or refresh_token?',
      'Token type: does the request use Bearer where DPoP is required, or the other way round?',
    ],
    fix: 'Send access_token to APIs, keep id_token in the client and refresh_token for the token endpoint only. Let validators require typ at+jwt where the issuer sets it.',
    links: [
      rfc(8725, '3.11', 'explicit typing'),
      rfc(8725, '3.12', 'mutually exclusive validation rules'),
      rfc(9068, '4', 'validating at+jwt'),
    ],
  },
  pkce: {
    title: 'PKCE check failed',
    sentence: 'The code_verifier does not fit the code_challenge that the login began with, or one of them is missing.',
    checks: [
      'Is the verifier kept between redirect and callback (same browser, same tab storage, sticky session)?',
      'printf %s "$VERIFIER" | openssl dgst -sha256 -binary | basenc --base64url | tr -d =: equal to code_challenge?',
      'Were two logins started side by side, so that the second overwrote the verifier of the first?',
    ],
    fix: 'Store the verifier per login attempt, keyed by state, with method S256. If only some logins fail across replicas, share the session store. A verifier that never fits may be code injection: refused rightly.',
    links: [
      rfc(7636, '4.6', 'server verifies code_verifier'),
      rfc(7636, '4.1', 'code_verifier'),
      rfc(9700, '2.1.1', 'PKCE for all clients'),
    ],
  },
  nonce_state: {
    title: 'State or nonce mismatch',
    sentence: 'The answer of the login does not belong to the request that this browser began.',
    checks: [
      'Is the cookie that holds state there at the callback (SameSite, Secure, domain, 10 minutes of life)?',
      'Back button, bookmarked login page, two tabs or a link preview that opened the URL first?',
      'Several replicas without a shared session store, or cookie keys that differ between them?',
    ],
    fix: 'Keep state and nonce per login attempt in a SameSite=Lax (form_post: None) cookie, share the store, and on a mismatch start a new login once. Never skip the check: it is what stops login CSRF and replay.',
    links: [
      rfc(6749, '10.12', 'cross-site request forgery'),
      openidCore('NonceNotes', 'nonce'),
      rfc(9700, '4.7', 'CSRF'),
    ],
  },
  sender_binding: {
    title: 'Token bound to another sender',
    sentence:
      'The token is bound to a key or certificate (DPoP, mutual TLS), and the proof with the request is missing or does not fit.',
    checks: [
      'cnf of the token (jkt or x5t#S256) against the thumbprint of the key the client uses now: did it restart with a new key?',
      'DPoP proof: htm and htu equal to method and public URL (behind a proxy!), ath of this token, a new jti, the demanded nonce',
      'Mutual TLS: does the proxy pass the client certificate on to the service?',
    ],
    fix: 'Keep the key as long as its tokens live, build a proof per request, repeat once with the DPoP-Nonce the server sends, and make proxies hand on the original URL and certificate. A bound token from elsewhere is a stolen one: refused rightly.',
    links: [
      rfc(9449, '4.3', 'checking DPoP proofs'),
      rfc(9449, '8', 'server-provided nonce'),
      rfc(8705, '3', 'certificate-bound tokens'),
    ],
  },
  code_replayed: {
    title: 'Authorization code used twice',
    sentence:
      'An authorization code was redeemed a second time; issuers then also revoke the tokens of the first time.',
    checks: [
      'Is the callback called twice: reload, double click, React StrictMode effects, a prefetching browser?',
      'Does the HTTP client or a proxy retry the POST to the token endpoint after a timeout?',
      'Two different addresses for the same code: treat it as interception',
    ],
    fix: 'Redeem the code exactly once, on the server, delete it from the URL with a redirect, and do not retry this POST by itself. PKCE makes a stolen code worthless.',
    links: [
      rfc(6749, '4.1.2', 'code must not be used twice'),
      rfc(6749, '10.5', 'authorization codes'),
      rfc(9700, '4.5', 'code injection'),
    ],
  },
  wrong_client: {
    title: 'Issued to another client',
    sentence: 'A code, refresh token or access token was used by a client other than the one it was issued to.',
    checks: [
      'client_id of the request against azp or client_id of the token or the client of the grant',
      'Do two applications (web and mobile, blue and green) share a token store or a session under different client ids?',
      'Was the client registered anew while old grants are still in use?',
    ],
    fix: 'Keep tokens apart per client; after a new registration send users through login once. To act for a user at another service use token exchange and not a handed-on token.',
    links: [
      rfc(6749, '5.2', 'invalid_grant: issued to another client'),
      openidCore('IDTokenValidation', 'azp'),
      rfc(8693, '2', 'token exchange'),
    ],
  },
}
