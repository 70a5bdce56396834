/**
 * One incident in full, as scrolling text: what was decided and how sure, why, the facts, what was said where, and what
 * to do. Two columns where there is room. Leaves scrolling to the screen.
 */
import type { Incident, Observation } from '../../src/core/incident.ts'
import type { Remedy } from '../../src/core/remedy/remedy.ts'
import { evidenceLines } from '../evidence-words.ts'
import { formatCount, formatQuantity } from '../format-number.ts'
import { formatInstant } from '../format-time.ts'
import { confidenceTitle, kindNoun, verdictTitle } from '../wording.ts'
import { beside, EMPTY_LINE, type Line, line, span } from './line.ts'
import type { IncidentDetail } from './model.ts'
import { labelled, paragraph } from './paragraph.ts'
import { timelineText } from './timeline-text.ts'

/** From here on the remedy stands beside the incident. */
const TWO_COLUMNS = 120
const GAP = ' │ '

/** @param detail undefined: not read yet; null: not stored (any more) */
export function detailText(detail: IncidentDetail | null | undefined, columns: number, zone: string): Line[] {
  if (detail === undefined) return [line(span('Reading …', 'dim'))]
  if (detail === null) return [line(span('This incident is not in the store any more.', 'warn'))]
  const { incident, observations, remedy, timeline } = detail
  const life = (width: number) => (timeline === null ? [] : [...timelineText(timeline, width, zone), EMPTY_LINE])
  if (columns < TWO_COLUMNS) {
    return [
      ...headline(detail, columns),
      EMPTY_LINE,
      ...why(incident, columns),
      ...life(columns),
      ...evidence(incident, columns, zone),
      ...remedyText(remedy, columns),
      EMPTY_LINE,
      ...request(incident, columns, zone),
      ...spoken(observations, columns, zone),
    ]
  }
  const left = Math.floor((columns - GAP.length) * 0.58)
  const right = columns - GAP.length - left
  return [
    ...headline(detail, columns),
    EMPTY_LINE,
    ...beside(
      [
        ...why(incident, left),
        ...life(left),
        ...evidence(incident, left, zone),
        ...request(incident, left, zone),
        ...spoken(observations, left, zone),
      ],
      left,
      GAP,
      remedyText(remedy, right),
    ),
  ]
}

function headline({ incident }: IncidentDetail, columns: number): Line[] {
  const { cause, subcause, reported_cause, reported_subcause } = incident
  const lines = [line(span(verdictTitle(cause, subcause), cause)), line(confidenceTitle(incident.confidence))]
  const agrees = cause === reported_cause && subcause === reported_subcause
  const said = agrees ? 'reported as that' : `reported as ${verdictTitle(reported_cause, reported_subcause)}`
  lines.push(line(span('the software said ', 'dim'), incident.symptom, span(`  (${incident.system}; ${said})`, 'dim')))
  if (incident.message !== incident.symptom) lines.push(...paragraph(incident.message, columns, '  │ '))
  return lines
}

function why(incident: Incident, columns: number): Line[] {
  if (incident.why.length === 0) return []
  return [
    line(span('Why', 'title')),
    ...incident.why.flatMap((reason) => paragraph(reason, columns, '  · ')),
    EMPTY_LINE,
  ]
}

function remedyText(remedy: Remedy, columns: number): Line[] {
  return [
    line(span('What to do', 'title')),
    ...paragraph(remedy.title, columns, '  ', 'strong'),
    ...paragraph(remedy.sentence, columns, '  '),
    ...remedy.checks.flatMap((check, i) => paragraph(check, columns, `  ${i + 1}. `)),
    ...paragraph(`Fix: ${remedy.fix}`, columns, '  '),
    ...remedy.links.flatMap(({ text, url }) => paragraph(`${text} ${url}`, columns, '  → ', 'dim')),
  ]
}

function evidence(incident: Incident, columns: number, zone: string): Line[] {
  const lines = evidenceLines(incident.evidence, zone)
  if (lines.length === 0) return []
  return [
    line(span('Evidence', 'title')),
    ...lines.flatMap(({ label, text }) => labelled(label, text, columns)),
    EMPTY_LINE,
  ]
}

function request(incident: Incident, columns: number, zone: string): Line[] {
  const { http_method, http_path, http_status } = incident
  const asked = [http_method, http_path, http_status].filter((part) => part !== undefined).join(' ')
  const facts: [string, string | undefined][] = [
    ['time', formatInstant(incident.time_ms, zone)],
    ['step', kindNoun(incident.kind)],
    ['host', incident.host],
    ['service', incident.service],
    ['client', incident.client_id],
    ['issuer', incident.issuer],
    ['audience', incident.audience],
    ['request', asked === '' ? undefined : asked],
    ['client address', incident.client_address],
    ['subject', incident.subject],
    ['token', incident.token],
    ['request id', incident.request_id],
    ['trace id', incident.trace_id],
    ['signature', incident.signature],
  ]
  return [
    line(span('The request', 'title')),
    ...facts.flatMap(([label, text]) => (text === undefined ? [] : labelled(label, text, columns))),
    EMPTY_LINE,
  ]
}

function spoken(observations: readonly Observation[], columns: number, zone: string): Line[] {
  const lines = [line(span(`Said in ${formatQuantity(observations.length, 'record')}`, 'title'))]
  for (const seen of observations) {
    const place = seen.line === undefined ? `byte ${formatCount(seen.offset)}` : `line ${formatCount(seen.line)}`
    lines.push(
      line(`  ${formatInstant(seen.time_ms, zone)}  `, span(`${seen.source}, ${place}`, 'accent')),
      ...paragraph(seen.message, columns, '    '),
      line(
        span(
          `    ${seen.system}, ${seen.signature}: ${verdictTitle(seen.reported_cause, seen.reported_subcause)}`,
          'dim',
        ),
      ),
    )
  }
  return lines
}
