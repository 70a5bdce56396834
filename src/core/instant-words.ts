/** Instants in sentences, in UTC whatever the reader's zone: findings and alerts travel. */

/** `2026-11-16 09:14Z`; ms since 1970 in, at most 8.64e15 either way. */
export function toMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`
}

/** `2026-11-16 09:14:07Z`. */
export function toSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`
}
