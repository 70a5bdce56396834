/**
 * Remedies for `outage`: a party that was needed did not answer. The tokens may all be good; software often reports
 * such a failure as a bad token, so the remedy begins at the party and not at the client.
 */
import type { RemediesOf } from './remedy.ts'
import { openidCore, rfc } from './standard-link.ts'

export const OUTAGE: RemediesOf<'outage'> = {
  jwks_unavailable: {
    title: 'Signing keys could not be fetched',
    sentence: 'The validator needed the issuer keys (JWKS) and could not get them, so good tokens were refused.',
    checks: [
      'From that host: curl -sS -m 5 "$(curl -sS $ISSUER/.well-known/openid-configuration | jq -r .jwks_uri)" | jq \'.keys|length\'',
      'Name resolution, proxy, firewall and certificates on the way; an HTML error page instead of JSON counts as unreachable',
      'Does the validator keep old keys when a fetch fails, and does it limit how often it fetches (429)?',
    ],
    fix: 'Restore the way to jwks_uri. Cache keys for hours, fetch again on an unknown kid with a pause between (jose cacheMaxAge and cooldownDuration, jwks-rsa cache and rateLimit), and keep the last good set while the issuer is away. Answer 503, not 401, when the keys are missing.',
    links: [
      rfc(7517, '5', 'JWK set'),
      openidCore('RotateSigKeys', 'key rotation and caching'),
      {
        text: 'jose: RemoteJWKSetOptions',
        url: 'https://github.com/panva/jose/blob/main/docs/jwks/remote/interfaces/RemoteJWKSetOptions.md',
      },
    ],
  },
  introspection_unavailable: {
    title: 'Introspection did not answer',
    sentence: 'The resource server could not reach the introspection endpoint or got an error from it.',
    checks: [
      'From that host: curl -sS -m 5 -o /dev/null -w "%{http_code} %{time_total}\\n" -u $CLIENT_ID:$CLIENT_SECRET -d token=x $INTROSPECTION_ENDPOINT (200 with active=false is healthy)',
      'A 401 here is the resource server itself: its client secret, not the token',
      'Load: one introspection per request multiplies every peak',
    ],
    fix: 'Restore the endpoint; set a short timeout, cache positive answers for seconds up to exp, and answer 503 instead of 401 while it is away. Where revocation may lag, validate JWTs locally.',
    links: [rfc(7662, '2.3', 'error response'), rfc(7662, '4', 'caching')],
  },
  issuer_unavailable: {
    title: 'Issuer did not answer',
    sentence: 'The authorization server could not be reached or did not answer in time.',
    checks: [
      'curl -sS -m 5 -o /dev/null -w "%{http_code} %{time_total}\\n" $ISSUER/.well-known/openid-configuration',
      'Status page of the provider; health, database and connection pool of your own issuer',
      'TLS: openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -dates',
    ],
    fix: 'Restore the issuer. Clients should keep using tokens that are still valid, refresh early so that a short outage passes unnoticed, and retry with exponential back-off and jitter, so that the return is not a stampede.',
    links: [rfc(9110, '15.6.4', '503 and Retry-After'), rfc(6749, '4.1.2.1', 'temporarily_unavailable')],
  },
  rate_limited: {
    title: 'Rate limit met',
    sentence: 'The issuer, its keys endpoint or the client library refused further requests for now.',
    checks: [
      'Retry-After and X-RateLimit-* of the answer: which limit, per client, per address or per tenant?',
      'Does the client fetch a token per request instead of keeping it until it nearly expires?',
      'Does an unknown kid (or random kids from a scanner) make every request fetch the JWKS?',
    ],
    fix: 'Cache tokens per client and scope, refresh once for all workers, honour Retry-After with back-off and jitter, and let unknown kids trigger at most one fetch per half minute.',
    links: [
      rfc(6585, '4', '429 Too Many Requests'),
      rfc(8628, '3.5', 'slow_down'),
      {
        text: 'Auth0: rate limits',
        url: 'https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy',
      },
    ],
  },
  server_error: {
    title: 'Error inside the issuer',
    sentence: 'The authorization server answered with an internal error (server_error or 5xx).',
    checks: [
      'Log of the issuer at that time, by its correlation or trace id',
      'What changed there: deploy, certificate, database, user federation (LDAP), custom scripts or hooks?',
      'Is it one client, one user or everybody?',
    ],
    fix: 'Repair the issuer or give its vendor the correlation id. Clients may retry token requests with back-off; a code or a rotated refresh token may already be used up, so after a failed retry start a new login.',
    links: [rfc(6749, '4.1.2.1', 'server_error'), rfc(9110, '15.6', '5xx')],
  },
}
