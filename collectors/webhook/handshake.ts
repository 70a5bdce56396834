/** How senders ask whether an address really wants their events, before they send any. */
import type { IncomingHttpHeaders } from 'node:http'

/** Okta, on GET: https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request */
export function oktaAnswer(headers: IncomingHttpHeaders): { verification: string } | null {
  const challenge = headers['x-okta-verification-challenge']
  return typeof challenge === 'string' && /^[\w.~-]{1,512}$/.test(challenge) ? { verification: challenge } : null
}

/** Event Grid, on POST: https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema */
export function eventGridAnswer(headers: IncomingHttpHeaders, body: Uint8Array): { validationResponse: string } | null {
  if (headers['aeg-event-type'] !== 'SubscriptionValidation') return null
  try {
    const [event] = JSON.parse(Buffer.from(body).toString('utf8')) as [{ data?: { validationCode?: unknown } }]
    const code = event.data?.validationCode
    return typeof code === 'string' ? { validationResponse: code.slice(0, 512) } : null
  } catch {
    return null
  }
}

/** CloudEvents, on OPTIONS: https://github.com/cloudevents/spec/blob/v1.0.1/http-webhook.md#42-validation-response */
export function cloudEventsAnswer(headers: IncomingHttpHeaders): Record<string, string> | null {
  const origin = headers['webhook-request-origin']
  if (typeof origin !== 'string' || !/^[\w.:/-]{1,253}$/.test(origin)) return null
  return { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' }
}
