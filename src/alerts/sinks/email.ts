/** Email by SMTP (nodemailer). A Message-ID made of the notice's dedupe key lets mail systems drop a second copy. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { noticeBody, noticeTitle } from '../notice-text.ts'
import { Secret, secretSchema } from '../secret.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(587),
  /** `starttls`: required after connecting; `tls`: from the first byte; `none`: in clear, for a relay on this machine. */
  security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
  user: z.string().min(1).optional(),
  password: secretSchema.optional(),
  from: z.string().min(3),
  to: z.array(z.string().min(3)).min(1),
  timeout: duration('15s'),
})
/** Subjects wrap badly beyond this; characters. */
const SUBJECT_LIMIT = 180

export const emailSink: SinkType<z.infer<typeof schema>> = {
  type: 'email',
  about: 'email by SMTP',
  schema,
  open: (config, { env }) => {
    const password = config.password === undefined ? null : Secret.read(config.password, env)
    return {
      send: async (notice, signal) => {
        // Loaded by the first mail: it would slow down every start.
        const { createTransport } = await import('nodemailer')
        const transport = createTransport({
          host: config.host,
          port: config.port,
          secure: config.security === 'tls',
          requireTLS: config.security === 'starttls',
          ignoreTLS: config.security === 'none',
          connectionTimeout: config.timeout,
          greetingTimeout: config.timeout,
          socketTimeout: config.timeout,
          ...(config.user !== undefined &&
            password !== null && { auth: { user: config.user, pass: password.reveal() } }),
        })
        const stop = () => transport.close()
        signal.addEventListener('abort', stop, { once: true })
        try {
          await transport.sendMail({
            from: config.from,
            to: config.to,
            subject: noticeTitle(notice)
              .replace(/[\r\n]+/g, ' ')
              .slice(0, SUBJECT_LIMIT),
            text: `${notice.alert.summary}\n\n${noticeBody(notice)}`,
            messageId: `<${createHash('sha256').update(notice.dedupe).digest('hex').slice(0, 32)}@authtop>`,
            headers: { 'Auto-Submitted': 'auto-generated' },
          })
          return { ok: true }
        } catch (error) {
          const { responseCode, code } = error as { responseCode?: number; code?: string }
          // RFC 5321 §4.2.1: 4xx asks to try again, 5xx is final; without an answer the connection failed.
          const retry = responseCode === undefined ? code !== 'EAUTH' : responseCode < 500
          return { ok: false, retry, error: `mail was not taken (${responseCode ?? code ?? 'no answer'})` }
        } finally {
          signal.removeEventListener('abort', stop)
          transport.close()
        }
      },
    }
  },
}
