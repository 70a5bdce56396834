/**
 * The report in words, section by section, from the figures alone; layout is the formats' business.
 * Invariant: every figure said here is one of the figures given, so that all formats say the same; a section without data
 * is left out or says so in one line.
 */
import type { Action, Report } from '../../src/core/report.ts'
import { formatCount, formatQuantity, formatShare, NO_FIGURE } from '../format-number.ts'
import { formatMinute } from '../format-time.ts'
import { verdictTitle } from '../wording.ts'
import { causeSection } from './cause-section.ts'
import { changeSentence, ratioWords } from './change-words.ts'
import { clockSection } from './clock-section.ts'
import { periodName, periodWords } from './day-words.ts'
import type { Headline, Point, Points, ReportDocument, Section } from './document.ts'
import { type CommandContext, failuresCommand } from './failures-command.ts'
import { adviceSection, eventSection } from './finding-sections.ts'
import { hygieneSection } from './hygiene-section.ts'
import { newsSection } from './news-section.ts'
import { partySection } from './party-section.ts'
import { qualitySection } from './quality-section.ts'
import { mostTelling, tellingPlaces } from './telling-place.ts'
import { totalsSection } from './totals-section.ts'

/** `db`: the store as named on the command line, for the commands behind the figures; null: the default or several. */
export function wordReport(report: Report, db: string | null): ReportDocument {
  const context: CommandContext = { range: report.period, db }
  return {
    title: `Authentication failures, ${periodName(report.period, report.zone)}`,
    subtitle: periodWords(report.period, report.zone),
    summary: summaryOf(report),
    headlines: headlinesOf(report),
    actions: actionsOf(report, context),
    sections: [
      totalsSection(report, context),
      causeSection(report, context),
      newsSection(report, context),
      partySection(report, context),
      clockSection(report),
      eventSection(report),
      adviceSection(report),
      hygieneSection(report, context),
      qualitySection(report),
    ].filter((section): section is Section => section !== null),
    footer: `Made by authtop at ${formatMinute(report.generated_ms, report.zone)} from the logs named under data quality.`,
  }
}

function summaryOf({ totals, previous_totals, change, period, zone, causes }: Report): string {
  const { events, failures } = totals
  if (events === 0) return `Nothing was read of ${periodWords(period, zone)}: no authentication step, no failure.`
  const sentences: string[] = []
  if (totals.successes === 0) {
    sentences.push(
      `${formatQuantity(failures, 'request')} failed at authentication. The logs tell of no successes, so there is no failure rate.`,
    )
  } else {
    sentences.push(
      `${formatCount(failures)} of ${formatQuantity(events, 'authentication step')} failed: ${formatShare(failures, events)}.`,
    )
  }
  if (previous_totals === null) {
    sentences.push('There is nothing before this period to compare with.')
  } else {
    const before = totals.successes === 0 ? '' : ` (${formatShare(previous_totals.failures, previous_totals.events)})`
    const sentence = changeSentence(change)
    if (change.ratio !== null) sentences.push(`${rateWords(change.ratio)} the period before${before}: ${sentence}.`)
    else if (sentence !== '') sentences.push(`Against the period before${before}: ${sentence}.`)
  }
  const [largest] = causes
  const top = largest?.subcauses[0]
  if (top !== undefined && failures > 0) {
    const where = mostTelling(top.cause, top.mostly)
    sentences.push(
      `The largest group is “${verdictTitle(top.cause, top.subcause)}” with ${formatCount(top.failures)} (${formatShare(top.failures, failures)})${
        where === undefined
          ? ''
          : `, ${where.share === 1 ? 'all' : formatShare(where.failures, top.failures)} of it at ${placeWords(where.dimension, where.value)}`
      }.`,
    )
  }
  return sentences.join(' ')
}

function rateWords(ratio: number): string {
  const words = ratioWords(ratio)
  if (words === 'the same') return 'The failure rate is that of'
  return words.endsWith('times')
    ? `The failure rate is ${words} that of`
    : `The failure rate is ${words.replace('more', 'higher').replace('fewer', 'lower')} than in`
}

function headlinesOf({ totals, previous_totals, change }: Report): Headline[] {
  const tone = change.verdict === 'more' ? 'bad' : change.verdict === 'fewer' ? 'good' : undefined
  const before = (count: number | undefined) => (count === undefined ? '' : `${formatCount(count)} before`)
  return [
    {
      label: 'failed requests',
      value: formatCount(totals.failures),
      note: before(previous_totals?.failures),
      ...(tone && { tone }),
    },
    {
      label: 'of all authentication steps',
      value: totals.successes === 0 ? NO_FIGURE : formatShare(totals.failures, totals.events),
      note:
        totals.successes === 0
          ? 'no successes in the logs'
          : previous_totals === null
            ? ''
            : `${formatShare(previous_totals.failures, previous_totals.events)} before`,
      ...(tone && { tone }),
    },
    { label: 'clients affected', value: formatCount(totals.clients), note: before(previous_totals?.clients) },
    {
      label: 'users affected',
      value: totals.users_approximate
        ? totals.users === 0
          ? NO_FIGURE
          : `≥ ${formatCount(totals.users)}`
        : formatCount(totals.users),
      note: before(previous_totals?.users),
    },
  ]
}

function actionsOf(report: Report, context: CommandContext): Points {
  return {
    type: 'points',
    ordered: true,
    points: report.actions.map((action): Point => actionPoint(action, report.totals.failures, context)),
  }
}

function actionPoint(action: Action, failures: number, context: CommandContext): Point {
  const count = `${formatQuantity(action.failures, 'failure')} (${formatShare(action.failures, failures)} of all)`
  const place = tellingPlaces(action.cause).find((field) => action[field] !== undefined)
  const include = {
    ...(action.cause !== null && { cause: [action.cause] }),
    ...(action.subcause !== null && { subcause: [action.subcause] }),
    ...(place !== undefined && action.cause === null && { [place]: [action[place]!] }),
  }
  const command = failuresCommand(context, include)
  const mostly = place === undefined || action.cause === null ? '' : `, mostly ${placeWords(place, action[place]!)}`
  return {
    title:
      action.cause === null || action.subcause === null
        ? action.title
        : `${verdictTitle(action.cause, action.subcause)}${mostly}`,
    worth: action.worth === 'avoided' ? `avoids ${count}` : count,
    lines: [...action.why, ...action.fix.map((step) => `Do: ${step}`)],
    ...(command !== undefined && { command }),
  }
}

const PLACES: Readonly<Record<string, string>> = {
  client_id: 'client',
  service: 'service',
  host: 'host',
  issuer: 'issuer',
}

function placeWords(dimension: string, value: string): string {
  return `${PLACES[dimension] ?? dimension} ${value}`
}
