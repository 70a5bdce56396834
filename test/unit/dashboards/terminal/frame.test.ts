import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { appearanceFor } from '../../../../dashboards/terminal/appearance.ts'
import { assembleModel } from '../../../../dashboards/terminal/assemble-model.ts'
import { paintFrame } from '../../../../dashboards/terminal/frame.ts'
import type { DashboardModel } from '../../../../dashboards/terminal/model.ts'
import { SCREENS } from '../../../../dashboards/terminal/screens.ts'
import { tokenTimeline } from '../../../../dashboards/terminal/token-timeline.ts'
import type { View } from '../../../../dashboards/terminal/view.ts'
import { initialState, openIncident } from '../../../../dashboards/terminal/view-state.ts'
import type { Cause } from '../../../../src/core/cause.ts'
import {
  detailOf,
  EMPTY_REQUEST,
  fleetAnswers,
  INCIDENTS,
  NOW_MS,
  SOURCES,
} from '../../../golden/terminal/fleet-model.ts'
import { tokenHistory } from '../../../golden/terminal/fleet-trouble.ts'

/** Lone surrogates included. fast-check's own `binary` strings take seconds to set up. */
const anyText = (maxLength: number) =>
  fc.array(fc.nat(0x10ffff), { maxLength }).map((codes) => String.fromCodePoint(...codes))

const OWN_CODES = /\x1b\[[\d;]*m/gu
const BAD = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

const party = (value: string, top_cause: Cause | null) => ({
  now: [{ value, successes: 1, failures: 1, top_cause }],
  before: [],
})

/** The fleet with every text replaced. */
function poisoned(text: string): DashboardModel {
  const answers = fleetAnswers()
  const incident = {
    ...INCIDENTS[0]!,
    host: text,
    service: text,
    client_id: text,
    issuer: text,
    http_path: text,
    message: text,
    symptom: text,
    system: text,
    why: [text, text],
    evidence: { ...INCIDENTS[0]!.evidence, expected: text, got: text, kid: text, alg: text },
  }
  const detail = detailOf(incident)
  return {
    ...assembleModel({
      ...answers,
      incidents: [incident],
      parties: {
        hosts: party(text, 'skew'),
        clients: party(text, null),
        services: party(text, 'expiry'),
        issuers: party(text, null),
      },
      clocks: {
        ...answers.clocks!,
        table: {
          ...answers.clocks!.table,
          hosts: answers.clocks!.table.hosts.map((clock) => ({ ...clock, host: text, reference: text, why: [text] })),
        },
      },
      findings: {
        findings: answers.findings!.findings.map((row) => ({
          ...row,
          host: text,
          title: text,
          why: [text],
          fix: [text],
        })),
        advice: [],
        alerts: answers.findings!.alerts.map((row) => ({ ...row, rule: text, summary: text, command: text })),
        silences: [],
        filter: EMPTY_REQUEST.filter,
      },
      sources: SOURCES.map((source) => ({ ...source, name: text, format: text, error: text, sample: [text] })),
      unrecognised: [{ template: text, system: text, sample: text, count: 1, first_ms: 0, last_ms: 0 }],
      notices: [{ level: 'warning', text }],
      detail: {
        ...detail,
        timeline: tokenTimeline({
          incident,
          observations: detail.observations,
          history: tokenHistory(text, NOW_MS).map((fact) => ({ ...fact, host: text, detail: text })),
          offset: () => 312_000,
        }),
        observations: detail.observations.map((seen) => ({ ...seen, source: text, message: text })),
      },
    }),
  }
}

function viewOf(model: DashboardModel, change: Partial<View> = {}): View {
  return {
    model,
    answered: EMPTY_REQUEST,
    failure: null,
    sql: null,
    kept: null,
    state: initialState(),
    columns: 80,
    rows: 24,
    zone: 'UTC',
    ascii: false,
    monochrome: false,
    ...change,
  }
}

const sqlOf = (text: string) => ({
  query: text,
  result: { columns: [text], rows: [[text]], truncated: false },
  error: null,
})

const hostile = fc.oneof(
  anyText(300),
  fc.constantFrom(
    '\x1b]0;owned\x07',
    '\x1b[?1049l\x1b[2J',
    '\u202e\u2066',
    '\x9b2J',
    '👩‍👩‍👧‍👦'.repeat(40),
    'ﷺ'.repeat(30),
    '\x1b[31m'.repeat(100),
  ),
)

describe('a frame', () => {
  const appearance = appearanceFor({ LANG: 'C.UTF-8' }, 8)

  test('has exactly its rows, none too wide and none with a foreign control character, whatever the texts hold', () => {
    const states = [
      ...SCREENS.map(({ id }) => ({ ...initialState(), screen: id })),
      { ...initialState(), open: [{ kind: 'incident' as const, id: '1', scroll: 0 }] },
      { ...initialState(), open: [{ kind: 'help' as const, scroll: 0 }], search: 'j' },
      { ...initialState(), open: [{ kind: 'sql' as const, scroll: 0 }] },
      { ...initialState(), open: [{ kind: 'clock' as const, key: 'collector', scroll: 0 }] },
      { ...initialState(), open: [{ kind: 'finding' as const, key: 'alert a1', scroll: 0 }] },
    ]
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom(...states),
        fc.integer({ min: 1, max: 220 }),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (text, state, columns, rows, ascii) => {
          const answered = { ...EMPTY_REQUEST, incident_id: openIncident(state) }
          const frame = paintFrame(
            viewOf(poisoned(text), { answered, state, columns, rows, ascii, sql: sqlOf(text) }),
            {
              ...appearance,
              ascii,
            },
          )
          expect(frame.length).toBe(rows)
          for (const row of frame) {
            const plain = row.replaceAll(OWN_CODES, '')
            expect(plain).not.toMatch(BAD)
            expect(stringWidth(plain)).toBeLessThanOrEqual(columns)
            if (ascii) expect(plain).toMatch(/^[\x20-\x7e]*$/)
          }
        },
      ),
      { numRuns: 80 },
    )
    // Each run paints a whole screen of hostile text.
  }, 30_000)
  test('uses no colour when there is to be none', () => {
    const plain = appearanceFor({ LANG: 'C.UTF-8', NO_COLOR: '1' }, 24)
    const codes =
      paintFrame(viewOf(assembleModel(fleetAnswers())), plain)
        .join('')
        .match(OWN_CODES) ?? []
    expect(codes.length).toBeGreaterThan(0)
    expect(new Set(codes.flatMap((code) => code.slice(2, -1).split(';')))).toEqual(new Set(['0', '1', '2', '4', '7']))
  })
  test('looks the same in every appearance but for the codes', () => {
    const view = viewOf(assembleModel(fleetAnswers()))
    const texts = (['none', '16', '256'] as const).map((colour) =>
      paintFrame(view, appearanceFor({}, 8, { colour })).map((row) => row.replaceAll(OWN_CODES, '').trimEnd()),
    )
    expect(texts[1]).toEqual(texts[0])
    expect(texts[2]).toEqual(texts[0])
  })
})

