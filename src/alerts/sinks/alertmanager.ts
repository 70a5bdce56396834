/**
 * Prometheus Alertmanager (`POST /api/v2/alerts`): grouping, routing and silencing are then its business. It forgets an alert
 * that is not repeated within its resolve_timeout (5 min), so a firing one is given an end well after our repeat interval.
 */
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { Secret, secretSchema } from '../secret.ts'
import { httpSink } from './http-sink.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({
  url: secretSchema,
  /** Bearer token, where a proxy wants one. */
  token: secretSchema.optional(),
  labels: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()).default({}),
  /** A firing alert that is not told again within this is over for Alertmanager. */
  expires: duration('24h'),
  timeout: duration('10s'),
})

export const alertmanagerSink: SinkType<z.infer<typeof schema>> = {
  type: 'alertmanager',
  about: 'Prometheus Alertmanager, /api/v2/alerts',
  schema,
  open: ({ url, token, labels, expires, timeout }, context) => {
    const key = token === undefined ? null : Secret.read(token, context.env)
    return httpSink(url, timeout, context, ({ alert, at_ms }) => ({
      path: '/api/v2/alerts',
      ...(key !== null && { headers: { authorization: `Bearer ${key.reveal()}` } }),
      body: [
        {
          labels: { alertname: alert.rule, severity: alert.severity, ...alert.labels, ...labels },
          annotations: {
            summary: alert.summary,
            description: alert.why.join('\n'),
            runbook: alert.fix.join('\n'),
            command: alert.command,
          },
          startsAt: new Date(alert.started_ms).toISOString(),
          endsAt: new Date(alert.resolved_ms ?? at_ms + expires).toISOString(),
        },
      ],
    }))
  },
}
