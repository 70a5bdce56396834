import { expect, test } from 'vitest'
import { loadFormats } from '../../../collectors/formats/load.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { loadPacks, PACKS_FOLDER } from '../../../src/signatures/load.ts'

const signatures = await loadPacks([PACKS_FOLDER])
const classifier = new Classifier({ formats: loadFormats(), signatures }, new Uint8Array(32), 'UTC', {
  prefilter_patience: 0,
})
const said = (text: string) => {
  const { event } = classifier.classify({ text })
  return event === null ? null : `${event.cause}/${event.subcause} by ${event.system}, ${event.confidence}`
}

test('words that others write too name their emitter only where the record does so as well', () => {
  const words = 'Access Token has been revoked'
  expect(said(`WARN api: ${words}`)).toBe('revocation/token_revoked by unknown, likely')
  expect(said(`NotAuthorizedException: ${words}`)).toBe('revocation/token_revoked by cognito, certain')
  expect(said(`{"level":"warn","service":"cognito-sync","message":"${words}"}`)).toBe(
    'revocation/token_revoked by cognito, certain',
  )
})

test("a reason in anybody's words within an emitter's own sentence is that emitter's", () => {
  const sentence = (reason: string) =>
    `{"level":"error","service":"authenticate","error":"identity/oidc: refresh failed: ${reason}","time":"2026-11-16T09:12:01Z","message":"refresh"}`
  expect(said(sentence('Post \\"https://idp.example/token\\": dial tcp 10.0.0.5:443: i/o timeout'))).toMatch(
    /^outage\/issuer_unavailable by (?:pomerium|http-client),/,
  )
  expect(said(sentence('strange'))).toBe('unknown/unspecified by pomerium, possible')
})
