import { describe, expect, it } from 'vitest'
import type { ReportDocument } from '../../../../dashboards/report/document.ts'
import { slackMessage } from '../../../../dashboards/report/slack-message.ts'

const long = 'x'.repeat(10_000)

function document(text: string): ReportDocument {
  const cell = { text }
  const rows = Array.from({ length: 100 }, () => [cell, cell, cell, cell, cell])
  return {
    title: text,
    subtitle: text,
    summary: text,
    headlines: [],
    actions: {
      type: 'points',
      ordered: true,
      points: [1, 2, 3].map(() => ({ title: text, worth: text, lines: [text, text] })),
    },
    sections: [{ id: 'causes', title: text, blocks: [{ type: 'table', caption: text, columns: [], rows }] }],
    footer: text,
  }
}

interface Block {
  type: string
  text?: { type: string; text: string }
}

describe('a report in Slack', () => {
  it.each([long, '&'.repeat(5000), '<'.repeat(3000)])('stays within the limits of Block Kit', (text) => {
    const { blocks, text: fallback } = slackMessage(document(text)) as unknown as { blocks: Block[]; text: string }
    expect(blocks.length).toBeLessThanOrEqual(50)
    expect(fallback.length).toBeLessThanOrEqual(3000)
    for (const { type, text: said } of blocks) {
      if (said !== undefined) expect(said.text.length).toBeLessThanOrEqual(type === 'header' ? 150 : 3000)
    }
  })

  it('lets no name mention, link or break out', () => {
    const { blocks } = slackMessage(document('<!channel> <https://evil.example|click> \u202eabc'))
    const mrkdwn = (blocks as unknown as Block[]).flatMap(({ text }) => (text?.type === 'mrkdwn' ? [text.text] : []))
    for (const said of mrkdwn) expect(said).not.toMatch(/[<>\u202e]/)
    expect(mrkdwn.join()).toContain('&lt;!channel&gt;')
  })
})
