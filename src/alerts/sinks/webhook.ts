/**
 * Any HTTP receiver: JSON of the alert, or a template of one's own; signed with HMAC-SHA-256 over `<timestamp>.<body>` where a
 * secret is given, so that the receiver can tell ours from others' and old from new.
 */
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { httpPost } from '../http-post.ts'
import { noticeJson } from '../notice-json.ts'
import { Secret, secretSchema } from '../secret.ts'
import { fillTemplate, inJson, unknownNames } from '../template.ts'
import { type SinkType, urlProblem } from './sink-type.ts'

const schema = z.strictObject({
  url: secretSchema,
  method: z.enum(['POST', 'PUT']).default('POST'),
  headers: z.record(z.string(), secretSchema).default({}),
  /** Body with {{holes}}; values are escaped for JSON strings. */
  template: z
    .string()
    .max(32_000)
    .refine((text) => unknownNames(text).length === 0, {
      error: (issue) => `the template names ${unknownNames(issue.input as string).join(', ')}, which no notice has`,
    })
    .optional(),
  /** Key of the HMAC-SHA-256 signature in the header X-Authtop-Signature. */
  secret: secretSchema.optional(),
  timeout: duration('10s'),
})

export const webhookSink: SinkType<z.infer<typeof schema>> = {
  type: 'webhook',
  about: 'an HTTP request to any receiver, with a body template and a signature where wanted',
  schema,
  open: (config, { env, now }) => {
    const url = Secret.read(config.url, env)
    const headers = Object.entries(config.headers).map(([name, value]) => [name, Secret.read(value, env)] as const)
    const key = config.secret === undefined ? null : Secret.read(config.secret, env)
    return {
      send: async (notice, signal) => {
        const problem = urlProblem(url.reveal())
        if (problem !== null) return { ok: false, retry: false, error: `the url ${problem}` }
        const body =
          config.template === undefined
            ? JSON.stringify(noticeJson(notice))
            : fillTemplate(config.template, notice, inJson)
        const timestamp = String(Math.floor(now() / 1000))
        const signed =
          key === null
            ? {}
            : {
                'x-authtop-timestamp': timestamp,
                'x-authtop-signature': `sha256=${createHmac('sha256', key.reveal()).update(`${timestamp}.${body}`).digest('hex')}`,
              }
        return httpPost(
          {
            url: url.reveal(),
            method: config.method,
            headers: {
              'idempotency-key': notice.dedupe,
              ...Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
              ...signed,
            },
            body,
            timeout_ms: config.timeout,
            now_ms: now(),
          },
          signal,
        )
      },
    }
  },
}
