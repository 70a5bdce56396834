/**
 * The YAML of a new signature for a record that nobody recognises: its shape becomes literals and a pattern, the record
 * itself (redacted) the example. What it means is left for a person to say, and the check refuses it until then.
 */
import { stringify } from 'yaml'
import type { LogRecord } from '../core/log-record.ts'
import { templateOf } from '../signatures/template.ts'

/** A literal shorter than this is found everywhere; characters. */
const TELLING = 6

export function signatureSkeleton(record: LogRecord, redacted: string, name: string): string {
  const template = templateOf(record.body || record.speech)
  const fixed = template
    .split(/<[^<>]{1,12}>|"<…>"|'<…>'/)
    .map((part) => part.trim())
    .filter((part) => part.length >= TELLING)
  const contains = fixed.reduce((a, b) => (b.length > a.length ? b : a), fixed[0] ?? template)
  const pack = {
    pack: name,
    title: name,
    system: name,
    versions: 'which versions say this',
    source: ['https://… where in the emitter’s source or documentation this text stands'],
    signatures: [
      {
        id: 'name-it',
        says: template,
        kind: 'validation',
        cause: 'one of expiry skew revocation misconfiguration malformed misuse outage',
        subcause: 'see: authtop explain --list',
        specificity: 70,
        contains,
        examples: [redacted],
        not: [],
      },
    ],
  }
  return stringify(pack, { lineWidth: 0 })
}
