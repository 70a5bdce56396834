/** What is new against the compared period, what vanished, and what rose beyond doubt. */
import type { UnrecognisedGroup } from '../../core/ports/store.ts'
import type { CauseFigures, News, PartyFigures, RateChange, SignatureFigures, WorseRow } from '../../core/report.ts'
import type { Parties } from './party-tables.ts'
import type { PartyDimension, PeriodFacts } from './period-facts.ts'

/** Entries of each list. */
const ROWS = 10

/** With hundreds of clients some rise by chance; below this many failures no rise is told. Count. */
const FAILURES_FOR_WORSE = 10

export function newsOf(
  now: PeriodFacts,
  before: PeriodFacts,
  causes: readonly CauseFigures[],
  parties: Readonly<Record<PartyDimension, Parties>>,
  unrecognised: readonly UnrecognisedGroup[],
  overall: RateChange,
): News {
  const signatures = signatureFigures(now, before)
  const subcauses = causes.flatMap((each) => each.subcauses)
  const known = new Set(before.causes.map(({ cause, subcause }) => `${cause}/${subcause}`))
  const present = new Set(now.causes.map(({ cause, subcause }) => `${cause}/${subcause}`))
  const firstTime = ({ value, failures, known_before }: PartyFigures) =>
    value !== '' && failures > 0 && known_before === false
  return {
    new_signatures: signatures.filter(({ previous }) => previous === 0).slice(0, ROWS),
    vanished_signatures: signatures
      .filter(({ failures }) => failures === 0)
      .sort((a, b) => b.previous - a.previous)
      .slice(0, ROWS),
    new_causes: subcauses
      .filter(({ cause, subcause }) => !known.has(`${cause}/${subcause}`))
      .map(({ cause, subcause, failures }) => ({ cause, subcause, failures })),
    vanished_causes: before.causes
      .filter(({ cause, subcause }) => !present.has(`${cause}/${subcause}`))
      .map(({ cause, subcause, count }) => ({ cause, subcause, previous: count }))
      .sort((a, b) => b.previous - a.previous),
    new_clients: parties.client_id.all.filter(firstTime).slice(0, ROWS),
    new_hosts: parties.host.all.filter(firstTime).slice(0, ROWS),
    worse: worse(causes, parties, overall),
    new_templates: unrecognised
      .filter(({ first_ms }) => first_ms >= now.range.from_ms && first_ms < now.range.to_ms)
      .slice(0, ROWS),
  }
}

function signatureFigures(now: PeriodFacts, before: PeriodFacts): SignatureFigures[] {
  const rows = new Map<string, SignatureFigures>()
  for (const [facts, field] of [
    [now, 'failures'],
    [before, 'previous'],
  ] as const) {
    for (const { signature, system, symptom, count } of facts.signatures) {
      let row = rows.get(signature)
      if (row === undefined) {
        row = { signature, system, symptom, failures: 0, previous: 0 }
        rows.set(signature, row)
      }
      row[field] += count
    }
  }
  return [...rows.values()].sort((a, b) => b.failures - a.failures || (a.signature < b.signature ? -1 : 1))
}

/** Services and hosts count as worse only where they rose more than everything did: one client's failures reach them all. */
function worse(
  causes: readonly CauseFigures[],
  parties: Readonly<Record<PartyDimension, Parties>>,
  overall: RateChange,
): WorseRow[] {
  const rows: WorseRow[] = causes
    .flatMap((each) => each.subcauses)
    .map(({ cause, subcause, failures, previous, change }) => ({
      dimension: 'subcause' as const,
      value: `${cause}/${subcause}`,
      failures,
      previous: previous ?? 0,
      change,
    }))
  for (const dimension of ['service', 'client_id', 'host'] as const) {
    for (const { value, failures, previous_failures, change, known_before } of parties[dimension].all) {
      if (value === '' || known_before !== true) continue
      if (dimension !== 'client_id' && !(change.low !== null && change.low > (overall.ratio ?? 1))) continue
      rows.push({ dimension, value, failures, previous: previous_failures ?? 0, change })
    }
  }
  return rows
    .filter(
      ({ failures, previous, change }) => change.verdict === 'more' && failures >= FAILURES_FOR_WORSE && previous > 0,
    )
    .sort((a, b) => b.failures - b.previous - (a.failures - a.previous))
    .slice(0, ROWS)
}
