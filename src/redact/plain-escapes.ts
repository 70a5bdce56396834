/**
 * Writes characters that need no escape as themselves: a token is told by its dots and first letters, a name by its letters, and
 * `%61ccess_token`, `\u0061ccess_token` and `access&#95;token` are that name to whoever reads the log (RFC 3986 §6.2.2.2, RFC 8259 §7).
 * Leaves alone what separates or quotes: percent-encoded delimiters stay, because a value ends where its own level of encoding ends.
 * Invariants: doing it twice is doing it once; JSON stays JSON, and of nested JSON every level the same.
 */

/** Behind the beginning of an escape nothing is written out, or what comes of it would be another escape. */
const BEGUN = '(?:%(?:25){0,3}[0-9a-f]?|\\\\(?:u[0-9a-f]{0,3}|u\\{[0-9a-f]{0,4}|x[0-9a-f]?)|&(?:amp;)?#x?[0-9a-f]{0,4})'
/** `+-./`, digits, `:=`, letters, `_~`: code points as JSON, C and HTML write them. */
const PLAIN = '(?:2[bdef]|3[0-9ad]|[46][1-9a-f]|[57][0-9a]|5f|7e)'
/** `+-./:=_~` only: `\\x64` is a folder of Windows. */
const SIGN = '(?:2[bdef]|3[ad]|5f|7e)'
/** The unreserved characters of RFC 3986 §2.3. */
const UNRESERVED = '(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)'
const NEEDLESS = new RegExp(
  `[\\\\%&](?<!${BEGUN}.)(?:(?<=(?<!\\\\)\\\\)\\\\*(?:u00(${PLAIN})|u\\{0{0,4}(${PLAIN})\\}|x(${SIGN}))|(?<=%)(?:25){0,3}(${UNRESERVED})|(?<=&)(?:amp;)?#(?:0{0,4}([0-9]{2,3})|x0{0,4}(${PLAIN}));)`,
  'gi',
)
const IS_PLAIN = new RegExp(`^${PLAIN}$`)

/** Colours, also as JSON, C and caret notation write the escape character: a name would end in one, and a token stand behind a letter. */
const COLOUR = /(?:\x1b|(?<!\\)\\{1,15}(?:u001b|x1b|033|e)|\^\[|#033)\[[0-9;]{0,20}m/gi
/** Take no space and say nothing: zero-width space, word joiner, byte order mark. */
const INVISIBLE = /[\u200b\u2060\ufeff]/g

export function plainEscapes(text: string): string {
  let plain = text
  if (plain.includes('[')) plain = plain.replace(COLOUR, '')
  plain = plain.replace(INVISIBLE, '')
  if (!/[\\%&]/.test(plain)) return plain
  return plain.replace(NEEDLESS, (written, u, braced, x, percent, decimal: string | undefined, entity) => {
    const hex = (u ?? braced ?? x ?? percent ?? entity) as string | undefined
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    const code = Number(decimal)
    return IS_PLAIN.test(code.toString(16)) ? String.fromCharCode(code) : written
  })
}
