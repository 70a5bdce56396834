/** Remedy for `unknown`: a failure with no stated reason. It is shown first, because nothing may be dropped in silence. */
import type { RemediesOf } from './remedy.ts'
import { rfc } from './standard-link.ts'

export const UNKNOWN: RemediesOf<'unknown'> = {
  unspecified: {
    title: 'Failure with no stated reason',
    sentence: 'A token was refused, and no record that speaks of the request says why.',
    checks: [
      'Is the log of the service that refused it among the sources? An access log alone only knows 401',
      'Raise the log level of the token library or of the gateway until it names the reason',
      'curl -si -H "Authorization: Bearer $TOKEN" $URL | grep -i ^www-authenticate: shows error and error_description',
    ],
    fix: 'Let the service log the error of its token library once per refused request, with request id and client id, and let it answer with the error codes of RFC 6750. Then look the code up in the documentation of the provider, or pass the line to authtop explain.',
    links: [
      rfc(6750, '3', 'WWW-Authenticate'),
      rfc(6750, '3.1', 'error codes'),
      {
        text: 'Microsoft Entra: error codes',
        url: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
      },
      { text: 'Okta: error codes', url: 'https://developer.okta.com/docs/reference/error-codes/' },
      { text: 'Auth0: log event type codes', url: 'https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes' },
    ],
  },
}
