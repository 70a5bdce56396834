/**
 * Findings and advice in words, for `authtop findings`: what is wrong, since when, why we think so and what to do.
 * Pure; lines are broken between words where the terminal ends.
 */
import type { Advice, Finding, Severity } from '../../src/core/finding.ts'
import { formatQuantity } from '../format-number.ts'
import { formatMinute } from '../format-time.ts'
import { toPrintable } from '../terminal/printable.ts'

export interface FindingsLayout {
  zone: string
  /** Columns of the terminal; null: not one, lines may be long. */
  width: number | null
  /** Reasons and remedies per finding. */
  details: number
}

const MARK: Readonly<Record<Severity, string>> = { critical: 'CRITICAL', warning: 'warning', info: 'info' }

export function findingsText(
  found: { findings: readonly Finding[]; advice: readonly Advice[] },
  { zone, width, details }: FindingsLayout,
): string {
  const lines: string[] = []
  const say = (indent: string, text: string) => lines.push(...wrap(indent, toPrintable(text), width))
  if (found.findings.length === 0) say('', 'Nothing found that a person should look at.')
  for (const finding of found.findings) {
    say('', `${MARK[finding.severity]}  ${finding.title}`)
    const explains = finding.incidents === 0 ? '' : `, explains ${formatQuantity(finding.incidents, 'failed request')}`
    say('  ', `${formatMinute(finding.from_ms, zone)} to ${formatMinute(finding.to_ms, zone)}${explains}`)
    for (const why of finding.why.slice(0, details)) say('  ', `- ${why}`)
    for (const fix of finding.fix.slice(0, details)) say('  ', `> ${fix}`)
    for (const { text, url } of finding.links.slice(0, 1)) say('  ', `see ${text}: ${url}`)
    lines.push('')
  }
  if (found.advice.length > 0) {
    say('', 'What one change would have avoided')
    for (const advice of found.advice) {
      say('  ', `${advice.title}`)
      for (const why of advice.why.slice(0, details)) say('    ', `- ${why}`)
      for (const fix of advice.fix.slice(0, details)) say('    ', `> ${fix}`)
    }
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function wrap(indent: string, text: string, width: number | null): string[] {
  if (width === null || indent.length + text.length <= width) return [`${indent}${text}`]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const start = lines.length === 0 ? indent : `${indent}  `
    if (line !== '' && start.length + line.length + 1 + word.length > width) {
      lines.push(`${start}${line}`)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, `${lines.length === 0 ? indent : `${indent}  `}${line}`]
}
