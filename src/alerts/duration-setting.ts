/** A length of time in a configuration, as people write it; ms when read. */
import { z } from 'zod'
import { durationMs } from '../core/duration.ts'

const TEXT = z.string().transform((text, context) => {
  const ms = durationMs(text)
  if (ms !== null) return ms
  context.addIssue({ code: 'custom', message: `"${text}" is no length of time; write for example 30s, 15m or 4h` })
  return z.NEVER
})

/** `15s`, `2m`; ms. Left out: `fallback`. */
export function duration(fallback: string) {
  return TEXT.prefault(fallback)
}

/** The same where nothing is to be assumed. */
export const optionalDuration = TEXT.optional()
