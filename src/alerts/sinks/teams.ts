/** Microsoft Teams by a workflow's webhook ("Post to a channel when a webhook request is received"): an Adaptive Card 1.4. */
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { noticeBody, noticeTitle } from '../notice-text.ts'
import { secretSchema } from '../secret.ts'
import { httpSink } from './http-sink.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({ url: secretSchema, timeout: duration('15s') })
const COLOURS = { critical: 'Attention', warning: 'Warning', info: 'Accent' } as const

export const teamsSink: SinkType<z.infer<typeof schema>> = {
  type: 'teams',
  about: 'a Microsoft Teams channel, by workflow webhook',
  schema,
  open: ({ url, timeout }, context) =>
    httpSink(url, timeout, context, (notice) => ({
      body: {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
              type: 'AdaptiveCard',
              version: '1.4',
              body: [
                {
                  type: 'TextBlock',
                  wrap: true,
                  weight: 'Bolder',
                  color: notice.reason === 'resolved' ? 'Good' : COLOURS[notice.alert.severity],
                  text: literal(noticeTitle(notice)),
                },
                { type: 'TextBlock', wrap: true, text: literal(noticeBody(notice)).replaceAll('\n', '\n\n') },
              ],
            },
          },
        ],
      },
    })),
}

/** Text blocks read some Markdown: what logs say must not become links. */
function literal(text: string): string {
  return text.replace(/([[\]()*_`])/g, '\\$1')
}
