/** Where a report goes besides standard output or a file: mail and webhook, as the options and the environment say. */
import type { ReportDocument } from '../../dashboards/report/document.ts'
import { reportText } from '../../dashboards/report/report-text.ts'
import { slackMessage } from '../../dashboards/report/slack-message.ts'
import { httpPost } from '../alerts/http-post.ts'
import { isMailAddress, MailError, sendMail } from '../app/report/send-mail.ts'
import type { Report } from '../core/report.ts'
import { EXIT, UserError } from './exit-code.ts'
import { note } from './output.ts'

export interface Delivery {
  mail: { url: string; from: string; to: readonly string[] } | null
  webhook: URL | null
}

/** A receiver that has not answered by then is not going to; ms. */
const WEBHOOK_TIMEOUT_MS = 20_000

/** Checked before the work begins, so that a slip costs no report. */
export function deliveryOf(options: { email?: string[]; webhook?: string }, env: NodeJS.ProcessEnv): Delivery {
  const to = (options.email ?? []).flatMap((given) => given.split(','))
  const wrong = to.find((address) => !isMailAddress(address))
  if (wrong !== undefined) throw new UserError(`"${wrong}" is no mail address`, 'addresses look like team@example.com')
  const hook = options.webhook ?? env.AUTHTOP_REPORT_WEBHOOK
  return {
    mail: to.length === 0 ? null : { ...mailServer(env), to },
    webhook: hook === undefined || hook === '' ? null : webhookUrl(hook),
  }
}

export async function deliver({ mail, webhook }: Delivery, report: Report, document: ReportDocument): Promise<void> {
  if (mail !== null) {
    const { url, from, to } = mail
    try {
      const html = await htmlOf(document)
      await sendMail(url, { from, to, subject: document.title, text: reportText(document), html })
    } catch (error) {
      if (error instanceof MailError) throw new UserError(error.message, 'check AUTHTOP_SMTP_URL', EXIT.io)
      throw error
    }
    note(`sent to ${to.join(', ')}`)
  }
  if (webhook !== null) {
    const body = JSON.stringify(webhook.hostname === 'hooks.slack.com' ? slackMessage(document) : report)
    const post = { url: webhook.href, body, timeout_ms: WEBHOOK_TIMEOUT_MS, now_ms: report.generated_ms }
    const result = await httpPost(post, new AbortController().signal)
    // The URL is a secret; its host is not.
    if (!result.ok)
      throw new UserError(`${webhook.hostname} did not take the report: ${result.error}`, undefined, EXIT.io)
    note(`posted to ${webhook.hostname}`)
  }
}

/** The charts cost start-up time that no other format should pay. */
export async function htmlOf(document: ReportDocument): Promise<string> {
  const { reportHtml } = await import('../../dashboards/report/html/report-html.ts')
  return reportHtml(document)
}

function mailServer(env: NodeJS.ProcessEnv): { url: string; from: string } {
  const { AUTHTOP_SMTP_URL: url, AUTHTOP_MAIL_FROM: from } = env
  if (url === undefined || !/^smtps?:\/\/[^/]+/.test(url) || !URL.canParse(url))
    throw new UserError(
      'no mail server is set',
      'set AUTHTOP_SMTP_URL to smtp://user:password@host:587 or smtps://host:465',
    )
  if (from === undefined || !isMailAddress(from))
    throw new UserError('no sender is set', 'set AUTHTOP_MAIL_FROM to the address the report comes from')
  return { url, from }
}

function webhookUrl(text: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UserError('the webhook is no http or https URL', 'give it with --webhook or in AUTHTOP_REPORT_WEBHOOK')
  return new URL(text)
}
