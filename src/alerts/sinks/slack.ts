/** Slack incoming webhooks (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks): Block Kit with a plain-text fallback. */
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { noticeBody, noticeTitle } from '../notice-text.ts'
import { secretSchema } from '../secret.ts'
import { httpSink } from './http-sink.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({ url: secretSchema, timeout: duration('10s') })

/** Block Kit's own limits; characters. */
const HEADER_LIMIT = 150
const SECTION_LIMIT = 2_900

export const slackSink: SinkType<z.infer<typeof schema>> = {
  type: 'slack',
  about: 'a Slack channel, by incoming webhook',
  schema,
  open: ({ url, timeout }, context) =>
    httpSink(url, timeout, context, (notice) => {
      const title = noticeTitle(notice)
      return {
        body: {
          text: plain(title),
          blocks: [
            { type: 'header', text: { type: 'plain_text', text: title.slice(0, HEADER_LIMIT) } },
            { type: 'section', text: { type: 'plain_text', text: noticeBody(notice).slice(0, SECTION_LIMIT) } },
          ],
        },
      }
    }),
}

/** `text` is mrkdwn: `&`, `<` and `>` are its control characters; a log must not mention a channel. */
function plain(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
