/**
 * Texts with holes: `{{summary}}`, `{{labels.host}}`, `{{why}}`. Only look-ups, nothing that computes, so that a configuration
 * is no program; what is not there is empty. Values are written as the place they go to needs (plain, JSON string).
 */
import type { Notice } from './notice.ts'
import { noticeBody, noticeTitle } from './notice-text.ts'

/** Longer results serve nobody; characters. */
const RESULT_LIMIT = 64_000

const HOLE = /\{\{\s*([a-z_]{1,40}(?:\.[A-Za-z0-9_]{1,80})?)\s*\}\}/g

export const TEMPLATE_NAMES = [
  'id',
  'rule',
  'severity',
  'state',
  'reason',
  'summary',
  'why',
  'fix',
  'command',
  'peak',
  'started',
  'resolved',
  'dedupe',
  'text',
] as const

/** `value` knows what stands for a name; '' where there is nothing. */
export function fillHoles(template: string, value: (name: string) => string): string {
  return template.replace(HOLE, (_, name: string) => value(name)).slice(0, RESULT_LIMIT)
}

/** The names that a template asks for. */
export function holesOf(template: string): string[] {
  return [...template.matchAll(HOLE)].map(([, name]) => name!)
}

export function fillTemplate(template: string, notice: Notice, quote: (text: string) => string): string {
  return fillHoles(template, (name) => quote(lookUp(name, notice)))
}

/** Names in a template that are none; for checking a configuration. */
export function unknownNames(template: string): string[] {
  return holesOf(template).filter(
    (name) => !name.startsWith('labels.') && !(TEMPLATE_NAMES as readonly string[]).includes(name),
  )
}

export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function lookUp(name: string, notice: Notice): string {
  const { alert, reason, dedupe } = notice
  if (name.startsWith('labels.')) return alert.labels[name.slice('labels.'.length)] ?? ''
  switch (name as (typeof TEMPLATE_NAMES)[number]) {
    case 'text':
      return `${noticeTitle(notice)}\n${noticeBody(notice)}`
    case 'reason':
      return reason
    case 'dedupe':
      return dedupe
    case 'why':
      return alert.why.join('\n')
    case 'fix':
      return alert.fix.join('\n')
    case 'started':
      return new Date(alert.started_ms).toISOString()
    case 'resolved':
      return alert.resolved_ms === null ? '' : new Date(alert.resolved_ms).toISOString()
    case 'peak':
      return String(alert.peak)
    case 'id':
    case 'rule':
    case 'severity':
    case 'state':
    case 'summary':
    case 'command':
      return alert[name as 'id']
    default:
      return ''
  }
}
