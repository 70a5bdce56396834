/** oidc-provider, an authorization server: what its token, userinfo and introspection endpoints refuse, from its own events. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'vitest'
import { failuresIn } from './authtop-cli.ts'
import { expectEachRequest } from './expect-truth.ts'
import type { Truth } from './faults.ts'
import { temporaryFolder } from './library-run.ts'
import { runEmitter } from './run-emitter.ts'
import { needs } from './software.ts'
import { pick, randomNumbers, SEED } from './workload.ts'

/** What each play truly is; null = it succeeds. */
const PLAYS: Record<string, Truth | null> = {
  code: null,
  client_credentials: null,
  refresh: null,
  userinfo: null,
  wrong_secret: { cause: 'misconfiguration', subcause: 'client_credentials' },
  unknown_client: { cause: 'misconfiguration', subcause: 'client_unknown' },
  wrong_grant_type: { cause: 'misconfiguration', subcause: 'grant_type' },
  code_expired: { cause: 'expiry', subcause: 'authorization_code' },
  code_replayed: { cause: 'misuse', subcause: 'code_replayed' },
  redirect_mismatch: { cause: 'misconfiguration', subcause: 'redirect_uri' },
  pkce_mismatch: { cause: 'misuse', subcause: 'pkce' },
  refresh_expired: { cause: 'expiry', subcause: 'refresh_token' },
  refresh_reused: { cause: 'revocation', subcause: 'refresh_reused' },
  userinfo_without_token: { cause: 'malformed', subcause: 'missing' },
  introspection_wrong_secret: { cause: 'misconfiguration', subcause: 'client_credentials' },
}
const REQUESTS = 100

test('every request oidc-provider refuses gets its true cause from the events it emits', async (context) => {
  needs(context, 'oidcProvider')
  const folder = temporaryFolder()
  const random = randomNumbers(SEED)
  const names = Object.keys(PLAYS)
  while (names.length < REQUESTS) names.push(pick(Object.keys(PLAYS), random))
  const requests = names.map((play) => ({ id: randomUUID(), play }))
  await runEmitter({ script: 'oidc-provider.mjs', input: { requests }, log: join(folder, 'logs/auth-1/auth.log') })
  const truth = new Map<string, Truth>()
  for (const { id, play } of requests) {
    const one = PLAYS[play]
    if (one) truth.set(id, one)
  }
  const failures = await failuresIn([join(folder, 'logs/{host}/{service}.log')], join(folder, 'store.db'))
  expectEachRequest(failures, truth)
})
