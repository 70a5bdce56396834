/**
 * Things that are called after ours and are none of them: a token store, a login page, an authentication handler. What is wrong
 * with the thing is not wrong with the token, so loose phrasings must not see the noun it is named after.
 * Leaves the tokens of other trades to foreign-nouns.ts. Invariant: length and positions are kept.
 */

/** What takes the place of such a thing; stands in no words, see spoken-words.ts. */
export const THING = '§'

const OURS =
  '(?:[a-z]{0,14}tokens?|jwts?|credentials?|auth|authentication|authorization|authenticator|oauth2?|oidc|saml2?|openid|sso|login|sign ?in|session|scopes?|claims?|signing keys?|api ?keys?|identity provider|nonce|consent)'
const ANY_THINGS =
  'stores?|sources?|names?|naming|managers?|handlers?|factory|director(?:y|ies)|templates?|generators?|builders?|helpers?|wrappers?|adapters?|loaders?|encoders?|registry|repositor(?:y|ies)|tables?|columns?|rows?|maps?|mapp(?:er|ing)s?|pages?|screens?|forms?|wizards?|dialogs?|buttons?|tabs?|views?|components?|modules?|plugins?|packages?|library|class(?:es)?|interfaces?|listeners?|hooks?|jobs?|workers?|threads?|queues?|metrics?|counters?|tests?|mocks?|references?|objects?|strateg(?:y|ies)|filters?|interceptors?|middlewares?|guards?|pools?|statistics|stats|migrations?|schemas?|models?|entit(?:y|ies)|loggers?|documentation|docs|plans?|prefix(?:es)?|lengths?|labels?|lists?|dashboards?|files?|folders?|paths?|delegation|entry ?points?|owners?|resolvers?|(?:delete|deletion|creation|update) requests?|ttl (?:value|setting|must|is|to)'
const SETTINGS = 'settings?|config(?:uration)?s?|options?'
const SERVED = 'service|server|provider|backend|client|daemon'

/** Who serves tokens and metadata of providers are ours; who serves credentials and claims is somebody of the house. */
const NAMED = new RegExp(
  `\\b(?:${OURS} (?:${ANY_THINGS})|(?:[a-z]{0,14}tokens?|jwts?|credentials?|auth|login|session|claims?) (?:${SETTINGS})|(?:credentials?|claims?|session) (?:${SERVED})|credentials? (?:types?|kinds?|data|json|secret data)|tokens? secrets?|issuers? (?:types?|kinds?|cert\\w{0,8}))\\b`,
  'g',
)
/** A thing that something is said of: a word follows. `TokenStore: expired` names who speaks. */
const GOES_ON = /^[ ,]["'`([]?[a-z0-9§]/
const WITHIN_STATEMENT = /[a-z0-9"'\])§] $/

/** @param words as spoken, see spoken-words.ts */
export function withoutThings(words: string): string {
  return words.replace(NAMED, (thing, at: number) => {
    const end = at + thing.length
    return GOES_ON.test(words.slice(end, end + 3)) || WITHIN_STATEMENT.test(words.slice(Math.max(0, at - 2), at))
      ? THING.repeat(thing.length)
      : thing
  })
}
