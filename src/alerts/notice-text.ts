/** A notice in words, for people: one title line and a few below. */
import { toSecond } from '../core/instant-words.ts'
import type { Notice } from './notice.ts'

export function noticeTitle({ alert, reason }: Notice): string {
  const word = reason === 'resolved' ? 'RESOLVED' : reason === 'test' ? 'TEST' : alert.severity.toUpperCase()
  const more = reason === 'repeat' ? ' (still)' : reason === 'changed' ? ' (changed)' : ''
  return `[${word}] ${alert.summary}${more}`
}

export function noticeBody({ alert }: Notice): string {
  const lines = [
    `rule ${alert.rule}${Object.entries(alert.labels)
      .map(([name, value]) => `, ${name} ${value}`)
      .join('')}`,
    `since ${toSecond(alert.started_ms)}${alert.resolved_ms === null ? '' : ` until ${toSecond(alert.resolved_ms)}`}`,
  ]
  if (alert.why.length > 0) lines.push('', 'Why:', ...alert.why.map((w) => `- ${w}`))
  if (alert.state !== 'resolved' && alert.fix.length > 0)
    lines.push('', 'What to do:', ...alert.fix.map((f) => `- ${f}`))
  if (alert.command !== '') lines.push('', `Show it: ${alert.command}`)
  return lines.join('\n')
}
