/** What attribution will ask the history about one incident: few questions, and only those its rule looks at. */
import type { HistoryQuestion, Party } from '../../core/history.ts'
import { UNNAMED } from '../history/facts-of.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { userOf } from './client-facts.ts'
import { momentOf } from './moment.ts'

const MINUTE_MS = 60_000
/** How far back and ahead slots are looked at; ms. */
export const AROUND_MS = 10 * MINUTE_MS
/** How far back a client's last token may lie. */
const CLIENT_BACK_MS = 120 * MINUTE_MS
/** How far back a host's last acceptance before a deploy, or before its clock was set, may lie. */
const HOST_BACK_MS = 120 * MINUTE_MS

export function questionsOf(told: Told, background: Background): HistoryQuestion[] {
  const questions: HistoryQuestion[] = []
  const here_ms = told.time_ms
  const there_ms = momentOf(told, background)?.at_ms ?? told.time_ms
  const ask = (party: Party, key: string | undefined, at_ms: number, back_ms = AROUND_MS) => {
    if (key !== undefined) questions.push({ party, key, from_ms: at_ms - back_ms, to_ms: at_ms + AROUND_MS })
  }
  const { reported_cause: cause, reported_subcause: subcause } = told
  const aboutToken = ABOUT_TOKENS.has(cause)
  const aboutKeys = subcause === 'key_not_found' || subcause === 'signature' || subcause === 'stale_jwks'
  if (aboutToken || aboutKeys) {
    ask('token', told.token, here_ms)
    if (told.token_id !== told.token) ask('token', told.token_id, here_ms)
    if (told.issuer !== undefined) ask('issuer', told.issuer, there_ms)
    ask('issuer', UNNAMED, there_ms)
    // How long tokens live is seen of those it accepted, and a clock that was set may have refused all since.
    ask('host', told.host, here_ms, cause === 'expiry' && told.evidence.exp_ms === undefined ? HOST_BACK_MS : AROUND_MS)
    ask('fleet', '', there_ms)
  }
  if (cause === 'unknown')
    for (const host of new Set(background.spoken.map((one) => one.host)))
      if (host !== told.host) ask('host', host, here_ms)
  if (aboutToken) {
    ask('session', told.session, here_ms)
    ask('client', told.client_id, there_ms, CLIENT_BACK_MS)
    ask('user', userOf(told), there_ms, CLIENT_BACK_MS)
  }
  if (aboutKeys) {
    if (told.issuer !== undefined) ask('keys', told.issuer, here_ms)
    ask('keys', UNNAMED, here_ms)
    ask('host_keys', told.host, here_ms)
  }
  if (subcause === 'audience_mismatch' || subcause === 'issuer_mismatch') ask('host', told.host, here_ms, HOST_BACK_MS)
  // While it lasts, nothing else is said: what the host usually asks for lies before.
  if (subcause === 'jwks_unavailable' || subcause === 'issuer_unavailable')
    ask('host', told.host, here_ms, HOST_BACK_MS)
  if (subcause === 'client_credentials') ask('client', told.client_id, here_ms, CLIENT_BACK_MS)
  return questions
}

const ABOUT_TOKENS: ReadonlySet<string> = new Set(['expiry', 'skew', 'revocation', 'unknown'])
