/**
 * What is remembered of an incident's client and, where its user is named, of that user at this client: what others did
 * with the same client says nothing of them. Asked for under the same two keys that `factsOf` writes.
 */
import { type HistoryFact, userKey } from '../../core/history.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'

export interface ClientFact extends HistoryFact {
  /** Of the incident's own user. */
  own: boolean
}

export function clientFacts(told: Told, { facts }: Background): ClientFact[] {
  const user = userOf(told)
  const ofClient = facts('client', told.client_id)
  // A client's facts that name no user may be this one's.
  const others = user === undefined ? ofClient : ofClient.filter(({ detail }) => detail === '')
  return [
    ...facts('user', user).map((fact) => ({ ...fact, own: true })),
    ...others.map((fact) => ({ ...fact, own: false })),
  ]
}

/** Key of the incident's user in the history; undefined where user or client is not named. */
export function userOf({ client_id, subject }: Told): string | undefined {
  return client_id === undefined || subject === undefined ? undefined : userKey(client_id, subject)
}
