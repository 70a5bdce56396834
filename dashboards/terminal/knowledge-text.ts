/** Answers of `authtop explain` about a token, a code, and the list of everything known; pure and safe to print. */
import { CAUSES, type Cause, type Subcause } from '../../src/core/cause.ts'
import type { Remedy } from '../../src/core/remedy/remedy.ts'
import { remedyOf } from '../../src/core/remedy/remedy-of.ts'
import type { TokenFacts } from '../../src/core/token-facts.ts'
import { formatAgo, formatDuration, formatInstant } from '../format-time.ts'
import { subcauseTitle, verdictTitle } from '../wording.ts'
import { toPrintable } from './printable.ts'

export interface KnownSignature {
  id: string
  system: string
  symptom: string
  kind: string
  outcome: string
  cause: Cause | null
  subcause: Subcause | null
}

export interface TokenReport {
  facts: TokenFacts
  at_ms: number
  remarks: readonly { cause: Cause | null; text: string }[]
  remedy: Remedy | null
}

export function tokenText({ facts, at_ms, remarks, remedy }: TokenReport, zone: string): string {
  const lines = [
    `JWT ${facts.fingerprint}, looked at as of ${formatInstant(at_ms, zone)}; decoded here, sent nowhere, not stored`,
  ]
  const say = (name: string, text: string | undefined) => {
    if (text !== undefined) lines.push(`  ${name.padEnd(11)} ${text}`)
  }
  say('algorithm', facts.alg)
  say('key id', facts.kid)
  say('type', facts.typ)
  say('issuer', facts.iss)
  say('audience', facts.aud)
  say('client', facts.client_id)
  say('scope', facts.scope)
  say('subject', facts.subject)
  const instant = (ms: number | undefined) =>
    ms === undefined ? undefined : `${formatInstant(ms, zone)}, ${formatAgo(ms, at_ms)}`
  say('issued', instant(facts.iat_ms))
  say('not before', instant(facts.nbf_ms))
  say('expires', instant(facts.exp_ms))
  if (facts.iat_ms !== undefined && facts.exp_ms !== undefined)
    say('lifetime', formatDuration(facts.exp_ms - facts.iat_ms))
  const refused = remarks.filter((r) => r.cause !== null)
  lines.push(
    '',
    refused.length === 0 ? 'Nothing in it speaks against it at that time.' : 'A validator would refuse it:',
  )
  for (const { text } of refused) lines.push(`  · ${text}`)
  const advice = remarks.filter((r) => r.cause === null)
  if (advice.length > 0) lines.push('', 'Worth knowing:', ...advice.map(({ text }) => `  · ${text}`))
  lines.push('', 'Its signature was not checked: that takes the issuer’s public key.')
  if (remedy !== null) lines.push('', ...remedyLines(remedy))
  return print(lines)
}

/** Signatures and meanings named one by one; a code many emitters share needs no more. */
const SHOWN = 8

export function codeText(
  code: string,
  signatures: readonly KnownSignature[],
  verdicts: readonly { cause: Cause; subcause: Subcause }[],
  sources: readonly string[],
): string {
  const lines: string[] = []
  if (signatures.length > 0) {
    lines.push(`${code} is said by`)
    for (const s of signatures.slice(0, SHOWN))
      lines.push(
        `  ${s.system}: ${s.symptom} (${s.kind}, ${s.outcome}${s.cause === null ? '' : `, ${verdictTitle(s.cause, s.subcause!)}`})`,
      )
    if (signatures.length > SHOWN) lines.push(`  … and ${signatures.length - SHOWN} more`)
  }
  if (lines.length > 0) lines.push('')
  if (verdicts.length === 0) lines.push('It reports a success.')
  else {
    lines.push(verdicts.length === 1 ? 'It means' : 'It may mean, most likely first')
    verdicts.slice(0, SHOWN).forEach(({ cause, subcause }, i) => {
      lines.push(`  ${i + 1}. ${verdictTitle(cause, subcause)}: ${remedyOf(cause, subcause as never).sentence}`)
    })
    if (verdicts.length > SHOWN)
      lines.push(`  … and ${verdicts.length - SHOWN} more, each said by few; --json lists them`)
    const [first] = verdicts
    lines.push('', ...remedyLines(remedyOf(first!.cause, first!.subcause as never)))
  }
  for (const url of sources) lines.push(`  Where it is documented: ${url}`)
  return print(lines)
}

/** Every cause, and every signature under its emitter. */
export function listText(signatures: readonly KnownSignature[]): string {
  const lines = ['Causes']
  for (const [cause, subcauses] of Object.entries(CAUSES) as [Cause, readonly Subcause[]][])
    for (const subcause of subcauses)
      lines.push(`  ${`${cause}/${subcause}`.padEnd(40)} ${subcauseTitle(cause, subcause)}`)
  const systems = Map.groupBy(signatures, (s) => s.system)
  for (const [system, own] of [...systems].sort(([a], [b]) => a.localeCompare(b))) {
    lines.push('', system)
    for (const s of own)
      lines.push(
        `  ${s.id.padEnd(40)} ${s.symptom}${s.cause === null ? ` (${s.kind})` : ` → ${s.cause}/${s.subcause}`}`,
      )
  }
  return print(lines)
}

function remedyLines(remedy: Remedy): string[] {
  return [
    `What to do: ${remedy.title}`,
    ...remedy.checks.map((check, i) => `  ${i + 1}. ${check}`),
    `  Fix: ${remedy.fix}`,
    ...remedy.links.map(({ text, url }) => `  ${text}: ${url}`),
  ]
}

function print(lines: readonly string[]): string {
  return lines.map((line) => toPrintable(line).trimEnd()).join('\n')
}
