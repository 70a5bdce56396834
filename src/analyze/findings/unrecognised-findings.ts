/** Messages that look like auth failures and that nobody recognises: an emitter that lacks a signature. */
import type { Finding } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import type { FindingFacts } from './facts.ts'
import { count } from './words.ts'

/** Fewer lines are not worth a signature. */
const SUPPORT = 5

export function unrecognisedFindings(facts: FindingFacts): Finding[] {
  const bySystem = new Map<
    string,
    { count: number; templates: number; from_ms: number; to_ms: number; sample: string }
  >()
  for (const group of facts.unrecognised) {
    if (group.last_ms < facts.range.from_ms || group.first_ms >= facts.range.to_ms) continue
    const known = bySystem.get(group.system)
    if (known === undefined)
      bySystem.set(group.system, {
        count: group.count,
        templates: 1,
        from_ms: group.first_ms,
        to_ms: group.last_ms,
        sample: group.sample,
      })
    else {
      known.count += group.count
      known.templates++
      known.from_ms = Math.min(known.from_ms, group.first_ms)
      known.to_ms = Math.max(known.to_ms, group.last_ms)
    }
  }
  return [...bySystem]
    .filter(([, g]) => g.count >= SUPPORT)
    .map(([system, g]) => ({
      kind: 'unrecognised' as const,
      severity: 'info' as const,
      cause: null,
      subcause: null,
      service: system,
      from_ms: g.from_ms,
      to_ms: g.to_ms,
      incidents: 0,
      title: `${system} writes auth failures that no signature knows`,
      why: [
        `${count(g.count, 'record')} in ${count(g.templates, 'form')}, since ${at(g.from_ms)}`,
        `for example: ${g.sample.slice(0, 160)}`,
      ],
      fix: ['Add a signature (docs/packs.md shows how) or report the line to the project, so that it is counted'],
      links: [],
    }))
}
