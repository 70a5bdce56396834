/** For libraries that read nested text by calling themselves and have no limit of their own. */

/** What a person is told. */
export const TOO_DEEP = 'nested too deeply'

/** Did a parser end because its input nests deeper than the stack reaches? Nothing is damaged then: it was only unwound. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}