describe('the appearance', () => {
  test('follows NO_COLOR, the depth of the terminal and the options, in this order of weakness', () => {
    const mono = appearanceFor({ NO_COLOR: '1' }, 24).theme
    expect(appearanceFor({ TERM: 'dumb' }, 8).theme).toBe(mono)
    expect(appearanceFor({}, 1).theme).toBe(mono)
    expect(appearanceFor({ NO_COLOR: '' }, 4).theme).not.toBe(mono)
    expect(appearanceFor({ NO_COLOR: '1' }, 1, { colour: '256' }).theme).not.toBe(mono)
  })
  test('sees a light background where the terminal tells', () => {
    expect(appearanceFor({ COLORFGBG: '0;15' }, 8).theme).toBe(appearanceFor({}, 8, { background: 'light' }).theme)
    expect(appearanceFor({ COLORFGBG: '15;0' }, 8).theme).toBe(appearanceFor({}, 8, { background: 'dark' }).theme)
    expect(appearanceFor({ COLORFGBG: '15;default' }, 8).theme).toBe(appearanceFor({}, 8).theme)
  })
  test('is ASCII in another locale than UTF-8', () => {
    expect(appearanceFor({ LANG: 'en_US.ISO-8859-1' }, 8).ascii).toBe(true)
    expect(appearanceFor({ LC_ALL: 'C', LANG: 'C.UTF-8' }, 8).ascii).toBe(true)
    expect(appearanceFor({ LANG: 'de_DE.utf8' }, 8).ascii).toBe(false)
    expect(appearanceFor({ LANG: 'C' }, 8, { ascii: false }).ascii).toBe(false)
  })
})
