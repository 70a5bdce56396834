/**
 * Remedies for `malformed`: what arrived is not an intact token. Either it was damaged or cut on its way, or it never
 * was a token of this issuer; many sources with random damage are a scan, one source with the same damage is a bug.
 */
import type { RemediesOf } from './remedy.ts'
import { openidCore, rfc } from './standard-link.ts'

export const MALFORMED: RemediesOf<'malformed'> = {
  missing: {
    title: 'No token sent',
    sentence: 'The request carried no token where the service looks for one.',
    checks: [
      'curl -si -H "Authorization: Bearer $TOKEN" $URL: does the direct call work where the way over the gateway fails?',
      'Is the header lost on the way: a redirect to another host, a proxy, CORS preflight, Apache without CGIPassAuth?',
      'Is it a probe, a health check or a crawler that was never meant to have a token?',
    ],
    fix: 'Send Authorization: Bearer, one space, the token. Make proxies pass the header on, exclude health checks, and answer with a WWW-Authenticate challenge without error code, as the standard asks.',
    links: [rfc(6750, '2.1', 'Authorization header'), rfc(6750, '3', 'WWW-Authenticate')],
  },
  structure: {
    title: 'Not a token of the expected form',
    sentence: 'What was sent does not have the parts of a token (a signed JWT has three, separated by dots).',
    checks: [
      'awk -F. "{print NF, length}" token.txt: a signed JWT has 3 parts, an encrypted one 5, an opaque token 1',
      'Is "Bearer " doubled, are there quotes around it, or is it the text undefined, null or [object Object]?',
      'Was it cut: header or cookie limit (4096 or 8192 bytes), database column, log viewer?',
    ],
    fix: 'Send the token unchanged. Opaque tokens must be introspected and cannot be decoded as JWT. If tokens outgrow header limits, put less into them (groups, roles).',
    links: [
      rfc(7515, '7.1', 'compact serialization'),
      rfc(7519, '7.2', 'validating a JWT'),
      rfc(7662, '2', 'introspection'),
    ],
  },
  encoding: {
    title: 'Broken encoding',
    sentence: 'A part of the token is not valid base64url, or does not contain JSON.',
    checks: [
      'grep -c "[+/=%]" token.txt: +, / and = belong to base64, %2E to URL encoding; base64url has none of them',
      'Is the token percent-decoded once too often or too seldom on its way through query strings and cookies?',
      'Line breaks or spaces in the middle: copied from a terminal or an e-mail?',
    ],
    fix: 'Carry the token in the Authorization header and not in URLs, and pass it on byte by byte; whoever makes tokens must use base64url without padding.',
    links: [rfc(7515, '2', 'base64url'), rfc(7519, '7.2', 'validating a JWT')],
  },
  signature: {
    title: 'Invalid signature',
    sentence: 'The signature does not fit the content of the token under the key it was checked with.',
    checks: [
      'One host only, or since one moment? Then its key is old or wrong: compare kid with the JWKS of the issuer',
      'All tokens of one issuer: shared secret (HS256) different, base64 once too often, or the key of another environment?',
      'Random clients and addresses, changed claims or alg none: tampering; block and keep the records',
    ],
    fix: 'Let validators take keys from jwks_uri by kid instead of copies; for HS256 compare the bytes of the secrets (printf %s "$SECRET" | sha256sum). Tampered tokens were refused rightly: nothing to repair, but watch where they come from.',
    links: [
      rfc(7515, '5.2', 'signature validation'),
      rfc(8725, '3.2', 'appropriate algorithms'),
      openidCore('RotateSigKeys', 'rotation of signing keys'),
    ],
  },
  claim_missing: {
    title: 'Claim missing',
    sentence: 'A claim that the validator requires is not in the token.',
    checks: [
      'Which claim, and does this kind of token have it? Access tokens of RFC 9068: iss, exp, aud, sub, client_id, iat, jti',
      'Is it an ID token where an access token is expected, or the other way round?',
      'Is the claim bound to a scope or mapper that this client does not have?',
    ],
    fix: 'Let the issuer add the claim (scope, mapper, action), or require only what the profile guarantees. exp, iss and aud should stay required.',
    links: [
      rfc(7519, '4.1', 'registered claims'),
      rfc(9068, '2.2', 'access token claims'),
      openidCore('IDToken', 'ID token claims'),
    ],
  },
  claim_invalid: {
    title: 'Claim with a wrong value or type',
    sentence: 'A claim is there but has a type or value that the validator does not accept.',
    checks: [
      'jq -R \'split(".")[1]|gsub("-";"+")|gsub("_";"/")|@base64d|fromjson\' token.txt: exp, nbf and iat must be numbers of seconds, not text and not milliseconds',
      'Is sub a number where text is required (PyJWT from 2.10 on), or aud an object?',
      'Which rule of the application refused it (tenant, azp, acr, version)?',
    ],
    fix: 'Correct the maker of the token; times are NumericDate, seconds since 1970 UTC. Own rules should name the claim and the value they wanted in their message.',
    links: [
      rfc(7519, '2', 'NumericDate'),
      rfc(7519, '4.1', 'registered claims'),
      openidCore('IDTokenValidation', 'azp, acr'),
    ],
  },
  decryption: {
    title: 'Decryption failed',
    sentence: 'An encrypted token could not be decrypted with the keys at hand.',
    checks: [
      'Header of the token: alg, enc and kid (cut -d. -f1 token.txt | basenc -d --base64url 2>/dev/null | jq -c .)',
      'Was the encryption key of the receiver rotated while the issuer still uses the old public key?',
      'Do all replicas share the same key (session and cookie keys too)?',
    ],
    fix: 'Give all replicas the same current and previous key; publish the new public key (use: enc), wait until the issuer has fetched it, and only then drop the old one.',
    links: [
      rfc(7516, '5.2', 'message decryption'),
      rfc(7517, '4.2', 'use'),
      openidCore('RotateEncKeys', 'rotation of encryption keys'),
    ],
  },
}
