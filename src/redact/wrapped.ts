/**
 * A long token that was broken over lines: by PEM's or MIME's width, quoted-printable, a shell's backslash, a folded header, or by
 * a printer that glues pieces with `+`. Only what says itself what it is goes on, and only over lines that hold nothing else.
 */
import { looksLikeWords } from './words.ts'

/** Behind a shorter piece nobody breaks a line; characters. */
const PIECE_MIN = 32
/** Enough for a SAML response at 64 characters a line. */
const MAX_LINES = 2_000
const BREAK = /(?:=|\\|["'] ?\+)?(?:\r?\n|(?:\\{1,7}r)?\\{1,7}n)(?:[ \t>|"']|\\{1,7}t){0,24}/y
const BREAKS = new RegExp(BREAK, 'g')
const RUN = /[\w.+/~-]{1,4096}={0,2}/y
/** What may stand behind the last piece, or the line is about something else. */
const ENDS = /(?:\s{0,8}$|[ \t]{0,8}[\r\n]|["'`<>,;)\]}\\]|=\r?\n)/y

/** End of a token that was read up to `end` and may go on in the next lines; `end` if it does not. */
export function wrappedEnd(text: string, start: number, end: number): number {
  if (end - start < PIECE_MIN) return end
  let last = end
  for (let n = 0; n < MAX_LINES; n++) {
    BREAK.lastIndex = last
    if (!BREAK.test(text)) return last
    RUN.lastIndex = BREAK.lastIndex
    const run = RUN.exec(text)?.[0]
    if (run === undefined) return last
    ENDS.lastIndex = RUN.lastIndex
    // A word alone on a line is a word; a token's last letters hardly ever make one.
    if (!ENDS.test(text) || looksLikeWords(run)) return last
    last = RUN.lastIndex - (/=$/.test(run) && /^\r?\n/.test(text.slice(RUN.lastIndex, RUN.lastIndex + 2)) ? 1 : 0)
  }
  return last
}

/** The pieces as one again. */
export function unwrapped(raw: string): string {
  return /[\n\\]/.test(raw) && !raw.startsWith('-----') && /^[\w.~+/%-]{32}/.test(raw) ? raw.replace(BREAKS, '') : raw
}
