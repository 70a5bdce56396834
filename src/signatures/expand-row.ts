/**
 * A table's row becomes a signature: the row's own keys that are signature words (cause, says, kind …) override the
 * template's, and `{column}` in any text of the template is replaced by the row's value of that column.
 */

export function expandRow(template: Record<string, unknown>, row: Record<string, unknown>): Record<string, unknown> {
  const filled = fill(template, row) as Record<string, unknown>
  for (const [key, value] of Object.entries(row)) if (SIGNATURE_WORDS.has(key)) filled[key] = value
  return filled
}

const SIGNATURE_WORDS: ReadonlySet<string> = new Set([
  'id',
  'says',
  'kind',
  'outcome',
  'cause',
  'subcause',
  'specificity',
  'confidence',
  'contains',
  'any',
  'unless',
  'found_by',
  'pattern',
  'also',
  'where',
  'fields',
  'examples',
  'not',
  'system',
  'common',
  'codes',
])

function fill(value: unknown, row: Record<string, unknown>): unknown {
  if (typeof value === 'string')
    return value.replace(/\{([a-z_][a-z0-9_]*)\}/gi, (whole, name: string) =>
      Object.hasOwn(row, name) ? String(row[name]) : whole,
    )
  if (Array.isArray(value)) return value.map((item) => fill(item, row))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [fill(k, row) as string, fill(v, row)]))
  return value
}
