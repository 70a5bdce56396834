/** Where a change stands among others: by how much the count grew; what was not known before stands last. */
export function changeOrder(now: number, before: number | null): number | null {
  if (before === null) return null
  return now - before
}
