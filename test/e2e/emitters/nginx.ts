/**
 * nginx as the gateway in front of one resource server: an access log with its request id, in two layouts people use.
 * It runs unprivileged in a folder of its own.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort, untilListening } from './ports.ts'
import { emitterEnvironment } from './run-emitter.ts'

const LAYOUTS = {
  'combined with request id': `log_format gateway '$remote_addr - $remote_user [$time_local] "$request" $status '
    '$body_bytes_sent "$http_referer" "$http_user_agent" $request_id';`,
  json: `log_format gateway escape=json '{"time":"$time_iso8601","remote_addr":"$remote_addr","request":"$request",'
    '"status":$status,"request_time":$request_time,"request_id":"$request_id"}';`,
}
export type NginxLayout = keyof typeof LAYOUTS

export interface Nginx {
  port: number
  stop(): Promise<void>
}

/** Logs go to `<folder>/access.log` and `<folder>/error.log`. */
export async function startNginx(folder: string, upstreamPort: number, layout: NginxLayout): Promise<Nginx> {
  const port = await freePort()
  const state = join(folder, 'state')
  mkdirSync(state, { recursive: true })
  const configuration = join(state, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    configuration,
    `daemon off;
pid ${state}/pid;
error_log ${folder}/error.log info;
events {}
http {
  ${temporary.map((name) => `${name}_temp_path ${state}/${name};`).join(' ')}
  ${LAYOUTS[layout]}
  access_log ${folder}/access.log gateway;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstreamPort};
      proxy_set_header X-Request-ID $request_id;
      add_header X-Request-ID $request_id always;
    }
  }
}
`,
  )
  const nginx = spawn('/usr/sbin/nginx', ['-e', join(folder, 'error.log'), '-c', configuration], {
    env: emitterEnvironment(),
    stdio: 'ignore',
  })
  const ended = once(nginx, 'exit')
  async function stop(): Promise<void> {
    nginx.kill('SIGQUIT')
    await ended
  }
  onTestFinished(stop)
  await untilListening(port)
  return { port, stop }
}
