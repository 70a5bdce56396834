/** The name a mistyped one was probably meant to be: smallest edit distance (Levenshtein), at most a third of its length. */

export function closestName(typed: string, names: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Math.floor(Math.max(typed.length, 3) / 3) + 1
  for (const name of names) {
    const d = distance(typed.slice(0, 40), name)
    if (d < bestDistance) {
      best = name
      bestDistance = d
    }
  }
  return best
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
