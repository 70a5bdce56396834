/**
 * A report as a Slack message for incoming webhooks: the summary, the things to do and the largest causes, in Block Kit.
 * Limits (docs.slack.dev, Block Kit reference): 50 blocks, header 150 characters, section text 3000, fields 2000 each.
 * Invariant: text from logs is `plain_text` or has `&`, `<`, `>` as entities, so that it can neither mention nor link.
 */
import { toPrintable } from '../terminal/printable.ts'
import type { ReportDocument, Section, Table } from './document.ts'

const HEADER_LIMIT = 150
const SECTION_LIMIT = 3000
const FALLBACK_LIMIT = 3000

/** Rows of the cause table that are told. */
const CAUSES_TOLD = 6

interface SlackMessage {
  /** For notifications and clients that show no blocks. */
  text: string
  blocks: Record<string, unknown>[]
}

export function slackMessage(document: ReportDocument): SlackMessage {
  const blocks: Record<string, unknown>[] = [
    {
      type: 'header',
      text: { type: 'plain_text', text: cut(toPrintable(document.title), HEADER_LIMIT), emoji: false },
    },
    section(`${escapeSlack(document.subtitle)}\n${escapeSlack(document.summary)}`),
  ]
  for (const [index, { title, worth, lines }] of document.actions.points.entries()) {
    const [first] = lines
    blocks.push(
      section(
        `${index + 1}. *${escapeSlack(title)}*${worth === undefined ? '' : `\n${escapeSlack(worth)}`}${first === undefined ? '' : `\n${escapeSlack(first)}`}`,
      ),
    )
  }
  const causes = causeLines(document.sections)
  if (causes.length > 0) blocks.push({ type: 'divider' }, section(causes.join('\n')))
  return { text: cut(escapeSlack(`${document.title}: ${document.summary}`), FALLBACK_LIMIT), blocks }
}

function causeLines(sections: readonly Section[]): string[] {
  const table = sections
    .find(({ id }) => id === 'causes')
    ?.blocks.find((block): block is Table => block.type === 'table')
  if (table === undefined) return []
  return table.rows
    .filter(([name]) => !name!.text.startsWith('  '))
    .slice(0, CAUSES_TOLD)
    .map(([name, failures, share, , change]) =>
      escapeSlack(`${name!.text}: ${failures!.text} (${share!.text}), change ${change!.text}`),
    )
}

function section(mrkdwn: string): Record<string, unknown> {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(mrkdwn, SECTION_LIMIT), verbatim: true } }
}

/** `&`, `<` and `>` as entities (docs.slack.dev, formatting message text); marks of emphasis lose their meaning. */
function escapeSlack(text: string): string {
  return toPrintable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, (mark) => `\u200b${mark}`)
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/&[a-z]*$/, '')}…`
}
