/** Apache with mod_auth_openidc as one of the fleet's resource servers, with the issuer's certificates on its disk. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, untilListening } from '../emitters/ports.ts'
import { type Child, startChild } from './child.ts'
import type { Clock } from './plan.ts'

const MODULES = ['mpm_event', 'dir', 'authn_core', 'authz_core', 'authz_user', 'auth_openidc']

export interface ApacheOptions {
  folder: string
  state: string
  clock: Clock
  zone: string
  /** Key id → public key, PEM. */
  keys: ReadonlyMap<string, string>
}

/** Logs go to `<folder>/error.log` and `<folder>/access.log`. */
export async function startApache({
  folder,
  state,
  clock,
  zone,
  keys,
}: ApacheOptions): Promise<Child & { port: number }> {
  const port = await freePort()
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(state, 'htdocs'), { recursive: true })
  writeFileSync(join(state, 'htdocs/index.html'), 'page')
  for (const [kid, pem] of keys) writeFileSync(join(state, `${kid}.pem`), pem)
  const configuration = join(state, 'apache.conf')
  writeFileSync(
    configuration,
    `ServerRoot ${state}
ServerName pages.example.com
Listen 127.0.0.1:${port}
${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
# As root, Apache wants another user for its workers.
User www-data
Group www-data
PidFile ${state}/pid
ErrorLog ${folder}/error.log
LogLevel warn
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
CustomLog ${folder}/access.log combined
DocumentRoot ${state}/htdocs
FallbackResource /index.html
OIDCCryptoPassphrase only-for-this-test
OIDCOAuthVerifyCertFiles ${[...keys.keys()].map((kid) => `${kid}#${state}/${kid}.pem`).join(' ')}
<Location />
  AuthType oauth20
  Require valid-user
</Location>
`,
  )
  const command = ['/usr/sbin/apache2', '-D', 'FOREGROUND', '-f', configuration]
  const child = startChild({ command, clock, zone, errors: join(state, 'stderr'), ends: 'SIGTERM' })
  await untilListening(port)
  return { ...child, port }
}
