/**
 * nginx as the gateway in front of the fleet, in four layouts. Which host of a route answers is the bench's choice, told in a
 * header that ends here; the log shows the path as the client sent it and nothing of the host behind.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, untilListening } from '../emitters/ports.ts'
import { type Child, startChild } from './child.ts'
import type { BenchPlan, GatewayLayout } from './plan.ts'

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
const JSON_START = `{"time":"$time_iso8601","remote_addr":"$remote_addr","method":"$request_method","uri":"$uri","status":$status,"request_time":$request_time,"msec":$msec`
const LAYOUTS: Readonly<Record<GatewayLayout, string>> = {
  combined: `log_format gateway '${COMBINED}';`,
  'combined with request id': `log_format gateway '${COMBINED} $id';`,
  json: `log_format gateway escape=json '${JSON_START}}';`,
  'json with request id': `log_format gateway escape=json '${JSON_START},"request_id":"$id"}';`,
}

export interface Gateway extends Child {
  port: number
}

/** Logs go to `<folder>/access.log`, its own troubles to `<state>/error.log`. */
export async function startGateway(plan: BenchPlan, folder: string, state: string): Promise<Gateway> {
  const port = await freePort()
  mkdirSync(folder, { recursive: true })
  mkdirSync(state, { recursive: true })
  const configuration = join(state, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    configuration,
    `daemon off;
pid ${state}/pid;
error_log ${state}/error.log warn;
worker_processes 1;
# Its clock; nginx clears the environment of its workers but for what is named.
env FAKETIME;
events {}
http {
  ${temporary.map((name) => `${name}_temp_path ${state}/${name};`).join(' ')}
  map $http_x_request_id $id { "" $request_id; default $http_x_request_id; }
  ${LAYOUTS[plan.gateway.layout]}
  access_log ${folder}/access.log gateway;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:$http_x_bench_upstream;
      proxy_set_header X-Bench-Upstream "";
      proxy_set_header X-Request-ID $id;
    }
  }
}
`,
  )
  const child = startChild({
    command: ['/usr/sbin/nginx', '-e', join(state, 'error.log'), '-c', configuration],
    ...{ clock: plan.gateway.clock, zone: plan.zone, errors: join(state, 'stderr'), ends: 'SIGQUIT' },
  })
  await untilListening(port)
  return { ...child, port }
}
