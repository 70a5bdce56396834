/**
 * Remedies for `revocation`: withdrawn before its time, by a person, a policy or the issuer's theft detection.
 * Often right and wanted: the question is whether the holder learns of it and stops.
 */
import type { RemediesOf } from './remedy.ts'
import { rfc } from './standard-link.ts'

const KEYCLOAK_SESSIONS = {
  text: 'Keycloak: managing user sessions',
  url: 'https://www.keycloak.org/docs/latest/server_admin/index.html#managing-user-sessions',
}

export const REVOCATION: RemediesOf<'revocation'> = {
  token_revoked: {
    title: 'Revoked token',
    sentence: 'The token had been revoked at the issuer before it expired, and its holder went on using it.',
    checks: [
      'Who revoked it and when: issuer log, POST to the revocation endpoint or an administrator action',
      'curl -s -u $CLIENT_ID:$CLIENT_SECRET -d token=$TOKEN $INTROSPECTION_ENDPOINT | jq .active',
      'Does the client drop its token on logout and on the first invalid_token, or does it retry with it?',
    ],
    fix: 'If the revocation was meant, make the client stop: on invalid_token it must drop the token, try one refresh and then ask for a login. If not, find the caller of the revocation endpoint. A burst from one address after a revocation may be a stolen token.',
    links: [rfc(7009, '2', 'token revocation'), rfc(6750, '3.1', 'invalid_token'), rfc(7662, '2.2', 'active')],
  },
  session_ended: {
    title: 'Session ended',
    sentence: 'The login session was ended (logout, administrator, another device), and with it its tokens.',
    checks: [
      'Issuer log: a logout for this session shortly before',
      'Does the application receive back-channel logout, and does it then drop its own session?',
      'Was the session store of the issuer restarted or emptied? Then everybody is affected at the same moment',
    ],
    fix: 'Send the user through login. Handle back-channel logout, so that the application stops before its next call fails; if the issuer lost sessions on restart, make its session store persistent.',
    links: [
      {
        text: 'OpenID Connect Back-Channel Logout',
        url: 'https://openid.net/specs/openid-connect-backchannel-1_0.html',
      },
      rfc(7009, '2', 'token revocation'),
      KEYCLOAK_SESSIONS,
    ],
  },
  refresh_reused: {
    title: 'Refresh token used twice',
    sentence:
      'A refresh token that had already been exchanged was presented again, so the issuer revoked the whole family.',
    checks: [
      'Two addresses or user agents on the same token: treat it as theft until proven otherwise',
      'One client: do parallel requests, browser tabs or replicas refresh at the same time with the same token?',
      'Was the answer to the first refresh lost (timeout, crash) before the new token was stored?',
    ],
    fix: 'Refresh under one lock per session and store the new refresh token before using the new access token. Allow a short overlap where the issuer has one (Auth0 reuse interval, Okta grace period, Keycloak Refresh Token Max Reuse). If it was theft, end the session and rotate what the client knew.',
    links: [
      rfc(9700, '4.14.2', 'refresh token rotation'),
      rfc(6749, '10.4', 'refresh tokens'),
      {
        text: 'Auth0: refresh token rotation',
        url: 'https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation',
      },
    ],
  },
  consent_withdrawn: {
    title: 'Consent withdrawn',
    sentence: 'The user or an administrator took back the permission given to this client.',
    checks: [
      'Issuer: the grants or connected applications of the user, and who removed the entry',
      'Did the client ask for new scopes? Some issuers void the old consent then',
      'Is consent for the whole organisation (Entra ID: admin consent) missing or taken back?',
    ],
    fix: 'Stop using the grant, tell the user, and ask for consent again (prompt=consent) only when they next want the function.',
    links: [
      rfc(6749, '5.2', 'invalid_grant'),
      rfc(7009, '2', 'token revocation'),
      {
        text: 'Google: refresh token expiration',
        url: 'https://developers.google.com/identity/protocols/oauth2#expiration',
      },
    ],
  },
  principal_disabled: {
    title: 'Account disabled',
    sentence: 'The user, service account or client behind the token is disabled, locked or deleted.',
    checks: [
      'State of the account in the directory: enabled, locked, password change required, deleted?',
      'Who disabled it and when (audit log); several at once point to a synchronisation or a licence rule',
      'Is a job running under a person who has left?',
    ],
    fix: 'If it was meant, stop the caller and remove its credentials. Unattended work belongs to a service account or client credentials with an owner, never to a person.',
    links: [
      rfc(6749, '5.2', 'invalid_grant and invalid_client'),
      {
        text: 'Microsoft Entra: error codes (AADSTS50057)',
        url: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
      },
    ],
  },
  inactive: {
    title: 'Inactive token at introspection',
    sentence:
      'Introspection answered active=false: the token is expired, revoked or not known to this issuer, and the answer does not say which.',
    checks: [
      'Issuer log around that time: was this token revoked, or had it simply expired?',
      'Is it the right issuer and realm, and may this resource server introspect tokens for that audience?',
      'curl -s -u $CLIENT_ID:$CLIENT_SECRET -d token=$TOKEN $INTROSPECTION_ENDPOINT | jq',
    ],
    fix: 'Read the reason off the issuer side; have the client refresh once and then log in again. If fresh tokens come back inactive, look at the clocks, the realm and the credentials of the introspecting server.',
    links: [rfc(7662, '2.2', 'active'), rfc(7662, '4', 'security considerations')],
  },
  denylisted: {
    title: 'Token on a deny list',
    sentence: 'The token was refused by a deny list that the application keeps itself, usually by its jti.',
    checks: [
      'Which entry matches (jti, sid, subject, everything issued before a date) and who wrote it?',
      'Is there a not-before or logout-everywhere entry that also covers new tokens?',
      'Do entries end with exp of the token, or does the list grow for ever?',
    ],
    fix: 'Issue a new token after login. Keep entries until exp and no longer, match on jti and iat, and compare iat with the clock of the issuer and not with that of the host that keeps the list.',
    links: [rfc(7519, '4.1.7', 'jti'), rfc(7009, '3', 'implementation note on self-contained tokens')],
  },
}
