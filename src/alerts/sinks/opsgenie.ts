/** Opsgenie Alert API (docs.opsgenie.com/docs/alert-api): created and closed by alias, which is the alert's id. */
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { noticeBody } from '../notice-text.ts'
import { Secret, secretSchema } from '../secret.ts'
import { httpSink } from './http-sink.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({
  api_key: secretSchema,
  /** https://api.eu.opsgenie.com for accounts in the EU. */
  url: secretSchema.default('https://api.opsgenie.com'),
  timeout: duration('10s'),
})
const PRIORITY = { critical: 'P1', warning: 'P3', info: 'P5' } as const
/** The API's limits, characters. */
const MESSAGE_LIMIT = 130
const DESCRIPTION_LIMIT = 15_000

export const opsgenieSink: SinkType<z.infer<typeof schema>> = {
  type: 'opsgenie',
  about: 'Opsgenie, by its Alert API',
  schema,
  open: ({ api_key, url, timeout }, context) => {
    const key = Secret.read(api_key, context.env)
    return httpSink(url, timeout, context, (notice) => {
      const { alert } = notice
      const headers = { authorization: `GenieKey ${key.reveal()}` }
      if (notice.reason === 'resolved')
        return {
          path: `/v2/alerts/${alert.id}/close?identifierType=alias`,
          headers,
          body: { source: 'authtop', note: alert.summary },
        }
      return {
        path: '/v2/alerts',
        headers,
        body: {
          message: alert.summary.slice(0, MESSAGE_LIMIT),
          alias: alert.id,
          description: noticeBody(notice).slice(0, DESCRIPTION_LIMIT),
          details: { ...alert.labels, rule: alert.rule },
          entity: alert.labels.host ?? alert.labels.issuer,
          source: 'authtop',
          priority: PRIORITY[alert.severity],
        },
      }
    })
  },
}
