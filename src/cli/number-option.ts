/** Numbers given on the command line. */
import { InvalidArgumentError } from 'commander'

export function positiveInteger(text: string): number {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('a whole number from 1 upwards is needed')
  return n
}
