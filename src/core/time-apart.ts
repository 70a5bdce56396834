/**
 * How far two clocks or two instants are apart, in words: one wording for command line, screens, reports, findings and alerts.
 * Two forms: what a person pictures (`timeApart`), and what a leeway is set by (`exactSeconds`), for the interval beside it.
 * Total; leaves what is ahead of what to the callers, but for the bare `lead`.
 */
const SECOND = 1000
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
/** Below this a tenth of a second is worth saying; s. */
const TENTHS_BELOW_S = 100

const UNITS: readonly (readonly [number, string])[] = [
  [DAY_S, 'd'],
  [HOUR_S, 'h'],
  [60, 'min'],
  [1, 's'],
]

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const TENTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })
const EXACT = [3, 2, 1].map(
  (digits) => new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
)

/**
 * The size of a difference in ms, its sign dropped: `40 ms`, `4.2 s`, `312 s` (leeways and lifetimes are set in seconds), from an
 * hour on `10 h 35 min 1 s`, from two days on `3 d 4 h 1 s`. A dash for what is no number.
 */
export function timeApart(ms: number): string {
  return inUnits(ms, 4)
}

/** `most`: units said; what is left over is rounded into the last of them. */
function inUnits(ms: number, most: number): string {
  const span = Math.abs(ms)
  if (!Number.isFinite(span)) return '–'
  if (Math.round(span) < SECOND) return `${Math.round(span)} ms`
  const s = span / SECOND
  const whole = Math.round(s)
  if (whole < HOUR_S) return `${s < TENTHS_BELOW_S ? TENTHS.format(s) : WHOLE.format(s)} s`
  const units = whole < 2 * DAY_S ? UNITS.slice(1) : UNITS
  const said = units.slice(0, most)
  const least = said.at(-1)![0]
  let rest = Math.round(whole / least) * least
  const parts: string[] = []
  for (const [size, unit] of said) {
    const amount = Math.floor(rest / size)
    rest -= amount * size
    if (amount > 0) parts.push(`${WHOLE.format(amount)} ${unit}`)
  }
  return parts.join(' ')
}

/** Of a clock against its reference, ms: `312 s ahead`, `10 h 35 min 1 s behind`, `in step`. */
export function lead(ms: number): string {
  if (Math.round(ms) === 0) return 'in step'
  return `${timeApart(ms)} ${ms < 0 ? 'behind' : 'ahead'}`
}

/** {@link lead} in at most so many characters: as many units as fit, one at least. */
export function leadWithin(ms: number, characters: number): string {
  const side = lead(ms)
  for (let units = 4, text = side; ; text = `${inUnits(ms, --units)} ${ms < 0 ? 'behind' : 'ahead'}`)
    if (text.length <= characters || units === 1 || side === 'in step') return text
}

/** Seconds without their sign, as exactly as clocks are measured: `0.042 s`, `12.30 s`, `38,101.2 s`. */
export function exactSeconds(seconds: number): string {
  const size = Math.abs(seconds)
  if (!Number.isFinite(size)) return '–'
  return `${EXACT[size < 1 ? 0 : size < TENTHS_BELOW_S ? 1 : 2]!.format(size)} s`
}

/** …with it: `+12.30 s`, `−0.042 s`. */
export function signedSeconds(seconds: number): string {
  return `${seconds < 0 ? '−' : '+'}${exactSeconds(seconds)}`
}
