/** How many more braces and brackets a line of pretty-printed JSON opens than it closes; those in strings do not count. */
export function openBraces(line: string): number {
  let open = 0
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line.charCodeAt(i)
    if (quoted) {
      if (c === 92) i++
      else if (c === 34) quoted = false
    } else if (c === 34) quoted = true
    else if (c === 123 || c === 91) open++
    else if (c === 125 || c === 93) open--
  }
  return open
}
