/**
 * Every screen of the dashboard as text, as a person would see it. `UPDATE_GOLDEN=1 vitest run test/golden` writes the
 * files anew; look at the difference before committing it.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { assembleModel } from '../../../dashboards/terminal/assemble-model.ts'
import type { DashboardModel, ModelRequest } from '../../../dashboards/terminal/model.ts'
import type { SqlResult } from '../../../src/core/ports/store.ts'
import { driveDashboard } from './drive-dashboard.ts'
import { fleetAnswers, fleetModel, INCIDENTS, NAMELESS, NOW_MS, quietModel, SOURCES } from './fleet-model.ts'

interface Scene {
  name: string
  sizes: readonly (readonly [number, number])[]
  /** Pressed one group after the other. */
  keys?: readonly string[]
  ascii?: boolean
  monochrome?: boolean
  sql?(query: string): Promise<SqlResult>
  never_answers?: boolean
  load?(request: ModelRequest): DashboardModel | Promise<DashboardModel>
}

const ALL_SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const
const SMALL = [[80, 24]] as const

const WIDE_NAMES = ['監査サーバー', 'größe-☕', '👩‍💻-laptop', '🇩🇪-node', 'ñandú', 'ไทย-1', '❤️'] as const
const HOSTILE_NAMES = [
  '\x1b[2J\x1b[31mred',
  'a\x07b\x00c',
  '\u202egnp.exe',
  'zero\u200bwidth',
  'e\u0301\u0301\u0301\u0301\u0301vil',
  '\x9b31m',
  'two\nlines',
] as const

function renamed(names: readonly string[]): DashboardModel {
  const answers = fleetAnswers()
  const nameOf = (i: number) => names[i % names.length]!
  return assembleModel({
    ...answers,
    incidents: INCIDENTS.map((incident, i) => ({
      ...incident,
      host: nameOf(i),
      client_id: nameOf(i + 1),
      message: nameOf(i),
    })),
    parties: {
      ...answers.parties,
      hosts: {
        now: answers.parties.hosts!.now.map((row, i) => ({ ...row, value: nameOf(i) })),
        before: [],
      },
      clients: {
        now: answers.parties.clients!.now.map((row, i) => ({ ...row, value: nameOf(i + 2) })),
        before: [],
      },
    },
    clocks: {
      ...answers.clocks!,
      table: {
        ...answers.clocks!.table,
        hosts: answers.clocks!.table.hosts.map((clock, i) => ({ ...clock, host: nameOf(i) })),
      },
    },
    findings: {
      ...answers.findings!,
      findings: answers.findings!.findings.map((row, i) => ({
        ...row,
        host: nameOf(i),
        title: `${nameOf(i)} is ahead`,
      })),
    },
    sources: SOURCES.map((source, i) => ({ ...source, name: `/logs/${nameOf(i)}` })),
  })
}

