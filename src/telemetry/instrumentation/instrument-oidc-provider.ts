/** oidc-provider (https://github.com/panva/node-oidc-provider), version 8 and 9: tells by its events, docs/events.md there. */

import { recordStep } from './trace-step.ts'
import { issuanceStep } from './trace-token-issuance.ts'

export interface ProviderLike {
  issuer: string
  // biome-ignore lint/suspicious/noExplicitAny: the emitter's own listener types stay what they are.
  on(event: string, listener: (...args: any[]) => void): unknown
}

interface Context {
  oidc?: {
    client?: { clientId?: string }
    params?: { grant_type?: string }
    entities?: { Client?: { clientId?: string } }
  }
  body?: { access_token?: string }
}

/** Listens to `grant.success` and `grant.error`: every answer of the token endpoint. */
export function instrumentOidcProvider(provider: ProviderLike): void {
  const step = (context: Context) => {
    const client_id = context.oidc?.client?.clientId ?? context.oidc?.entities?.Client?.clientId
    const grant_type = context.oidc?.params?.grant_type
    return issuanceStep({
      library: 'oidc-provider',
      issuer: provider.issuer,
      ...(client_id === undefined ? {} : { client_id }),
      ...(grant_type === undefined ? {} : { grant_type }),
    })
  }
  provider.on('grant.success', (context: Context) => recordStep(step(context), { token: context.body?.access_token }))
  provider.on('grant.error', (context: Context, error: unknown) => recordStep(step(context), { error }))
}
