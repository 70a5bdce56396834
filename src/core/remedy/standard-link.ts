/**
 * Links to the standards, built in one place so that their form is the same everywhere.
 * What a section says is left to the standard; the caller names it in a word or two.
 */
import type { RemedyLink } from './remedy.ts'

/** `rfc(6749, '5.2', 'error response')` → "RFC 6749 §5.2, error response". */
export function rfc(number: number, section: string, what: string): RemedyLink {
  return {
    text: `RFC ${number} §${section}, ${what}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
  }
}

/** An anchor of OpenID Connect Core 1.0, e.g. `IDTokenValidation`. */
export function openidCore(anchor: string, what: string): RemedyLink {
  return {
    text: `OpenID Connect Core, ${what}`,
    url: `https://openid.net/specs/openid-connect-core-1_0.html#${anchor}`,
  }
}

/** An anchor of OpenID Connect Discovery 1.0, e.g. `ProviderMetadata`. */
export function openidDiscovery(anchor: string, what: string): RemedyLink {
  return {
    text: `OpenID Connect Discovery, ${what}`,
    url: `https://openid.net/specs/openid-connect-discovery-1_0.html#${anchor}`,
  }
}
