/** RFC 3339 in UTC, as exports have it; what no calendar has (ECMA-262 §21.4.1.1) stays a number of ms. */
export function isoTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}