const SCENES: readonly Scene[] = [
  { name: 'overview', sizes: ALL_SIZES },
  { name: 'overview-ascii', sizes: SMALL, ascii: true },
  { name: 'overview-monochrome', sizes: SMALL, monochrome: true },
  { name: 'overview-narrow', sizes: [[60, 15]] },
  { name: 'incidents', sizes: ALL_SIZES, keys: ['2jj'] },
  { name: 'overview-incidents', sizes: SMALL, keys: ['\t\t'] },
  { name: 'clocks', sizes: ALL_SIZES, keys: ['3'] },
  { name: 'clocks-ascii', sizes: SMALL, ascii: true, keys: ['3'] },
  {
    name: 'clocks-none',
    sizes: SMALL,
    keys: ['3'],
    load: () =>
      quietModel({ extent: fleetAnswers().extent, kinds: fleetAnswers().kinds.slice(0, 3), sources: SOURCES }),
  },
  { name: 'clock', sizes: ALL_SIZES, keys: ['3', '\r'] },
  { name: 'findings', sizes: ALL_SIZES, keys: ['5'] },
  { name: 'silence', sizes: SMALL, keys: ['5', 'jj', 'S'] },
  { name: 'finding', sizes: ALL_SIZES, keys: ['5', 'j', 'j\r'] },
  { name: 'who', sizes: ALL_SIZES, keys: ['4'] },
  { name: 'who-clients-by-failing', sizes: SMALL, keys: ['4', '\t', 'ssr'] },
  { name: 'sources', sizes: ALL_SIZES, keys: ['6jj'] },
  { name: 'command', sizes: SMALL, keys: [':ran'] },
  { name: 'command-hint', sizes: SMALL, keys: [':range x'] },
  { name: 'sql', sizes: ALL_SIZES, keys: [';SELECT host, count(*) FROM incidents GROUP BY 1\r'], sql: hostsBySql },
  { name: 'sql-refused', sizes: SMALL, keys: [';DROP TABLE x\r'], sql: refusedSql },
  { name: 'export', sizes: SMALL, keys: ['x'] },
  { name: 'search', sizes: SMALL, keys: ['2', '\r', '/chrony\r', 'n'] },
  { name: 'prompt', sizes: ALL_SIZES, keys: ['/cause:s'] },
  { name: 'prompt-hint', sizes: SMALL, keys: ['/host:a cause:skwe'] },
  { name: 'filtered', sizes: SMALL, keys: ['\t', 'j\r'] },
  { name: 'detail', sizes: ALL_SIZES, keys: ['2', '\r'] },
  { name: 'detail-end', sizes: SMALL, keys: ['2', '\r', 'G'] },
  { name: 'help', sizes: ALL_SIZES, keys: ['?'] },
  { name: 'paused', sizes: SMALL, keys: [' '] },
  { name: 'in-the-past', sizes: SMALL, keys: ['Z', '['] },
  { name: 'loading', sizes: SMALL, never_answers: true, load: () => new Promise(() => {}) },
  { name: 'nothing-read', sizes: ALL_SIZES, load: () => quietModel() },
  { name: 'nothing-recognised', sizes: ALL_SIZES, load: () => nothingRecognised() },
  {
    name: 'nothing-in-range',
    sizes: SMALL,
    load: () => quietModel({ extent: fleetAnswers().extent, sources: SOURCES }),
  },
  {
    name: 'no-failures',
    sizes: SMALL,
    load: () =>
      quietModel({
        extent: fleetAnswers().extent,
        kinds: fleetAnswers().kinds.slice(0, 3),
        sources: SOURCES.slice(0, 2),
      }),
  },
  {
    name: 'error-at-once',
    sizes: ALL_SIZES,
    load: () => Promise.reject(new Error('/var/lib/authtop.db is no database')),
  },
  { name: 'error-later', sizes: SMALL, load: failAfterOne(), keys: ['z'] },
  {
    name: 'notice',
    sizes: SMALL,
    load: (request) => ({
      ...fleetModel(request),
      notices: [{ level: 'info', text: '/var/log/app.log was rotated; reading the new file' }],
    }),
  },
  { name: 'nameless', sizes: SMALL, load: (request) => ({ ...fleetModel(request), incidents: [NAMELESS] }) },
  {
    name: 'too-small',
    sizes: [
      [59, 20],
      [100, 14],
    ],
  },
  { name: 'wide-characters', sizes: ALL_SIZES, load: () => renamed(WIDE_NAMES), keys: ['4'] },
  { name: 'wide-characters-clocks', sizes: SMALL, load: () => renamed(WIDE_NAMES), keys: ['3'] },
  { name: 'wide-characters-findings', sizes: SMALL, load: () => renamed(WIDE_NAMES), keys: ['5'] },
  { name: 'hostile-findings', sizes: SMALL, load: () => renamed(HOSTILE_NAMES), keys: ['5'] },
  { name: 'wide-characters-ascii', sizes: SMALL, ascii: true, load: () => renamed(WIDE_NAMES) },
  { name: 'hostile', sizes: ALL_SIZES, load: () => renamed(HOSTILE_NAMES), keys: ['2'] },
]

async function hostsBySql(): Promise<SqlResult> {
  return {
    columns: ['host', 'count(*)'],
    rows: [
      ['reports-1', 1_265],
      ['\x1b[31m監査', 3n],
      [null, 1],
    ],
    truncated: true,
  }
}

async function refusedSql(): Promise<SqlResult> {
  throw new Error('the store is opened read-only: DROP is refused')
}

function nothingRecognised(): DashboardModel {
  return quietModel({
    sources: [
      SOURCES[2]!,
      {
        ...SOURCES[2]!,
        stream: 's4',
        name: '/var/log/secure',
        error: 'permission denied',
        counters: { ...SOURCES[2]!.counters, records: 0 },
      },
    ],
    unrecognised: [
      {
        template: 'login refused for <*>',
        system: 'acme-sso',
        sample: 'login refused for u-17: bad ticket',
        count: 41,
        first_ms: NOW_MS,
        last_ms: NOW_MS,
      },
    ],
  })
}

function failAfterOne(): NonNullable<Scene['load']> {
  let loads = 0
  return (request) => {
    loads += 1
    if (loads === 1) return fleetModel(request)
    throw new Error('the store is locked by another program')
  }
}

describe('the screens', () => {
  for (const scene of SCENES) {
    for (const [columns, rows] of scene.sizes) {
      test(`${scene.name} at ${columns}x${rows} looks as recorded`, async () => {
        const drive = driveDashboard({
          columns,
          rows,
          ascii: scene.ascii ?? false,
          monochrome: scene.monochrome ?? false,
          ...(scene.sql === undefined ? {} : { sql: scene.sql }),
          never_answers: scene.never_answers ?? false,
          load: scene.load ?? fleetModel,
        })
        let screen = await drive.settled()
        for (const keys of scene.keys ?? []) screen = await drive.type(keys)
        await drive.quit()
        const file = new URL(`${scene.name}-${columns}x${rows}.txt`, import.meta.url)
        if (process.env.UPDATE_GOLDEN) await writeFile(file, `${screen}\n`)
        expect(`${screen}\n`).toBe(await readFile(file, 'utf8'))
      })
    }
  }
})
