/**
 * Reads a duration as emitters print one: `267`, `1.5s`, `4m27.1s` (Go), `PT5M` (ISO 8601), `00:05:00` (.NET TimeSpan),
 * `5 minutes`. Total: null for what it cannot read. Result in ms; a bare number is in `bare_unit_ms`.
 */

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  millis: 1,
  millisecond: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
}

export function parseDuration(text: string, bare_unit_ms: number): number | null {
  const t = text.trim().slice(0, 60)
  if (/^[+-]?\d+(?:\.\d+)?$/.test(t)) return Number(t) * bare_unit_ms
  const span = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?$/.exec(t)
  if (span !== null) {
    const [, minus, days, h, m, s, fraction] = span
    const ms =
      Number(days ?? 0) * 86_400_000 +
      Number(h) * 3_600_000 +
      Number(m) * 60_000 +
      Number(s) * 1000 +
      (fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000)
    return minus === undefined ? ms : -ms
  }
  const sign = t.startsWith('-') ? -1 : 1
  const body = t.replace(/^[+-]/, '').replace(/^PT?/i, '').replace(/T/, '')
  let total = 0
  let end = 0
  for (const part of body.matchAll(/(\d+(?:\.\d+)?)\s?([a-zµ]+),?\s?/giy)) {
    const name = part[2]!.toLowerCase()
    const unit = UNITS[name] ?? UNITS[name.replace(/s$/, '')]
    if (unit === undefined) return null
    total += Number(part[1]) * unit
    end = part.index + part[0].length
  }
  return end > 0 && end >= body.trim().length ? sign * total : null
}
