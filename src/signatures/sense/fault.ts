/** What a sense consists of: a noun of our trade, and what is said of it. */
import { DEEDS, FAULTS, type Noun } from './lexicon.ts'

export type Deed = keyof typeof DEEDS
/** What may be said of a noun: a fault, a deed that failed, a deed that was done. */
export type Fault = keyof typeof FAULTS | `un-${Deed}` | `done-${Deed}` | 'failed'

export const FAULT_NAMES = [
  ...Object.keys(FAULTS),
  ...Object.keys(DEEDS).flatMap((deed) => [`un-${deed}`, `done-${deed}`]),
  'failed',
] as Fault[]

export interface Sense {
  of: Noun
  is: Fault
}
