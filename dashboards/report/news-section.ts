/** What is new, what vanished and what got worse against the compared period. */
import type { PartyFigures, Report } from '../../src/core/report.ts'
import { formatCount, formatQuantity } from '../format-number.ts'
import { verdictTitle } from '../wording.ts'
import { changeSentence } from './change-words.ts'
import type { Point, Section } from './document.ts'
import { type CommandContext, failuresCommand } from './failures-command.ts'

const FIELDS = { client_id: 'Client', service: 'Service', host: 'Host' } as const

export function newsSection({ news }: Report, context: CommandContext): Section | null {
  if (news === null) return null
  const points: Point[] = [
    ...news.worse.map((row): Point => {
      const command =
        row.dimension === 'subcause'
          ? failuresCommand(context, subcauseFilter(row.value))
          : failuresCommand(context, { [row.dimension]: [row.value] })
      const what = row.dimension === 'subcause' ? verdictOf(row.value) : `${FIELDS[row.dimension]} ${row.value}`
      return {
        title: `Worse: ${what}`,
        worth: `${formatCount(row.failures)} failures, ${formatCount(row.previous)} before`,
        lines: [`${sentence(changeSentence(row.change))}.`],
        ...(command !== undefined && { command }),
      }
    }),
    ...news.new_causes.map(({ cause, subcause, failures }): Point => {
      const command = failuresCommand(context, { cause: [cause], subcause: [subcause] })
      return {
        title: `New cause: ${verdictTitle(cause, subcause)}`,
        worth: `${formatQuantity(failures, 'failure')}, none before`,
        lines: [],
        ...(command !== undefined && { command }),
      }
    }),
    ...list('New failing clients', news.new_clients),
    ...list('New failing hosts', news.new_hosts),
    ...(news.new_signatures.length === 0
      ? []
      : [
          {
            title: 'New messages',
            lines: news.new_signatures.map(
              ({ signature, symptom, failures }) => `${signature} (${symptom}): ${formatQuantity(failures, 'failure')}`,
            ),
          },
        ]),
    ...(news.new_templates.length === 0
      ? []
      : [
          {
            title: 'Messages that look like authentication failures and that authtop does not know',
            lines: news.new_templates.map(
              ({ system, template, count }) => `${formatQuantity(count, 'time')} from ${system}: ${template}`,
            ),
          },
        ]),
    ...(news.vanished_causes.length === 0
      ? []
      : [
          {
            title: 'Vanished',
            lines: news.vanished_causes.map(
              ({ cause, subcause, previous }) =>
                `${verdictTitle(cause, subcause)}: ${formatQuantity(previous, 'failure')} before, none now`,
            ),
          },
        ]),
  ]
  return {
    id: 'news',
    title: 'New, worse, vanished',
    blocks:
      points.length === 0
        ? [{ type: 'text', text: 'Nothing new, nothing clearly worse, nothing vanished.' }]
        : [{ type: 'points', ordered: false, points }],
  }
}

function list(title: string, parties: readonly PartyFigures[]): Point[] {
  if (parties.length === 0) return []
  return [
    {
      title,
      lines: parties.map(
        ({ value, failures, successes }) =>
          `${value}: ${formatQuantity(failures, 'failure')} of ${formatQuantity(failures + successes, 'step')}`,
      ),
    },
  ]
}

function subcauseFilter(key: string): Record<string, string[]> {
  const [cause, subcause] = key.split('/')
  return { cause: [cause!], subcause: [subcause!] }
}

function verdictOf(key: string): string {
  const [cause, subcause] = key.split('/')
  return verdictTitle(cause as never, subcause as never)
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
