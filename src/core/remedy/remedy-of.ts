/**
 * The one way to a remedy. The tables are typed so that the compiler demands a text for every subcause of `cause.ts`;
 * nothing here decides a cause.
 */
import type { Cause, SubcauseOf } from '../cause.ts'
import { EXPIRY } from './expiry.ts'
import { MALFORMED } from './malformed.ts'
import { MISCONFIGURATION } from './misconfiguration.ts'
import { MISUSE } from './misuse.ts'
import { OUTAGE } from './outage.ts'
import type { RemediesOf, Remedy } from './remedy.ts'
import { REVOCATION } from './revocation.ts'
import { SKEW } from './skew.ts'
import { UNKNOWN } from './unknown.ts'

const REMEDIES: { readonly [C in Cause]: RemediesOf<C> } = {
  expiry: EXPIRY,
  skew: SKEW,
  revocation: REVOCATION,
  misconfiguration: MISCONFIGURATION,
  malformed: MALFORMED,
  misuse: MISUSE,
  outage: OUTAGE,
  unknown: UNKNOWN,
}

/**
 * The remedy for a cause and one of its subcauses.
 * @throws RangeError when the subcause belongs to another cause, which no verdict may say.
 */
export function remedyOf<C extends Cause>(cause: C, subcause: SubcauseOf<C>): Remedy {
  const remedies: Readonly<Partial<Record<string, Remedy>>> = REMEDIES[cause]
  const remedy = Object.hasOwn(remedies, subcause) ? remedies[subcause] : undefined
  if (remedy === undefined) throw new RangeError(`no remedy for ${cause}/${subcause}: not a subcause of it`)
  return remedy
}
