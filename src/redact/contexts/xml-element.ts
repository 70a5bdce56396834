/** Content of XML elements that prove an identity: passwords, SAML signatures, encrypted assertions, name ids (SAML core §2.2). */
import type { SecretKind } from '../../core/secret-kind.ts'
import type { Context, Scan } from '../scan.ts'
import { isPlaceholder } from '../words.ts'

/** Attributes and namespaces between a name and its `>`; characters. */
const OPENING_LIMIT = 512
const CDATA = '<![CDATA['

/**
 * `nameEnd` is the position behind the element's name. Adds the text up to the next tag; returns where to go on.
 * `evenCut`: also if no closing tag follows; otherwise that is no element but a placeholder such as `<token>`.
 */
export function xmlElement(scan: Scan, nameEnd: number, kind: SecretKind, evenCut: boolean): number {
  const { text } = scan
  const opening = text.slice(nameEnd, nameEnd + OPENING_LIMIT)
  const close = opening.indexOf('>')
  if (close < 0 || opening[close - 1] === '/') return nameEnd
  const behind = nameEnd + close + 1
  const start = text.startsWith(CDATA, behind) ? behind + CDATA.length : behind
  const next = start === behind ? text.indexOf('<', start) : text.indexOf(']]>', start)
  const end = Math.min(next < 0 ? text.length : next, scan.textLimit(start))
  if (!evenCut && start === behind && !text.startsWith('</', end)) return start
  if (!isPlaceholder(text.slice(start, Math.min(end, start + 201)))) scan.add(start, end, kind)
  return end
}

const KINDS: readonly (readonly [RegExp, SecretKind])[] = [
  [/assword$/, 'password'],
  [/NameID$/, 'sub'],
  [/Token$/, 'opaque'],
]

/** An element known by its name alone; those named like a parameter come from assignment.ts. */
export const knownXmlElement: Context = (scan, at, wordEnd) => {
  const name = scan.text.slice(at, wordEnd)
  return xmlElement(scan, wordEnd, KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'saml', true)
}
