/**
 * Sends one body over HTTP and reads the answer as sinks need it: taken, worth a retry (408, 425, 429, 5xx, no connection,
 * too slow), or final. Honours Retry-After (RFC 9110 §10.2.3). Never throws, never follows redirects to other places.
 * Invariant: neither URL nor headers appear in an error, since webhook URLs are secrets.
 */
import type { SendResult } from './notice.ts'

const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429])
/** The answer is read so far, for the error message; bytes. */
const ANSWER_LIMIT = 2_000

export interface Post {
  url: string
  method?: 'POST' | 'PUT'
  headers?: Readonly<Record<string, string>>
  body: string
  timeout_ms: number
  now_ms: number
}

export async function httpPost(post: Post, signal: AbortSignal): Promise<SendResult> {
  try {
    const response = await fetch(post.url, {
      method: post.method ?? 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'authtop', ...post.headers },
      body: post.body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(post.timeout_ms)]),
    })
    const text = await answer(response)
    if (response.ok) return { ok: true }
    const retry = response.status >= 500 || RETRYABLE.has(response.status)
    const after_ms = retryAfter(response.headers.get('retry-after'), post.now_ms)
    const error = `the receiver answered ${response.status}${text === '' ? '' : `: ${text}`}`
    return { ok: false, retry, error, ...(after_ms !== null && { after_ms }) }
  } catch (error) {
    return { ok: false, retry: true, error: wordsOf(error) }
  }
}

async function answer(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  if (response.body === null) return ''
  for await (const chunk of response.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length >= ANSWER_LIMIT) break
  }
  return text
    .slice(0, 200)
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
}

/** Seconds or an HTTP date; ms from now, null where absent or nonsense. */
export function retryAfter(header: string | null, now_ms: number): number | null {
  if (header === null) return null
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now_ms)
}

function wordsOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') return 'no answer in time'
  if (name === 'AbortError') return 'stopped'
  return `no connection (${cause?.code ?? name})`
}
