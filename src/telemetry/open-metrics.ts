/**
 * OpenMetrics 1.0 from Prometheus' text format of the same scrape, for scrapers that ask for it. The two differ in three
 * things here: a counter's family is named without `_total`, `# UNIT` repeats a name's last word where that is a unit, and
 * the text ends in `# EOF`, by which a scraper knows that it has all of it.
 * Source: https://prometheus.io/docs/specs/om/open_metrics_spec/ ("Counter", "Unit", "Overall Structure").
 */

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

const FAMILY = /^# TYPE (\S+) (\S+)$/gm

export function openMetrics(text: string): string {
  const counters = new Set<string>()
  for (const [, name, type] of text.matchAll(FAMILY)) if (type === 'counter') counters.add(name!)
  const lines = text.replace(/^# (HELP|TYPE) (\S+)(.*)$/gm, (line, word: string, name: string, rest: string) => {
    const family = counters.has(name) ? name.replace(/_total$/, '') : name
    const unit = word === 'TYPE' && family.endsWith('_seconds') ? `\n# UNIT ${family} seconds` : ''
    return family === name ? line + unit : `# ${word} ${family}${rest}${unit}`
  })
  return `${lines}${lines.endsWith('\n') ? '' : '\n'}# EOF\n`
}

/**
 * Whether an `Accept` header (RFC 9110 §12.5.1) asks for OpenMetrics at least as much as for plain text. What takes anything
 * (any type, or no header) gets the text format, as Prometheus' own clients do.
 */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  const weights = { open: 0, text: 0 }
  for (const range of (accept ?? '').slice(0, ACCEPT_LIMIT).split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const q = parameters.find((parameter) => parameter.startsWith('q='))
    const weight = q === undefined ? 1 : Number(q.slice(2))
    if (!(weight > 0)) continue
    if (type === 'application/openmetrics-text') weights.open = Math.max(weights.open, weight)
    if (type === 'text/plain') weights.text = Math.max(weights.text, weight)
  }
  return weights.open > 0 && weights.open >= weights.text
}

/** Prometheus sends some 200; characters. */
const ACCEPT_LIMIT = 2_000
