/**
 * The numbers of an incident in a few bytes: one byte saying which are there, then variable-length integers, instants as
 * the distance from the incident's own time. Whole milliseconds; what is no finite number is left out.
 */
/** Bit n of the first byte stands for the n-th. Those in INSTANTS are stored as distances. */
const FIELDS = [
  'exp_ms',
  'nbf_ms',
  'iat_ms',
  'validator_ms',
  'delta_ms',
  'leeway_ms',
  'received_collector_ms',
  'recovered_ms',
] as const
const INSTANTS: ReadonlySet<string> = new Set(['exp_ms', 'nbf_ms', 'iat_ms', 'validator_ms', 'received_collector_ms'])

export type IncidentNumber = (typeof FIELDS)[number]
export type IncidentNumbers = Partial<Record<IncidentNumber, number>>

/** Beyond ±2^50 ms (35,000 years) a distance is nonsense, and doubling it for the sign would lose bits. */
const LARGEST = 2 ** 50

/** Mask plus eight integers of at most eight bytes. */
const scratch = Buffer.alloc(1 + FIELDS.length * 8)

/** Null when there are none. */
export function encodeNumbers(numbers: IncidentNumbers, time_ms: number): Buffer | null {
  let mask = 0
  let end = 1
  for (let field = 0; field < FIELDS.length; field++) {
    const value = numbers[FIELDS[field]!]
    if (value === undefined) continue
    const distance = Math.round(INSTANTS.has(FIELDS[field]!) ? value - time_ms : value)
    if (!(Math.abs(distance) <= LARGEST)) continue
    mask |= 1 << field
    // Zigzag: small numbers of either sign are small.
    let rest = distance < 0 ? -distance * 2 - 1 : distance * 2
    while (rest >= 128) {
      scratch[end++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    scratch[end++] = rest
  }
  if (mask === 0) return null
  scratch[0] = mask
  return Buffer.from(scratch.subarray(0, end))
}

export function decodeNumbers(code: Buffer | null, time_ms: number): IncidentNumbers {
  const numbers: IncidentNumbers = {}
  if (code === null) return numbers
  let at = 1
  for (let field = 0; field < FIELDS.length; field++) {
    if ((code[0]! & (1 << field)) === 0) continue
    let zigzag = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = code[at++] ?? 0
      zigzag += (byte % 128) * scale
      if (byte < 128) break
    }
    const distance = zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2
    numbers[FIELDS[field]!] = INSTANTS.has(FIELDS[field]!) ? distance + time_ms : distance
  }
  return numbers
}
