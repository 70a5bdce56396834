/**
 * What was said, as words: identifiers are taken apart (`TOKEN_EXPIRED`, `tokenExpired`, `token.expired` and `Token expired` become
 * the same two words) and names of things that only contain the words (paths, files, keys of catalogues) are left out.
 * Loose phrasings of the packs that say `in: words` are looked for here, so that one phrase serves every way of writing it.
 * Leaves the nouns of other trades to foreign-nouns.ts.
 */

/** Names of things, not statements; all of them hold a sign that no word holds. */
const NAMES = new RegExp(
  [
    // Files of code, documents and pages, also with their folders; package@version.
    '[\\w@~/\\\\.-]{0,120}[\\w-]\\.(?:go|rs|js|ts|tsx|jsx|mjs|cjs|py|rb|php|java|kt|cs|c|cc|cpp|h|hpp|lua|pl|ex|exs|erl|scala|swift|html?|erb|twig|md|rst|adoc|txt|ya?ml|json|xml|properties|css|scss|svg|png|sql|proto|tgz|gz|deb|jar|conf|ini|toml|csv|log)\\b(?::\\d{1,6}){0,2}',
    '[\\w./-]{1,80}@v?\\d{1,4}\\.\\d[\\w.-]{0,30}',
    // What was asked for; addresses, and paths of two parts and more.
    '\\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) [^\\s"]{1,300}',
    '\\bhttps?://[^\\s"\'<>]{1,300}',
    '(?<![\\w/])/[\\w.~%-]{1,80}(?:/[\\w.~%-]{0,80}){1,12}',
    // Keys of catalogues and settings: `errors.token_expired`, `auth.token.expired.message`.
    '\\b(?:errors?|messages?|i18n|labels?|texts?|translations?|validation)\\.[a-z][\\w.-]{2,80}',
    '\\b[a-z][\\w-]{1,30}(?:\\.[a-z][\\w-]{1,30}){3,6}\\b(?!\\()',
    // Ids and fingerprints in hexadecimal.
    '\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{18,27}\\b',
  ].join('|'),
  'g',
)

export function spokenWords(statements: string): string {
  return statements
    .replace(NAMES, '~')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]{2,12})([A-Z][a-z]{2})/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(?:o auth|dpo p|open id|id p\b|jw t)/g, (apart) => apart.replace(' ', ''))
    .replace(/%20|_{1,4}|(?<=[a-z])(?:::|->|[-.+/])(?=[a-z])/g, ' ')
}
