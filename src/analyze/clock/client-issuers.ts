/**
 * Whose tokens a client holds: many records show a token's instants and its client but not the issuer, and tokens of several
 * issuers measure several clocks. A client that has been seen with one issuer only is taken to use that one.
 * Keeps nothing across restarts: it is learned again within minutes.
 */
import type { AuthEvent } from '../../core/auth-event.ts'
import { RecentMap } from '../../core/recent.ts'

/** Clients remembered, or up to twice as many; past it the first met are given up. */
const CLIENT_LIMIT = 50_000
/** Uses more than one issuer: nothing can be said of it. */
const SEVERAL = Symbol('several')

export class ClientIssuers {
  readonly #byClient = new RecentMap<string, string | typeof SEVERAL>(CLIENT_LIMIT)

  /** Learns from the event, or names its issuer where that is known from others. */
  named(event: AuthEvent): AuthEvent {
    const { client_id, issuer } = event
    if (client_id === undefined) return event
    const known = this.#byClient.get(client_id)
    if (issuer === undefined) return typeof known === 'string' ? { ...event, issuer: known } : event
    // What a refused token claims teaches nothing: its issuer may be the very reason.
    if (event.outcome === 'failure' || known === issuer) return event
    this.#byClient.set(client_id, known === undefined ? issuer : SEVERAL)
    return event
  }
}
