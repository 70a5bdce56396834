/** PagerDuty Events API v2 (developer.pagerduty.com): the alert's id is the dedup_key, so repeats and ends find their incident. */
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { Secret, secretSchema } from '../secret.ts'
import { httpSink } from './http-sink.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({
  routing_key: secretSchema,
  url: secretSchema.default('https://events.pagerduty.com/v2/enqueue'),
  timeout: duration('10s'),
})
/** The API's limit, characters. */
const SUMMARY_LIMIT = 1_024

export const pagerdutySink: SinkType<z.infer<typeof schema>> = {
  type: 'pagerduty',
  about: 'PagerDuty, by Events API v2',
  schema,
  open: ({ routing_key, url, timeout }, context) => {
    const key = Secret.read(routing_key, context.env)
    return httpSink(url, timeout, context, ({ alert, reason }) => ({
      body: {
        routing_key: key.reveal(),
        event_action: reason === 'resolved' ? 'resolve' : 'trigger',
        dedup_key: alert.id,
        payload: {
          summary: alert.summary.slice(0, SUMMARY_LIMIT),
          source: alert.labels.host ?? alert.labels.issuer ?? alert.labels.service ?? 'authtop',
          severity: alert.severity,
          timestamp: new Date(alert.started_ms).toISOString(),
          component: alert.labels.service,
          class: alert.rule,
          custom_details: {
            labels: alert.labels,
            peak: alert.peak,
            why: alert.why,
            fix: alert.fix,
            command: alert.command,
          },
        },
      },
    }))
  },
}
