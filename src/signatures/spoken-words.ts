/**
 * What was said, as words: identifiers are taken apart (`TOKEN_EXPIRED`, `tokenExpired`, `token.expired` and `Token expired` become
 * the same two words) and names of things that only contain the words (paths, files, keys of catalogues) are left out.
 * Loose phrasings of the packs that say `in: words` are looked for here, so that one phrase serves every way of writing it.
 * Leaves the nouns of other trades to foreign-nouns.ts.
 */
import { Alternation, type Alternative } from './alternation.ts'

/** How names of files end; those that begin with another one are left out. */
const FILE_ENDINGS =
  '.go .rs .js .ts .mjs .cjs .py .rb .php .java .kt .c .h .lua .pl .ex .erl .erb .scala .swift .twig .md .adoc .txt .y .xml .properties .proto .svg .scss .png .sql .tgz .gz .deb .jar .ini .toml .log'.split(
    ' ',
  )

/** Names of things, not statements; all of them hold a sign that no word holds. */
export const NAMES: readonly Alternative[] = [
  // Files of code, documents and pages, also with their folders; package@version.
  {
    source:
      '[\\w@~/\\\\.-]{0,120}[\\w-](?:\\.go|\\.rs|\\.js|\\.ts|\\.tsx|\\.jsx|\\.mjs|\\.cjs|\\.py|\\.rb|\\.php|\\.java|\\.kt|\\.cs|\\.c|\\.cc|\\.cpp|\\.h|\\.hpp|\\.lua|\\.pl|\\.ex|\\.exs|\\.erl|\\.scala|\\.swift|\\.html?|\\.erb|\\.twig|\\.md|\\.rst|\\.adoc|\\.txt|\\.ya?ml|\\.json|\\.xml|\\.properties|\\.css|\\.scss|\\.svg|\\.png|\\.sql|\\.proto|\\.tgz|\\.gz|\\.deb|\\.jar|\\.conf|\\.ini|\\.toml|\\.csv|\\.log)\\b(?::\\d{1,6}){0,2}',
    needs: FILE_ENDINGS,
  },
  { source: '[\\w./-]{1,80}@v?\\d{1,4}\\.\\d[\\w.-]{0,30}', needs: ['@'] },
  // What was asked for; addresses, and paths of two parts and more.
  {
    source: '\\b(?:GET |HEAD |POST |PUT |PATCH |DELETE |OPTIONS )[^\\s"]{1,300}',
    needs: ['get ', 'head ', 'post ', 'put ', 'patch ', 'delete ', 'options '],
  },
  { source: '\\bhttps?://[^\\s"\'<>]{1,300}', needs: ['://'] },
  { source: '(?<![\\w/])/[\\w.~%-]{1,80}(?:/[\\w.~%-]{0,80}){1,12}', needs: ['/'] },
  // Keys of catalogues and settings: `errors.token_expired`, `auth.token.expired.message`.
  {
    source: '\\b(?:errors?|messages?|i18n|labels?|texts?|translations?|validation)\\.[a-z][\\w.-]{2,80}',
    needs: ['error', 'message', 'i18n', 'label', 'text', 'translation', 'validation'],
  },
  { source: '\\b[a-z][\\w-]{1,30}(?:\\.[a-z][\\w-]{1,30}){3,6}\\b(?!\\()', needs: ['.'] },
  // Names of metrics.
  {
    source: '\\b\\w{3,60}(?:_total|_count|_seconds|_bucket|_sum)\\b',
    needs: ['_total', '_count', '_seconds', '_bucket', '_sum'],
  },
  // Ids and fingerprints in hexadecimal.
  { source: '\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{18,27}\\b', needs: ['-'] },
]

const names = new Alternation(NAMES, 'g')

/**
 * A name with its value says nothing of what stands before it: `credentials checked geo=None`. One that gives the reason does, and so
 * does whoever is named first.
 */
const PAIR =
  /(?<=[^\s=,;|(] {1,3})(?=(?!(?:\w{1,20}[._-])?(?:reason|error|err|cause|why|detail|details|description|message|msg|status|code|result|outcome|state|failure|exception|type|kind|errno|expected|got|actual|want)\b)[\w.[\]-]{1,60}=(?!=))/gi

export function spokenWords(statements: string): string {
  const named = names.in(statements)
  return (named === null ? statements : statements.replace(named, '~'))
    .replace(PAIR, '| ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]{2,12})([A-Z][a-z]{2})/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(?:o auth|dpo p|open id|id p\b|jw t)/g, (apart) => apart.replace(' ', ''))
    .replace(/%20|_{1,4}|(?<=[a-z])(?:::|->|[-.+/])(?=[a-z])/g, ' ')
}
