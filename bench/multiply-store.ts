/**
 * Makes a large store of a small one: everything bench/store.ts wrote is repeated later in time, day after day, in bulk
 * SQL. Run with `node bench/multiply-store.ts FILE TIMES`; FILE covers whole days of UTC. Ten million incidents take
 * minutes so and hours through the writer. Counts, rollups and indexes are those the writer would have made; only tokens
 * and request ids come again.
 */
import Database from 'better-sqlite3'

const [file, times] = [process.argv[2], Number(process.argv[3])]
if (file === undefined || !(times > 1))
  throw new Error('which store, how often? node bench/multiply-store.ts FILE TIMES')

const DAY_MS = 86_400_000
const MINUTES = 1440
const HOURS = 24
const QUARTERS = 96

const db = new Database(file)
db.pragma('journal_mode = WAL')
db.pragma('cache_size = -200000')
const number = (sql: string) => db.prepare<[], number>(sql).pluck().get()!
const first_ms = number('SELECT min(time_ms) FROM incident')
const last_ms = number('SELECT max(time_ms) FROM incident')
const incidents = number('SELECT max(id) FROM incident')
const first_day = Math.floor(first_ms / DAY_MS)
const days = Math.floor(last_ms / DAY_MS) - first_day + 1

const columns = (table: string) =>
  db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)

/** Copies rows of `table` with some of their columns moved on. */
function repeat(table: string, moved: Readonly<Record<string, string>>, where = 'true', conflict = ''): void {
  const names = columns(table)
  const values = names.map((name) => (moved[name] === undefined ? name : `${name} + ${moved[name]}`))
  db.exec(`INSERT INTO ${table} (${names}) SELECT ${values} FROM ${table} WHERE ${where} ${conflict}`)
}

for (let copy = 1; copy < times; copy++) {
  const by_days = copy * days
  const ids = String(copy * incidents)
  const before = (first_day + days) * DAY_MS
  db.transaction(() => {
    repeat('incident', { id: ids, time_ms: String(by_days * DAY_MS) }, `id <= ${incidents} ORDER BY id`)
    repeat(
      'incident_key',
      { hour: String(by_days * HOURS), incident: ids },
      `hour < ${before / 3_600_000} ORDER BY hour, hash, incident`,
    )
    repeat('observation', { incident: ids }, `incident <= ${incidents}`)
    const grains = [MINUTES, HOURS, 1]
    for (const [grain, per_day] of grains.entries()) {
      const own = `grain = ${grain} AND bucket < ${(first_day + days) * per_day} ORDER BY 1, 2, 3`
      repeat('cube', { bucket: String(by_days * per_day) }, own)
      repeat('facet', { bucket: String(by_days * per_day) }, own)
    }
    const quarters = `quarter < ${before / 900_000} ORDER BY 1, 2`
    repeat('tally', { quarter: String(by_days * QUARTERS) }, quarters)
    repeat('affected', { quarter: String(by_days * QUARTERS) }, quarters)
    for (const table of ['name', 'phrase', 'verdict', 'series', 'voice'])
      db.exec(`UPDATE ${table} SET used_day = max(used_day, ${first_day + by_days + days})`)
  })()
  console.log(`${(copy + 1) * incidents} incidents, ${(copy + 1) * days} days`)
}
db.prepare('UPDATE meta SET value = ? WHERE key = ?').run(last_ms + (times - 1) * days * DAY_MS, 'last_ms')
db.prepare('UPDATE meta SET value = ? WHERE key = ?').run(times * incidents + 1, 'next_incident')
db.pragma('wal_checkpoint(TRUNCATE)')
db.close()
