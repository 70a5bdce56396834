/** Private members of JSON web keys (RFC 7518 §6): `d`, `p`, `q`, `dp`, `dq`, `qi`, `k`. Public ones stay, `kid` and `n` explain failures. */
import type { Context } from '../scan.ts'

const PRIVATE_MEMBER = /(?<=["'])(?:dp|dq|qi|[dpqk])\\{0,15}["']\s{0,4}:\s{0,4}\\{0,15}["']([\w+/-]{16,}={0,2})/g

/** Searches the whole text once, at the first `kty`: the private members may stand in front of it. */
export const privateJwk: Context = (scan, _at, wordEnd) => {
  if (scan.jwkSearched) return wordEnd
  scan.jwkSearched = true
  for (const match of scan.text.matchAll(PRIVATE_MEMBER)) {
    const end = match.index + match[0].length
    scan.add(end - match[1]!.length, end, 'apikey')
  }
  return wordEnd
}
