/**
 * Apache with mod_auth_openidc as an OAuth 2.0 resource server that checks JWTs itself, and the log files of its own layouts.
 * The error log says why, the access log says that; nothing but time and client address ties their lines together.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort, untilListening } from './ports.ts'
import { emitterEnvironment } from './run-emitter.ts'

const MODULES = ['mpm_event', 'dir', 'authn_core', 'authz_core', 'authz_user', 'auth_openidc']

export interface Apache {
  port: number
  /** Ends it; its logs are whole afterwards. */
  stop(): Promise<void>
}

/** Logs go to `<folder>/error.log` and `<folder>/access.log`; stamps are in `zone`. */
export async function startApache(folder: string, publicPem: string, zone: string): Promise<Apache> {
  const port = await freePort()
  const state = join(folder, 'state')
  mkdirSync(join(state, 'htdocs'), { recursive: true })
  writeFileSync(join(state, 'htdocs/index.html'), 'orders')
  writeFileSync(join(state, 'key.pem'), publicPem)
  const configuration = join(state, 'apache.conf')
  writeFileSync(
    configuration,
    `ServerRoot ${state}
ServerName orders.example.com
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
DirectoryIndex index.html
OIDCCryptoPassphrase only-for-this-test
OIDCOAuthVerifyCertFiles key-1#${state}/key.pem
<Location />
  AuthType oauth20
  Require valid-user
</Location>
`,
  )
  const apache = spawn('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', configuration], {
    env: emitterEnvironment(zone),
    stdio: 'ignore',
  })
  const ended = once(apache, 'exit')
  async function stop(): Promise<void> {
    apache.kill('SIGTERM')
    await ended
  }
  onTestFinished(stop)
  await untilListening(port)
  return { port, stop }
}
