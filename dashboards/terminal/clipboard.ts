/**
 * Copies text to the clipboard of the machine the terminal runs on, over ssh too: OSC 52 (xterm control sequences,
 * "Manipulate Selection Data"). tmux passes it on with `set -g set-clipboard on`.
 * Invariant: only base64 goes between the introducer and the terminator.
 */

/** xterm and others drop longer sequences whole; bytes of text before base64. */
export const COPY_LIMIT = 74_994

/** Null when the text is too long to arrive. */
export function copySequence(text: string): string | null {
  const bytes = Buffer.from(text, 'utf8')
  return bytes.length > COPY_LIMIT ? null : `\x1b]52;c;${bytes.toString('base64')}\x07`
}
