/** Apache with mod_auth_openidc: the reason in its error log, the status in its access log, no id in common. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { failuresIn } from './authtop-cli.ts'
import { expectCounts, expectTimes } from './expect-truth.ts'
import type { Fault, Truth } from './faults.ts'
import { temporaryFolder } from './library-run.ts'
import { startApache } from './mod-auth-openidc.ts'
import { needs } from './software.ts'
import { openTokenForge } from './token-forge.ts'
import { makeWorkload, randomNumbers, SEED } from './workload.ts'

/** mod_auth_openidc 2.4 as a resource server looks at `exp`, the signature and the key, not at `nbf`, `iat` or `iss`. */
const FAULTS: Fault[] = [
  'expired_just_now',
  'expired_hours_ago',
  'unknown_key',
  'forged_claims',
  'wrong_key',
  'garbage',
  'missing',
]
const FAILED_REQUESTS = 60
/** Longest pause between requests, ms: some follow at once, some share a second, some do not. */
const PAUSE_MS = 120
const ZONE = 'America/New_York'

/** A request without a token leaves nothing but a bare 401: that is all anybody can say from these logs. */
const BARE: Truth = { cause: 'unknown', subcause: 'unspecified' }

test('requests that mod_auth_openidc refuses are counted once each, with the cause its error log gives', async (context) => {
  needs(context, 'modAuthOpenidc')
  const folder = temporaryFolder()
  const logs = join(folder, 'logs')
  const forge = await openTokenForge()
  const apache = await startApache(logs, forge.publicPem, ZONE)
  const { requests, truth } = await makeWorkload(forge, FAULTS, FAILED_REQUESTS)
  const random = randomNumbers(SEED)
  const from_ms = Date.now()
  for (const { id, token } of requests) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(`http://127.0.0.1:${apache.port}/`, { headers })
    await response.arrayBuffer()
    expect(response.status).toBe(truth.has(id) ? 401 : 200)
    if (token === undefined) truth.set(id, BARE)
    await sleep(random() * PAUSE_MS)
  }
  await apache.stop()
  const failures = await failuresIn([join(logs, '*.log')], join(folder, 'store.db'), ZONE)
  expectCounts(failures, truth.values())
  expectTimes(failures, from_ms, Date.now())
})
