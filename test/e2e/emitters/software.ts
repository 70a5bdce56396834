/**
 * The real software the emitter tests drive, and where it comes from.
 * Without it a test is skipped and says what to install; with `AUTHTOP_E2E_ALL=1` (continuous integration) it fails instead.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import type { TestContext } from 'vitest'

interface Software {
  /** What to say to the package manager. */
  install: string
  present(): boolean
}

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0

/** Found by node's own resolution from this folder, without loading it. */
function resolves(npmPackage: string): boolean {
  try {
    createRequire(import.meta.url).resolve(npmPackage)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
  }
}

const debian = (name: string, present: () => boolean): Software => ({ install: `apt-get install ${name}`, present })
const npm = (name: string): Software => ({ install: `npm install --save-dev ${name}`, present: () => resolves(name) })

export const SOFTWARE = {
  faketime: debian('faketime', () => runs('faketime', '--version')),
  pyjwt: debian('python3-jwt python3-cryptography', () => runs('/usr/bin/python3', '-c', 'import jwt, cryptography')),
  rubyJwt: debian('ruby ruby-jwt', () => runs('/usr/bin/ruby', '-e', 'require "jwt"')),
  webrick: debian('ruby-webrick', () => runs('/usr/bin/ruby', '-e', 'require "webrick"')),
  modAuthOpenidc: debian('libapache2-mod-auth-openidc', () =>
    runs('test', '-e', '/usr/lib/apache2/modules/mod_auth_openidc.so', '-a', '-x', '/usr/sbin/apache2'),
  ),
  journal: debian(
    'systemd systemd-journal-remote',
    () => runs('journalctl', '--version') && runs('/lib/systemd/systemd-journal-remote', '--version'),
  ),
  rsyslog: debian('rsyslog rsyslog-gnutls', () =>
    runs('sh', '-c', 'rsyslogd -v && ls /usr/lib/*/rsyslog/lmnsd_gtls.so'),
  ),
  nginx: debian('nginx-light', () => runs('/usr/sbin/nginx', '-v')),
  jsonwebtoken: npm('jsonwebtoken'),
  winston: npm('winston'),
  oidcProvider: npm('oidc-provider'),
  openidClient: npm('openid-client'),
  jwksRsa: npm('jwks-rsa'),
}

export function needs(context: TestContext, ...names: (keyof typeof SOFTWARE)[]): void {
  const missing = names.map((name) => SOFTWARE[name]).filter((software) => !software.present())
  if (missing.length === 0) return
  const note = `real software is missing: ${missing.map(({ install }) => install).join('; ')}`
  if (process.env.AUTHTOP_E2E_ALL === '1') throw new Error(note)
  context.skip(note)
}
