/** Lengths of time as people write them in configurations: `30s`, `15m`, `4h`, `7d`, `2w`. */

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Milliseconds; null where it is none. */
export function durationMs(text: string): number | null {
  const [, number, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|w)$/.exec(text.trim()) ?? []
  return number === undefined ? null : Math.round(Number(number) * UNIT_MS[unit!]!)
}
