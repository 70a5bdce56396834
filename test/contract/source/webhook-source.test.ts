import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openWebhookSource } from '../../../collectors/webhook/webhook-source.ts'
import type { PushSourceOptions } from '../../../src/core/ports/push-source.ts'
import { type PushUnderTest, pushContract, type Told } from './push-contract.ts'

const TOKEN = 'a-token-of-this-test'

async function open(options: PushSourceOptions) {
  let url = ''
  const notice: PushSourceOptions['notice'] = ({ text }) => {
    url = `http://127.0.0.1:${/port (\d+)/.exec(text)?.[1]}/webhook/auth0`
  }
  return { source: await openWebhookSource({ host: '127.0.0.1', port: 0, token: TOKEN }, { ...options, notice }), url }
}

function told(status: number): Told {
  return status < 300 ? 'accepted' : status === 503 ? 'later' : 'refused'
}

function webhook(headersOf: (body: string) => Record<string, string>): PushUnderTest {
  let url = ''
  const post = async (body: string, headers = headersOf(body)) =>
    told(
      (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })).status,
    )
  return {
    async open(options) {
      const opened = await open(options)
      url = opened.url
      return opened.source
    },
    send: (text) => post(JSON.stringify({ message: text })),
    sendBroken: () => post('{"message":'),
    sendUnauthorised: () => post('{}', { authorization: 'Bearer another' }),
  }
}

const sign = (body: string) => ({ 'x-keycloak-signature': createHmac('sha256', TOKEN).update(body).digest('hex') })

pushContract('a webhook with a token', async () => webhook(() => ({ authorization: TOKEN })))
pushContract('a webhook with a bearer token', async () => webhook(() => ({ authorization: `Bearer ${TOKEN}` })))
pushContract('a webhook with signed bodies', async () => webhook(sign))

describe('a webhook', () => {
  test('a signature over another body lets nobody in', async () => {
    const { source, url } = await open({ notice: () => {}, now: Date.now })
    const response = await fetch(url, { method: 'POST', headers: sign('{"a":1}'), body: '{"a":2}' })
    expect(response.status).toBe(401)
    await source.close()
  })

  test('answers the questions that Okta, Event Grid and CloudEvents ask before they send', async () => {
    const { source, url } = await open({ notice: () => {}, now: Date.now })
    const okta = await fetch(url, { headers: { 'x-okta-verification-challenge': 'abc-123' } })
    expect(await okta.json()).toEqual({ verification: 'abc-123' })
    const grid = await fetch(url, {
      method: 'POST',
      headers: { 'aeg-event-type': 'SubscriptionValidation', authorization: TOKEN },
      body: JSON.stringify([{ data: { validationCode: '512d38b6' } }]),
    })
    expect(await grid.json()).toEqual({ validationResponse: '512d38b6' })
    const cloud = await fetch(url, { method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net' } })
    expect(cloud.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net')
    await source.close()
  })
})
