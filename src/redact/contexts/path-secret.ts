/** Secrets whose place in a URL's path gives them away: links that reset passwords or confirm addresses, webhooks of Slack and Discord, Telegram's bots. */
import { fingerprintLengthAt } from '../fingerprint.ts'
import type { Context } from '../scan.ts'
import { saysItself } from '../self-evident.ts'
import { looksRandom } from '../words.ts'

const SEGMENT = /[\w.~=:-]{16,512}/y
const REST = /[\w/-]{16,512}/y
/** Orders and users are confirmed by their id; what comes by mail is longer or another alphabet. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const pathSecret: Context = (scan, at, wordEnd) => {
  const { text } = scan
  if (fingerprintLengthAt(text, wordEnd) > 0) return wordEnd
  // Has a trigger of its own, unless the path glues it to a letter.
  if (!text.startsWith('/bot', at) && saysItself(text.slice(wordEnd, wordEnd + 4_096))) return wordEnd
  const pattern = text[at] === '/' ? SEGMENT : REST
  pattern.lastIndex = wordEnd
  const value = pattern.exec(text)?.[0]
  if (value === undefined || (pattern === SEGMENT && (UUID.test(value) || !looksRandom(value)))) return wordEnd
  scan.add(wordEnd, wordEnd + value.length, pattern === SEGMENT ? 'code' : 'secret')
  return wordEnd + value.length
}
