/** The records that speak of one incident, in order of time; stream and source are empty once retention has forgotten them. */
import type Database from 'better-sqlite3'
import type { Observation } from '../../core/incident.ts'
import type { Lexicon } from './lexicon.ts'
import { VarReader } from './phrase.ts'

interface ObservationRow {
  stream: string
  source: string
  offset: number
  voice: number
  host: number
  service: number
  line: number | null
  time_ms: number
  text: number
  vars: string | null
}

/** Empty when the incident is unknown. */
export function readObservations(db: Database.Database, lexicon: Lexicon, incident: number): Observation[] {
  // The incident's own phrase begins with its message, so both kinds of text are read the same way.
  const rows = db
    .prepare<[number], ObservationRow>(
      `SELECT ifnull(s.stream, '') AS stream, ifnull(s.name, '') AS source, o.offset, o.voice, o.host, o.service, o.line,
              ifnull(o.time_ms, i.time_ms) AS time_ms, ifnull(o.text, i.text) AS text,
              iif(o.text IS NULL, i.vars, o.vars) AS vars
         FROM observation o JOIN incident i ON i.id = o.incident LEFT JOIN stream s ON s.id = o.stream
        WHERE o.incident = ? ORDER BY 8, o.stream, o.offset`,
    )
    .all(incident)
  return rows.map((row) => toObservation(lexicon, row))
}

function toObservation(lexicon: Lexicon, row: ObservationRow): Observation {
  const { symptom: _, ...voice } = lexicon.voice(row.voice)
  const observation: Observation = {
    time_ms: row.time_ms,
    source: row.source,
    stream: row.stream,
    offset: row.offset,
    ...voice,
    message: new VarReader(row.vars).fill(lexicon.phrases.text(row.text))[0]!,
  }
  const host = lexicon.names.text(row.host)
  const service = lexicon.names.text(row.service)
  if (host) observation.host = host
  if (service) observation.service = service
  if (row.line !== null) observation.line = row.line
  return observation
}
