/**
 * Paths as users type them: `'logs/{host}/*.log'` is a glob that also takes the host label from the path.
 * Knows nothing about the disk; discovery.ts walks it. Wildcards within one path component are picomatch's.
 * Invariant: `{host}` and `{service}` are labels, any brace with a comma stays an alternative, `{1..3}` stays a range.
 */
import { resolve } from 'node:path'
import picomatch from 'picomatch'

/** What a path says about its records. */
export interface PathLabels {
  host?: string
  service?: string
}

/** One component of a path. `any` is `**`: no component, or any number of them. */
export type Segment = { kind: 'name'; name: string } | { kind: 'match'; pattern: RegExp } | { kind: 'any' }

export interface PathTemplate {
  /** As typed, for messages. */
  text: string
  /** Absolute; one per brace alternative. */
  alternatives: readonly (readonly Segment[])[]
  /** The path itself when it has neither wildcard nor label: it is waited for if it does not exist yet. */
  literal: string | null
}

/** A pattern that cannot mean what was typed; the message is a sentence for the user. */
export class PathTemplateError extends Error {
  override name = 'PathTemplateError'
}

/** Alternatives of one pattern; more is a typing mistake or an attempt to exhaust memory. */
const ALTERNATIVES_LIMIT = 1000

const LABELS = ['host', 'service'] as const
type Label = (typeof LABELS)[number]

/** Letters only, so that picomatch leaves them as they are; replaced by a capture afterwards. */
const PLACEHOLDER: Record<Label, string> = { host: 'AuthtopLabelHost', service: 'AuthtopLabelService' }

/**
 * @param literally true when a file of exactly this name exists: then nothing in it is a wildcard.
 * @throws PathTemplateError for an unknown label or too many alternatives.
 */
export function parsePathTemplate(text: string, cwd: string, literally = false): PathTemplate {
  if (literally) return { text, alternatives: [names(resolve(cwd, text))], literal: resolve(cwd, text) }
  const alternatives = expandBraces(text).map((alternative) => parseAlternative(alternative, cwd))
  const [only] = alternatives
  const literal =
    alternatives.length === 1 && only?.every((segment) => segment.kind === 'name')
      ? `/${only.map((segment) => (segment.kind === 'name' ? segment.name : '')).join('/')}`
      : null
  return { text, alternatives, literal }
}

/** The labels that an absolute path has under a template, or null when the template does not match it. */
export function matchPath(template: PathTemplate, path: string): PathLabels | null {
  const parts = path.split('/').filter((part) => part !== '')
  for (const segments of template.alternatives) {
    const labels = matchParts(segments, parts, 0, 0, {})
    if (labels) return labels
  }
  return null
}

/** Matches one path component; returns the labels so far with those it adds, or null. A label used twice must agree. */
export function matchSegment(segment: Segment, part: string, labels: PathLabels): PathLabels | null {
  if (segment.kind === 'name') return segment.name === part ? labels : null
  if (segment.kind === 'any') return part.startsWith('.') ? null : labels
  const found = segment.pattern.exec(part)
  if (!found) return null
  const merged: PathLabels = { ...labels }
  for (const label of LABELS) {
    const value = found.groups?.[label]
    if (value === undefined) continue
    if (merged[label] !== undefined && merged[label] !== value) return null
    merged[label] = value
  }
  return merged
}

function matchParts(
  segments: readonly Segment[],
  parts: readonly string[],
  at: number,
  part: number,
  labels: PathLabels,
): PathLabels | null {
  const segment = segments[at]
  if (!segment) return part === parts.length ? labels : null
  if (segment.kind === 'any') {
    const skipped = matchParts(segments, parts, at + 1, part, labels)
    if (skipped) return skipped
    const name = parts[part]
    if (name === undefined || name.startsWith('.')) return null
    return matchParts(segments, parts, at, part + 1, labels)
  }
  const name = parts[part]
  if (name === undefined) return null
  const merged = matchSegment(segment, name, labels)
  return merged && matchParts(segments, parts, at + 1, part + 1, merged)
}

function parseAlternative(text: string, cwd: string): Segment[] {
  const absolute = text.startsWith('/')
  const segments: Segment[] = absolute ? [] : names(cwd)
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') segments.pop()
    else if (part === '**') {
      // Adjacent `**` mean the same as one and would only multiply the ways to match.
      if (segments.at(-1)?.kind !== 'any') segments.push({ kind: 'any' })
    } else segments.push(parseSegment(part, text))
  }
  return segments
}

function names(path: string): Segment[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map((name) => ({ kind: 'name', name }))
}

function parseSegment(part: string, whole: string): Segment {
  const seen = new Set<Label>()
  const withPlaceholders = part.replaceAll(/(?<!\\)\{([A-Za-z_][\w-]*)\}/g, (_, name: string) => {
    const label = LABELS.find((known) => known === name)
    if (!label) {
      throw new PathTemplateError(
        `'${whole}' has the label {${name}}; only {host} and {service} are taken from a path (write \\{${name}\\} for a file of that name)`,
      )
    }
    seen.add(label)
    return PLACEHOLDER[label]
  })
  if (seen.size === 0 && !/[\\*?[\]{}]|[@+!]\(/.test(part)) return { kind: 'name', name: part }
  let source = picomatch.makeRe(withPlaceholders, { nonegate: true, dot: part.startsWith('.') }).source
  for (const label of seen) {
    source = source.replace(PLACEHOLDER[label], `(?<${label}>(?!\\.)[^/]+?)`)
    // The same label again within the component must repeat the value.
    source = source.replaceAll(PLACEHOLDER[label], `\\k<${label}>`)
  }
  return { kind: 'match', pattern: new RegExp(source) }
}

/** `a{b,c/d}e` → `abe`, `ac/de`. Braces without a comma are left alone: they are labels or ranges. */
export function expandBraces(text: string): string[] {
  const results: string[] = []
  const todo = [text]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const found = firstAlternatives(next)
    if (!found) results.push(next)
    else for (const choice of found.choices.toReversed()) todo.push(found.before + choice + found.after)
    if (results.length + todo.length > ALTERNATIVES_LIMIT) {
      throw new PathTemplateError(`'${text}' stands for more than ${ALTERNATIVES_LIMIT} patterns`)
    }
  }
  return results
}

function firstAlternatives(text: string): { before: string; choices: string[]; after: string } | null {
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
    if (text[open - 1] === '\\') continue
    const commas: number[] = []
    let depth = 0
    for (let at = open; at < text.length; at++) {
      const character = text[at]
      if (character === '\\') at++
      else if (character === '{') depth++
      else if (character === ',' && depth === 1) commas.push(at)
      else if (character === '}' && --depth === 0) {
        if (commas.length === 0) break
        const cuts = [open, ...commas, at]
        const choices = cuts.slice(0, -1).map((from, index) => text.slice(from + 1, cuts[index + 1]))
        return { before: text.slice(0, open), choices, after: text.slice(at + 1) }
      }
    }
  }
  return null
}
