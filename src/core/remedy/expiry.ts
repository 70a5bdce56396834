/**
 * Remedies for `expiry`: something was used past its lifetime by a correct clock. The holder is late, not the clock;
 * where a clock is to blame the cause is `skew`.
 */
import type { RemediesOf } from './remedy.ts'
import { openidCore, rfc } from './standard-link.ts'

export const EXPIRY: RemediesOf<'expiry'> = {
  access_token: {
    title: 'Expired access token',
    sentence: 'The client went on using an access token after its lifetime had ended.',
    checks: [
      'Does the client refresh before expires_in runs out, or does it keep one token until it is refused?',
      'On a 401 with error="invalid_token", does the client refresh once and retry, or does it give up?',
      'How long does the token live against how long a job runs: jq -R \'split(".")[1]|gsub("-";"+")|gsub("_";"/")|@base64d|fromjson|.exp-.iat\' token.txt',
    ],
    fix: 'Refresh (RFC 6749 section 6) or re-authenticate when about 80 % of the lifetime has passed, and treat a 401 invalid_token as "refresh once, then retry". Long jobs must fetch a token per step, not per run. A longer lifetime only moves the moment.',
    links: [
      rfc(6750, '3.1', 'invalid_token'),
      rfc(6749, '6', 'refreshing an access token'),
      rfc(7519, '4.1.4', 'exp'),
      {
        text: 'jose: JWTVerifyOptions',
        url: 'https://github.com/panva/jose/blob/main/docs/jwt/verify/interfaces/JWTVerifyOptions.md',
      },
    ],
  },
  refresh_token: {
    title: 'Expired refresh token',
    sentence: 'The refresh token had outlived its absolute or idle lifetime, so the issuer answered invalid_grant.',
    checks: [
      'Which limit was met: idle time or absolute age? (Keycloak: SSO Session Idle, SSO Session Max; Auth0: Inactivity and Absolute Expiration; Entra ID: AADSTS700082 names the day)',
      'Was the client silent for longer than the idle limit (laptop asleep, weekly job)?',
      'Does the client store the new refresh token when the answer to a refresh contains one?',
    ],
    fix: 'Send the user through the authorization request again: an expired refresh token cannot be revived. For unattended work use the client credentials grant or offline_access with a lifetime that covers the longest pause.',
    links: [
      rfc(6749, '5.2', 'invalid_grant'),
      openidCore('OfflineAccess', 'offline access'),
      {
        text: 'Keycloak: session and token timeouts',
        url: 'https://www.keycloak.org/docs/latest/server_admin/index.html#_timeouts',
      },
      {
        text: 'Microsoft Entra: error codes',
        url: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
      },
    ],
  },
  id_token: {
    title: 'Expired ID token',
    sentence: 'An ID token was validated, or used as a login hint, after its expiry.',
    checks: [
      'Is the ID token used as a session or sent to an API? It only proves one login to one client.',
      'How long lies between issue and validation: a slow redirect, a page that was left open, a back button?',
      'Is the client host on time: chronyc tracking (or timedatectl timesync-status)',
    ],
    fix: 'Validate the ID token once, on arrival, and then keep your own session. For APIs use access tokens; to know whether the user is still logged in ask the issuer again (prompt=none).',
    links: [openidCore('IDTokenValidation', 'ID token validation'), openidCore('AuthRequest', 'prompt and max_age')],
  },
  authorization_code: {
    title: 'Expired authorization code',
    sentence: 'The authorization code was redeemed after its short lifetime (at most ten minutes, often 60 seconds).',
    checks: [
      'How long lies between the redirect in the access log and the POST to the token endpoint?',
      'Does the callback wait for something slow (cold start, queue, retry with back-off) before it redeems the code?',
      'Is the same callback URL replayed from history or a bookmark?',
    ],
    fix: 'Redeem the code at once in the callback, before any other work, and do not retry it later: start a new authorization request instead.',
    links: [rfc(6749, '4.1.2', 'authorization code lifetime'), rfc(6749, '5.2', 'invalid_grant')],
  },
  device_code: {
    title: 'Expired device code',
    sentence: 'The user did not confirm the device code before it ran out, so polling ended with expired_token.',
    checks: [
      'How long does the code live (expires_in of the device authorization answer) against how long people need?',
      'Does the device show a new code after expired_token, or does it go on polling?',
      'Did the user reach the verification page at all (issuer log, login events)?',
    ],
    fix: 'On expired_token start a new device authorization request, with a button and not by itself for ever. Show verification_uri_complete as a QR code, so that nobody has to type.',
    links: [rfc(8628, '3.5', 'expired_token'), rfc(8628, '3.2', 'expires_in')],
  },
  session: {
    title: 'Expired session',
    sentence: 'The login session behind the token had reached its idle or absolute limit.',
    checks: [
      'Which limit: idle or absolute? Compare the last activity with the session settings of the issuer and of the application',
      'Is the application session longer than the issuer session, so that refreshes fail while the user still works?',
      'Is the session store shared by all instances, and does it survive a restart?',
    ],
    fix: 'Let the application session end no later than the issuer session, refresh while the user is active, and send the user through login when the session is gone instead of showing an error.',
    links: [
      { text: 'OpenID Connect Session Management', url: 'https://openid.net/specs/openid-connect-session-1_0.html' },
      openidCore('AuthRequest', 'prompt and max_age'),
      {
        text: 'Keycloak: session and token timeouts',
        url: 'https://www.keycloak.org/docs/latest/server_admin/index.html#_timeouts',
      },
    ],
  },
  assertion: {
    title: 'Expired assertion',
    sentence: 'A JWT or SAML assertion used to log in or to authenticate a client was past its expiry.',
    checks: [
      'Does the sender make a new assertion for each request, or is one cached?',
      'How long does it live: exp minus iat (JWT), NotOnOrAfter minus IssueInstant (SAML)?',
      'Is the sender on time: chronyc tracking',
    ],
    fix: 'Sign a fresh assertion per token request with a lifetime of a minute or a few, and never store it. If the sender is late by a constant amount, repair its clock first.',
    links: [
      rfc(7523, '3', 'JWT assertion requirements'),
      rfc(7522, '3', 'SAML assertion requirements'),
      openidCore('ClientAuthentication', 'private_key_jwt'),
    ],
  },
  ticket: {
    title: 'Expired ticket',
    sentence: 'A Kerberos ticket (or a similar one-time ticket) was used after its end time.',
    checks: [
      'klist (Windows: klist tickets): end time and renew-until of the ticket',
      'Does the service renew it (k5start, kinit -R, sssd krb5_renew_interval)?',
      'chronyc tracking on the client and on the KDC: Kerberos allows 300 s of difference by default',
    ],
    fix: 'Renew before the end time with k5start or sssd, or take a new ticket from a keytab; raise ticket_lifetime only within what the KDC policy allows.',
    links: [
      rfc(4120, '2.3', 'renewable tickets'),
      {
        text: 'MIT Kerberos: krb5.conf',
        url: 'https://web.mit.edu/kerberos/krb5-latest/doc/admin/conf_files/krb5_conf.html',
      },
    ],
  },
  max_age: {
    title: 'Too old for the asked-for maximum age',
    sentence: 'The token was not expired, but it or the login behind it was older than the checking side allows.',
    checks: [
      'Which limit is set: max_age in the request (against auth_time), or maxTokenAge/maxAge in the validator (against iat)?',
      'Is the limit shorter than the token lifetime? Then every token fails in its last part',
      'Does the client answer insufficient_user_authentication by a new login?',
    ],
    fix: 'Make the validator limit at least the token lifetime (jose maxTokenAge, jsonwebtoken maxAge), or shorten the lifetime; where a recent login is really wanted, send the user to log in again with max_age.',
    links: [
      rfc(9470, '3', 'insufficient_user_authentication'),
      openidCore('AuthRequest', 'max_age'),
      rfc(7519, '4.1.6', 'iat'),
    ],
  },
}
