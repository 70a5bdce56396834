/**
 * Programs that check passwords and keys of their own: the doors of a machine, of mail, files, phones and databases. Whoever knocks
 * there has no token, so what anybody might say ("authentication failed", "session closed") is not looked for in what they log; a
 * signature made for one of them still is.
 */
import type { LogRecord } from '../core/log-record.ts'

const PROGRAMS: ReadonlySet<string> = new Set(
  [
    // Into the machine.
    'sshd sshd-session sshd-auth dropbear su sudo doas passwd chage useradd userdel usermod newgrp agetty getty pkexec polkitd',
    'polkit-agent-helper-1 gdm gdm-binary gdm-password gdm3 lightdm sddm xdm xrdp xrdp-sesman vncserver systemd-logind systemd cron crond atd anacron',
    'klogind kshd rlogind rshd rexecd telnetd in.telnetd nslcd unix_chkpwd unix_chkpw kernel auditd',
    // Mail.
    'dovecot postfix exim exim4 sendmail sm-mta sm-msp-queue saslauthd smtpd opensmtpd qmail imapd imaps imap pop3d pop3s pop3 lmtpd',
    'ipop3d imap-login pop3-login managesieve-login sieve cyrus cyrus-imapd authdaemond courierpop3login courierimaplogin courieresmtpd',
    'perdition solid-pop3d tpop3d qpopper assp rspamd amavis',
    // Files.
    'ftpd vsftpd proftpd pure-ftpd wu-ftpd gssftpd smbd nmbd winbindd rsyncd nfsd',
    // Phones and networks.
    'asterisk freeswitch kamailio opensips charon pluto pppd openvpn xl2tpd hostapd wpa_supplicant racoon corecaptured airportd',
    'usereventagent configd networkmanager',
    // Databases, which tell of whoever knocks.
    'mysqld mariadbd postgres mongod redis-server slapd',
  ]
    .join(' ')
    .split(' '),
)
/** `sshd(pam_unix)`, `postfix/smtps/smtpd`, `dovecot:`: the program and the part of it that speaks. */
const PART = /[(/:[].*$/s
/** PAM says so itself, whichever program asked it: `login(pam_unix)`, `pam_unix(vsftpd:auth): …`. */
const PAM = /\(pam_\w{2,20}\)|\bpam_\w{2,20}[(:]/
/** Where its name stands if it is the one that speaks; characters. */
const HEAD = 60

/** Was this written where only passwords and keys of the program itself are checked? */
export function isOfForeignProgram({ resource, speech }: Pick<LogRecord, 'resource' | 'speech'>): boolean {
  const name = resource['service.name']
  if (name !== undefined && (PROGRAMS.has(name.replace(PART, '').toLowerCase()) || PAM.test(name))) return true
  return PAM.test(speech.slice(0, HEAD))
}
