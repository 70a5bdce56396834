/**
 * Which failures a rule of one's own counts: `{ cause: expiry, host: ['api-*', '!api-7'] }`. Values of one label are
 * alternatives, `!` takes away, `*` stands for anything; all labels must fit. A label that a failure does not have is ''.
 */

export const WHERE_LABELS = [
  'cause',
  'subcause',
  'confidence',
  'host',
  'service',
  'client_id',
  'issuer',
  'source',
] as const
export type WhereLabel = (typeof WHERE_LABELS)[number]

/** Values as written. */
export type Where = { readonly [L in WhereLabel]?: readonly string[] | undefined }
/** What is known of the failure (or reading) that is looked at. */
export type Labelled = { readonly [L in WhereLabel]?: string | undefined }

export function compileWhere(where: Where): (labelled: Labelled) => boolean {
  const tests = Object.entries(where).map(([label, values = []]) => {
    const wanted = values.filter((v) => !v.startsWith('!')).map(fits)
    const not = values.filter((v) => v.startsWith('!')).map((v) => fits(v.slice(1)))
    return (labelled: Labelled) => {
      const value = labelled[label as WhereLabel] ?? ''
      return (wanted.length === 0 || wanted.some((f) => f(value))) && !not.some((f) => f(value))
    }
  })
  return (labelled) => tests.every((test) => test(labelled))
}

/** Parts between the stars, in order; linear whatever the text. */
function fits(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return (text) => text === pattern
  const first = parts[0]!
  const last = parts.at(-1)!
  const middle = parts.slice(1, -1)
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const part of middle) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= text.length - last.length
  }
}
