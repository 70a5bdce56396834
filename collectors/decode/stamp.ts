/**
 * Reads a log stamp: RFC 3339 and its relatives and epoch numbers here, everything else by a layout (time-layout.ts).
 * Total: what cannot be read is null. Written by hand because Date.parse is lenient in engine-specific ways, reads naive
 * stamps in the machine's own zone, and keeps no fraction digits.
 */
import type { ZoneOffset } from './zone-offset.ts'

export interface Stamp {
  /** Epoch ms; for a naive stamp already shifted by the zone. */
  ms: number
  /** 1000 for whole seconds, 100, 10, 1 for one, two, three and more digits; ms. */
  resolution: number
  /** True when the stamp carried no zone and the given one was used. */
  naive: boolean
}

export const RESOLUTIONS = [1000, 100, 10, 1] as const

/**
 * `2026-11-16T09:12:01.123456Z`, with `T`, `t`, `_` or a space, `.` or `,`, any number of fraction digits, `Z`, `+01:00`, `+0100`,
 * `+01`, ` UTC`, ` GMT`, ` +0000 UTC` (Go) or nothing; `/` for `-` (Go, nginx).
 */
export function parseIso(text: string, zone: ZoneOffset): Stamp | null {
  if (text.length < 16) return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  // A bad digit makes a sum negative.
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 24 || minute < 0 || minute > 59)
    return null
  const dash = text.charCodeAt(4)
  if ((dash !== 45 && dash !== 47) || text.charCodeAt(7) !== dash || text.charCodeAt(13) !== 58) return null
  const t = text.charCodeAt(10)
  if (t !== 84 && t !== 32 && t !== 116 && t !== 95) return null
  let at = 16
  let second = 0
  let fraction = 0
  let fractionDigits = 0
  if (text.charCodeAt(16) === 58) {
    second = digits(text, 17, 2)
    if (second < 0 || second > 60) return null
    at = 19
    const point = text.charCodeAt(19)
    if (point === 46 || point === 44) {
      at = 20
      let scale = 100
      for (let c = text.charCodeAt(at) - 48; c >= 0 && c <= 9; c = text.charCodeAt(++at) - 48) {
        // Whole milliseconds only: rounding up would date a record after it was written.
        if (fractionDigits < 3) fraction += c * scale
        scale /= 10
        fractionDigits++
      }
      if (fractionDigits === 0) return null
    }
  }
  const local = dateUtc(year, month, day, hour, minute, second) + fraction
  const resolution = at === 16 ? 60_000 : RESOLUTIONS[Math.min(fractionDigits, 3)]!
  const offset = at === text.length ? undefined : zoneSuffix(text, at)
  if (offset === null) return null
  return offset === undefined
    ? { ms: local - zone(local), resolution, naive: true }
    : { ms: local - offset, resolution, naive: false }
}

/** What follows the time: an offset in ms, undefined for no zone, null for something that is no zone. */
export function zoneSuffix(text: string, from: number): number | undefined | null {
  let at = from
  while (text.charCodeAt(at) === 32) at++
  if (at === text.length) return undefined
  const c = text.charCodeAt(at)
  if (c === 90 || c === 122) return at + 1 === text.length || text.charCodeAt(at + 1) <= 32 ? 0 : null
  if (c === 43 || c === 45) {
    const hours = digits(text, at + 1, 2)
    if (hours < 0 || hours > 18) return null
    const colon = text.charCodeAt(at + 3) === 58 ? 1 : 0
    const minutes = text.length >= at + 5 + colon ? digits(text, at + 3 + colon, 2) : 0
    if (minutes < 0 || minutes > 59) return null
    return (c === 45 ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000)
  }
  const word = /^[A-Za-z]{1,5}(?![A-Za-z])/.exec(text.slice(at, at + 6))
  return word === null ? null : (ABBREVIATIONS[word[0].toUpperCase()] ?? null)
}

/** Only abbreviations that mean one thing in logs; `CST`, `IST` and their like do not. Ms. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  CET: 3_600_000,
  CEST: 7_200_000,
  EST: -18_000_000,
  EDT: -14_400_000,
  CDT: -18_000_000,
  MST: -25_200_000,
  MDT: -21_600_000,
  PST: -28_800_000,
  PDT: -25_200_000,
}

/**
 * Epoch of unknown unit, told apart by size: 1e8–1e11 seconds, to 1e14 milliseconds, to 1e17 microseconds, beyond nanoseconds
 * (each reads as a date between 1973 and 5138).
 */
export function parseEpoch(value: unknown): Stamp | null {
  const text = typeof value === 'string' ? value : null
  if (text !== null && !/^\d{9,20}(?:\.\d{1,9})?$/.test(text)) return null
  const n = text === null ? value : Number(text)
  if (typeof n !== 'number' || !(n >= 1e8 && n < 1e20)) return null
  if (n < 1e11)
    return {
      ms: Math.floor(n * 1000 + 1e-3),
      resolution: Number.isInteger(n) && !text?.includes('.') ? 1000 : 1,
      naive: false,
    }
  if (n < 1e14) return { ms: Math.floor(n), resolution: 1, naive: false }
  if (n < 1e17) return { ms: Math.floor(n / 1e3), resolution: 1, naive: false }
  return { ms: Math.floor(n / 1e6), resolution: 1, naive: false }
}

/** Non-negative number of `count` digits at `at`, or a negative value. */
function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const c = text.charCodeAt(i) - 48
    if (!(c >= 0 && c <= 9)) return -1
    value = value * 10 + c
  }
  return value
}

let lastDay = ''
let lastDayMs = 0

/** Date.UTC with the day remembered: neighbouring lines share it. `24:00` and leap second 60 roll over. */
export function dateUtc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  const key = `${year}-${month}-${day}`
  if (key !== lastDay) {
    const date = new Date(0)
    date.setUTCFullYear(year, month - 1, day)
    lastDayMs = date.getTime()
    lastDay = key
  }
  return lastDayMs + hour * 3_600_000 + minute * 60_000 + second * 1000
}
