/** The libraries as applications load them, told about by an instrumentation that the official SDK registers. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { environment, scratch } from '../../../cli/authtop.ts'

const home = scratch()
const ISSUED = 'auth.token.issue jsonwebtoken success'

/** Each check and each token once: what the middleware's own library does within it is part of it. */
const EXPECTED = [
  ISSUED,
  ISSUED,
  'auth.token.validate jsonwebtoken success',
  'auth.token.validate jsonwebtoken failure audience_mismatch',
  'auth.token.validate jose success',
  'auth.token.validate jose failure access_token',
  ISSUED,
  ISSUED,
  'auth.token.validate express-oauth2-jwt-bearer success',
  'auth.token.validate express-oauth2-jwt-bearer failure access_token',
  'auth.token.validate express-oauth2-jwt-bearer failure missing',
  'auth.token.issue oidc-provider success',
  'auth.token.issue oidc-provider failure client_credentials',
]

test.each(['app.mjs', 'app.cjs'])('%s: libraries tell without a word in the application', async (app) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', './telemetry.mjs', app], {
    cwd: import.meta.dirname,
    env: environment(home),
  })
  const spans = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"name"'))
    .map((line) => JSON.parse(line) as { name: string; attributes: Record<string, string>; scope: string })
  expect(new Set(spans.map(({ scope }) => scope))).toEqual(new Set(['authtop']))
  const told = spans.map(({ name, attributes }) =>
    [name, attributes['auth.library'], attributes['auth.outcome'], attributes['auth.subcause']].join(' ').trim(),
  )
  expect(told).toEqual(EXPECTED)
})
