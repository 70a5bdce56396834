/** Characters as the literal index sees them: six bits each, so that a window of four is one small number. */

/** Characters in a window. */
export const GRAM = 4
/** Six bits a character, so that upper and lower case fall together but digits and signs stay apart from letters. */
export const SHIFT = 6
export const MASK = (1 << (GRAM * SHIFT)) - 1

/** One of 64 classes: letters without case, and everything else by its last five bits. */
export function classOf(code: number): number {
  return ((code & 64) >> 1) | (code & 31)
}
