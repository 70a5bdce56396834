/**
 * What is kept of a request target: its path, and of the query only what an OAuth redirect reports (RFC 6749 §4.1.2.1).
 * Queries carry codes, tokens and personal data; nobody needs the rest of them to explain a failure.
 */

/** Characters of a path that are kept. */
const MAX_PATH = 2048
const MAX_QUERY = 1024

export function pathOf(url: string): string {
  let from = 0
  // Absolute form (proxies, gateways): skip scheme and authority.
  const scheme = url.indexOf('://')
  if (scheme > 0 && scheme < 12) {
    const slash = url.indexOf('/', scheme + 3)
    if (slash < 0) return '/'
    from = slash
  }
  let end = url.length
  const query = url.indexOf('?', from)
  if (query >= 0) end = query
  const fragment = url.indexOf('#', from)
  if (fragment >= 0 && fragment < end) end = fragment
  return url.slice(from, Math.min(end, from + MAX_PATH))
}

/** The `error…` parameters of the query, joined by `&`; undefined when there are none. */
export function queryWorthKeeping(url: string): string | undefined {
  const start = url.indexOf('?')
  if (start < 0 || url.indexOf('error', start) < 0) return undefined
  const fragment = url.indexOf('#', start)
  const kept = url
    .slice(start + 1, fragment < 0 ? start + 1 + 4 * MAX_QUERY : fragment)
    .split('&')
    .filter((part) => /^error(?:_description|_uri|_code)?=/.test(part))
  return kept.length === 0 ? undefined : kept.join('&').slice(0, MAX_QUERY)
}
