/** The contract of the store port on ClickHouse: the real engine, over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { describeAlertQuestions } from './alert-questions.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'
import { describeHistory } from './history-suite.ts'
import { describeReportQuestions } from './report-questions.ts'
import type { StoreEngine, StorePlace } from './store-engine.ts'
import { describeStore } from './suite.ts'

let engine: Engine
let databases = 0

interface Place extends StorePlace {
  database: string
}

function newPlace(user = 'default'): Place {
  const database = `store_${++databases}`
  const spool = mkdtempSync(join(tmpdir(), 'authtop-spool-'))
  return {
    database,
    location: `clickhouse://${user}@127.0.0.1:${engine.port}/${database}?spool=${spool}&collector=a`,
    async remove() {
      rmSync(spool, { recursive: true, force: true })
      await engine.ask(`DROP DATABASE IF EXISTS ${database} SYNC`)
    },
  }
}

const databaseOf = ({ location }: StorePlace) => new URL(location.replace('clickhouse:', 'http:')).pathname.slice(1)

const CLICKHOUSE: StoreEngine = {
  name: 'ClickHouse',
  effort: 0.2,
  place: async () => newPlace(),
  async notAStore() {
    const place = newPlace()
    await engine.ask(`CREATE DATABASE ${place.database}`)
    await engine.ask(`CREATE TABLE ${place.database}.orders (id UInt64) ENGINE = MergeTree ORDER BY id`)
    return place
  },
  async makeNewer(place) {
    await engine.ask(`INSERT INTO ${databaseOf(place)}.meta (key, value) VALUES ('schema', '1000')`)
  },
  makeReadOnly(place) {
    place.location = place.location.replace('default@', 'reader:secret@')
    return Promise.resolve()
  },
  // The engine has the disk of the machine; what a full one answers is tried in clickhouse-spool.test.ts.
  crampedPlace: () => Promise.resolve(null),
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'on a real engine', () => {
  beforeAll(async () => {
    engine = await startEngine()
  })
  afterAll(() => engine.remove(), 60_000)

  describeStore(CLICKHOUSE)
  describeReportQuestions(CLICKHOUSE)
  describeHistory(CLICKHOUSE)
  describeAlertQuestions(CLICKHOUSE)
})
