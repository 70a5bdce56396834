/** Passwords of mail, of the machine and of telephones: failures that are no business of tokens, in the layouts that syslog really writes. */
import { describe, expect, test } from 'vitest'
import { unwrapRecord } from '../../../collectors/assemble/unwrap.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { loadKnowledge } from '../../../src/app/knowledge.ts'

const classifier = new Classifier(await loadKnowledge({}), new Uint8Array(32), 'UTC')
const eventOf = (text: string) => classifier.classify(unwrapRecord(text)).event

describe('a login where no token is', () => {
  test.each([
    'Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=203.0.113.4',
    'Jun 15 04:06:19 combo su(pam_unix)[21416]: session closed for user cyrus',
    '2026-03-12T04:31:44+00:00 host1 sshd-session[1234]: error: PAM: Authentication failure for root from 203.0.113.4',
    'May  6 09:25:41 mail postfix/smtps/smtpd[16997]: warning: unknown[203.0.113.10]: SASL LOGIN authentication failed: (reason unavailable)',
    'Oct 12 15:46:33 canyon dovecot: pop3-login: Info: Disconnected: Too many bad commands (auth failed, 2 attempts in 0 secs)',
    'Jul  7 18:09:24 server asterisk[9]: NOTICE[1]: Registration from 203.0.113.1 failed: authentication failed',
  ])('is no event: %s', (line) => {
    expect(eventOf(line)).toBeNull()
  })

  test('is one where a service that nobody knows says the same', () => {
    expect(eventOf('Jun 14 15:16:01 combo orders[19939]: authentication failure for 203.0.113.4')?.outcome).toBe(
      'failure',
    )
  })

  test('is one where the program refuses a certificate', () => {
    const event = eventOf('Jun 14 15:16:01 combo sshd[19939]: error: Certificate invalid: expired')
    expect(event).toMatchObject({ outcome: 'failure', cause: 'expiry' })
  })
})
