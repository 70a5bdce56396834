/**
 * Remedies for `skew`: the clocks of issuer and validator disagree by more than the leeway. First the clock, then the
 * leeway: a leeway wide enough to hide a broken clock also accepts tokens that are long dead.
 */
import { LEEWAY_SENTENCE } from './leeway-settings.ts'
import type { RemediesOf } from './remedy.ts'
import { rfc } from './standard-link.ts'

const CHRONY = { text: 'chrony: documentation', url: 'https://chrony-project.org/documentation.html' }
const SPRING = {
  text: 'Spring Security: clock skew',
  url: 'https://docs.spring.io/spring-security/reference/servlet/oauth2/resource-server/jwt.html#oauth2resourceserver-jwt-validation-clockskew',
}

export const SKEW: RemediesOf<'skew'> = {
  not_yet_valid: {
    title: 'Token from the future (nbf)',
    sentence: 'The token was used before its not-before time by the clock of the host that checked it.',
    checks: [
      'Clock of the host that refused it: chronyc tracking (System time, Leap status) or timedatectl timesync-status',
      'Clock of the issuer: curl -sI $ISSUER/.well-known/openid-configuration | grep -i ^date: ; date -u',
      'Which of the two is off: do other hosts accept the same token at the same time?',
    ],
    fix: `Synchronise the host that is off (chronyc makestep, then find out why it drifted: blocked UDP 123, a paused virtual machine, two time services). Allow a leeway of a few seconds for network and rounding, not minutes. ${LEEWAY_SENTENCE}`,
    links: [rfc(7519, '4.1.5', 'nbf and leeway'), CHRONY, SPRING],
  },
  issued_in_future: {
    title: 'Issued in the future (iat)',
    sentence: 'The token claims to have been issued later than the clock of the host that checked it.',
    checks: [
      'chronyc tracking on the issuer and on the host that refused it; on cloud machines also the hypervisor time service',
      'One host refuses: its clock is behind. All hosts refuse: the clock of the issuer is ahead',
      'Is iat in seconds? A value of 13 digits is in milliseconds and lies in the far future',
    ],
    fix: `Synchronise the clock that is off. Tokens minted while the issuer was ahead stay refused until time has caught up, so reissue them. RFC 7519 gives iat no rule of its own: golang-jwt checks it only with WithIssuedAt(), jose only with maxTokenAge, jsonwebtoken never. ${LEEWAY_SENTENCE}`,
    links: [rfc(7519, '4.1.6', 'iat'), CHRONY],
  },
  fresh_token_expired: {
    title: 'Fresh token taken for expired',
    sentence:
      'A token well within its lifetime was refused as expired, because the clock of the checking host is ahead.',
    checks: [
      'chronyc tracking on the host that refused it; compare: date +%s.%N; ssh OTHER date +%s.%N',
      'Do other hosts accept the same token at the same time? Then this host is at fault and not the client',
      'Is the lifetime shorter than the clock error? Only then do all its fresh tokens fail; before that they merely die early',
    ],
    fix: `Synchronise the clock of that host (chronyc makestep) and watch its offset from now on; until then take it out of the load balancer. Refreshing does not help: the new token is refused as well. ${LEEWAY_SENTENCE}`,
    links: [rfc(7519, '4.1.4', 'exp and leeway'), CHRONY, SPRING],
  },
  request_time_skewed: {
    title: 'Request time too far off',
    sentence:
      'The time inside a signed request differs too much from the server time (AWS signatures, Kerberos, DPoP proofs, SAML).',
    checks: [
      'Clock of the caller: chronyc tracking; inside containers and WSL the clock of the machine below counts',
      'Time of the server: curl -sI https://sts.amazonaws.com | grep -i ^date: ; date -u',
      'Which window applies: AWS 15 minutes for S3 and 5 for most services, Kerberos clockskew = 300 s, DPoP as the server says',
    ],
    fix: 'Synchronise the clock of the caller; sign immediately before sending and never retry an old signature. Against a DPoP server use its DPoP-Nonce, which needs no common clock.',
    links: [
      rfc(9449, '11.1', 'DPoP proof replay and time'),
      rfc(4120, '3.2.3', 'KRB_AP_ERR_SKEW'),
      {
        text: 'AWS S3: RequestTimeTooSkewed',
        url: 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
      },
      {
        text: 'MIT Kerberos: clockskew',
        url: 'https://web.mit.edu/kerberos/krb5-latest/doc/admin/conf_files/krb5_conf.html',
      },
    ],
  },
}
