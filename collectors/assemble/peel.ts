/**
 * Takes wrappers off a line, outermost first: `web-1 | {"log":"…"}`, syslog around CRI. Which wrapper can stand there is told
 * by the first character, so an unwrapped line costs one comparison.
 */
import { nest, type PeelContext, type PeeledLine } from './peeled-line.ts'
import { isOfAzureMonitor, peelAzureMonitor } from './wrapper/azure-monitor.ts'
import { peelCri } from './wrapper/cri.ts'
import { peelDocker } from './wrapper/docker.ts'
import { isJournalEntry, peelJournalJson } from './wrapper/journal-json.ts'
import { peelCompose, peelKubectl, peelPm2 } from './wrapper/prefix.ts'
import { isShipped, peelShipped } from './wrapper/shipped-json.ts'
import { peelSyslog } from './wrapper/syslog.ts'

/** Wrappers around wrappers: four are one more than seen in the wild. */
const MAX_DEPTH = 4

/** Null when nothing wraps the line. */
export function peel(line: string, context: PeelContext): PeeledLine | null {
  let found: PeeledLine | null = null
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const inner = peelOne(found === null ? line : found.text, context)
    if (inner === null) break
    found = found === null ? inner : nest(found, inner)
    if (inner.partial) break
  }
  return found
}

/** Is this JSON something around a record, and no record? */
export function isJsonWrapper(line: string): boolean {
  return line.startsWith('{"log":') || isJournalEntry(line) || isShipped(line) || isOfAzureMonitor(line)
}

function peelOne(line: string, context: PeelContext): PeeledLine | null {
  const c = line.charCodeAt(0)
  if (c === 123)
    return (
      (line.startsWith('{"log":') ? peelDocker(line, context) : peelJournalJson(line, context)) ??
      peelShipped(line, context) ??
      peelAzureMonitor(line, context)
    )
  if (c >= 48 && c <= 57) {
    // `2026-11-16T…`, `09:12:01 …`, `0|app …`: told apart before any pattern runs.
    if (line.charCodeAt(10) === 84) return peelCri(line, context) ?? peelSyslog(line, context)
    if (!hasBar(line)) return null
    return line.charCodeAt(2) === 58 ? peelCompose(line, context) : peelPm2(line, context)
  }
  if ((c >= 65 && c <= 90) || (c >= 97 && c <= 122))
    return (
      (line.charCodeAt(3) === 32 ? peelSyslog(line, context) : null) ??
      (hasBar(line) ? peelCompose(line, context) : null)
    )
  if (c === 91) return line.startsWith('[pod/') ? peelKubectl(line, context) : null
  return c === 60 ? peelSyslog(line, context) : null
}

/** Names in front of a bar are short; nobody's message should be searched to its end for one. */
const MAX_BAR = 150

function hasBar(line: string): boolean {
  const bar = line.length > MAX_BAR ? line.slice(0, MAX_BAR).indexOf('|') : line.indexOf('|')
  return bar > 0
}
