/** Looks for what is left of secrets in texts, also where a notation hides it: escapes, percent signs and entities are undone as well. */
import type { Placed } from './places.ts'
import { traces } from './secret-kinds.ts'

export interface Found {
  placed: Placed
  trace: string
  around: string
}

const LENGTH = 12

/** One pass over each text, whatever the number of secrets: pieces of one length are looked up in a table. */
export function findTraces(texts: readonly string[], placed: readonly Placed[]): Found[] {
  const table = new Map<string, { placed: Placed; trace: string }>()
  for (const each of placed)
    for (const trace of traces(each.secret))
      if (trace.length >= LENGTH) table.set(trace.slice(0, LENGTH), { placed: each, trace: trace.slice(0, LENGTH) })
  const found = new Map<Placed, Found>()
  for (const text of texts.flatMap((each) => [each, plain(each)])) {
    for (let at = 0; at + LENGTH <= text.length; at++) {
      const hit = table.get(text.slice(at, at + LENGTH))
      if (hit !== undefined && !found.has(hit.placed))
        found.set(hit.placed, { ...hit, around: text.slice(Math.max(0, at - 120), at + 80) })
    }
  }
  return [...found.values()]
}

const MAX_LEVELS = 4

function plain(text: string): string {
  let once = text
  for (let level = 0; level < MAX_LEVELS; level++) {
    const before = once
    once = once
      .replace(/\\+u00([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name]!)
      .replace(/\\+(["'/\\])/g, '$1')
    if (once === before) break
  }
  return once
}
