import { describe, expect, test } from 'vitest'
import { isOfForeignProgram } from '../../../src/signatures/foreign-programs.ts'

describe('programs that check passwords of their own', () => {
  test.each(['sshd', 'sshd(pam_unix)', 'login(pam_unix)', 'postfix/smtps/smtpd', 'dovecot', 'su', 'Asterisk'])(
    '%s is one',
    (name) => {
      expect(isOfForeignProgram({ resource: { 'service.name': name }, speech: 'authentication failure' })).toBe(true)
    },
  )

  test.each(['login', 'sshd-gateway', 'orders', 'auth'])('%s may be a service that takes tokens', (name) => {
    expect(isOfForeignProgram({ resource: { 'service.name': name }, speech: 'authentication failure' })).toBe(false)
  })

  test('PAM is recognised by itself', () => {
    expect(
      isOfForeignProgram({ resource: {}, speech: 'pam_unix(vsftpd:auth): authentication failure; logname= uid=0' }),
    ).toBe(true)
  })
})
