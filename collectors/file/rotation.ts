/**
 * The names that rotators give to a log's older content, so that the rest of a rotated stream can be looked for.
 * Pure; recovery.ts reads the directory. Layouts from logrotate (`.1`, `-20261116`, `.old`), Python's handlers (`.1`, `.2026-11-16`),
 * log4j and Logback (`app-2026-11-16-1.log.gz`), lumberjack (`app-2026-11-16T18-30-00.000.log.gz`), the kubelet
 * (`0.log.20261116-184102.gz`).
 * Invariant: `app-error.log` is never a sibling of `app.log`: after the base name only dates, times and numbers count.
 */

/** Endings of compressed files that can be read. */
const READABLE_ENDING = /\.(?:gz|zst)$/

/** A serial number or a date and time, possibly several of them. */
const SERIAL = /^\d[\d.:+TZ_-]*$/

/** A former file's fixed names. */
const FORMER = /^(?:old|prev|bak)$/

/** True when `name` may hold older content of the log `base` in the same directory. */
export function isRotationOf(base: string, name: string): boolean {
  if (name === base) return false
  const plain = name.replace(READABLE_ENDING, '')
  if (plain === base) return true
  const behind = after(plain, base)
  if (behind !== null && (SERIAL.test(behind) || FORMER.test(behind))) return true
  const dot = base.lastIndexOf('.')
  if (dot <= 0) return false
  const ending = base.slice(dot)
  if (!plain.endsWith(ending)) return false
  const between = after(plain.slice(0, -ending.length), base.slice(0, dot))
  return between !== null && SERIAL.test(between)
}

/** True when two names differ only in their numbers, as the targets of a `current` link do (`app-2026-11-16.log`, `0.log`). */
export function sameSeries(base: string, name: string): boolean {
  return name !== base && /\d/.test(base) && shape(base) === shape(name.replace(READABLE_ENDING, ''))
}

function after(text: string, start: string): string | null {
  if (!text.startsWith(start) || text.length <= start.length + 1) return null
  return '.-_'.includes(text[start.length] ?? '') ? text.slice(start.length + 1) : null
}

function shape(name: string): string {
  return name.replaceAll(/\d+/g, '#')
}
