/**
 * Query times of a ClickHouse store with many incidents: `node bench/clickhouse.ts [millions] [folder]` (default 10), on the engine of the
 * contract tests (`npm run engine`), over HTTP. With a folder the store stays there, and the next run asks it again. Incidents are generated
 * by the engine itself from their numbers, spread over 35 days and over a fleet as real ones are: 500 hosts of 40 services with four clients and
 * one issuer each; 36 hosts have three quarters of the failures. Counts follow from them, with twenty successes for every failure. Prints
 * medians of five, the processor time of engine and asker, which a busy machine does not falsify, and the space taken.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadFindings } from '../src/app/load-findings.ts'
import { loadReport } from '../src/app/load-report.ts'
import { NO_FILTER } from '../src/core/filter.ts'
import type { StoreWriter } from '../src/core/ports/store.ts'
import { openReader, openWriter } from '../src/store/index.ts'
import { startEngine } from '../test/contract/store/clickhouse/engine.ts'
import { failures } from '../test/contract/store/made-up.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DAYS = 35
const ROUNDS = 5
/** Rows of one insert. */
const CHUNK = 500_000

const millions = Number(process.argv[2] ?? 10)
const total = millions * 1_000_000
const spool = mkdtempSync(join(tmpdir(), 'authtop-bench-'))
const engine = await startEngine(undefined, process.argv[3])
const location = `clickhouse://default@127.0.0.1:${engine.port}/bench?spool=${spool}&collector=bench&timeout_s=600`

const CAUSES =
  "[('expiry','access_token'),('expiry','refresh_token'),('skew','not_yet_valid'),('misconfiguration','audience_mismatch'),('malformed','signature'),('revocation','token_revoked'),('outage','jwks_unavailable'),('unknown','unspecified')]"

async function generate(writer: StoreWriter): Promise<void> {
  const to_ms = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
  const from_ms = to_ms - DAYS * DAY_MS
  await writer.append(failures({ time_ms: from_ms }, { time_ms: to_ms - 1 }))
  const start = performance.now()
  for (let at = 0; at < total; at += CHUNK) {
    await engine.ask(`INSERT INTO bench.incident (time_ms, id, version, collector, kind, cause, subcause, confidence, reported_cause, reported_subcause, host,
        service, client_id, issuer, system, signature, specificity, symptom, message, why, observations, request_id, token, subject, http_method,
        http_path, http_status, exp_ms, iat_ms, spoken_time_ms, spoken_source, spoken_stream, spoken_offset, spoken_line, spoken_host, spoken_service, spoken_system,
        spoken_signature, spoken_specificity, spoken_reported_cause, spoken_reported_subcause, spoken_message, spoken_format)
      WITH least(cityHash64(number, 1) % 8, cityHash64(number, 4) % 8) AS of_cause, ${CAUSES}[1 + of_cause] AS verdict,
           cityHash64(number, 2) % 500 AS n, if(cityHash64(number, 10) % 4 < 3, n % 36, n) AS host_number, 'host-' || toString(host_number) AS of_host,
           host_number % 40 AS service_number, 'service-' || toString(service_number) AS of_service, ${from_ms} + intDiv(number * ${DAYS * DAY_MS}, ${total}) AS at
      SELECT at, number + 10, 1, 0, 'validation', verdict.1, verdict.2, 'likely', verdict.1, verdict.2, of_host, of_service,
             'client-' || toString(service_number * 4 + least(cityHash64(number, 3) % 4, cityHash64(number, 11) % 4)), 'https://id-' || toString(service_number % 3), 'jose', 'jose/' || verdict.2, 70, verdict.2,
             'token refused: "exp" claim timestamp check failed ' || toString(cityHash64(number, 5) % 1000), ['expired ' || toString(cityHash64(number, 6) % 900) || ' s before the validator''s clock'], 1,
             lower(hex(MD5(toString(number)))), 'jwt:' || lower(hex(cityHash64(number, 7))), 'sub:' || lower(hex(cityHash64(number, 8) % 200000)), 'GET',
             '/orders/' || toString(cityHash64(number, 9) % 10000), 401, at - 12000, at - 312000, [at], ['/var/log/app.log'], ['00000000000000a1'], [number * 300], [number],
             [of_host], [of_service], ['jose'], ['jose/' || verdict.2], [70], [verdict.1], [verdict.2], ['token refused'], ['pino']
        FROM numbers(${at}, ${Math.min(CHUNK, total - at)})`)
    process.stderr.write(`\r${((at + CHUNK) / 1e6).toFixed(0)} million`)
  }
  process.stderr.write(`\rincidents in ${((performance.now() - start) / 1000).toFixed(0)} s\n`)
  const dimensions = 'system, service, host, issuer, client_id'
  for (let day = from_ms; day < to_ms; day += DAY_MS)
    for (const [outcome, cause, subcause, factor] of [
      ['failure', 'cause', 'subcause', 1],
      ['success', "''", "''", 20],
    ] as const)
      await engine.ask(`INSERT INTO bench.count_minute (start_ms, outcome, kind, cause, subcause, ${dimensions}, collector, count)
        SELECT intDiv(time_ms, 60000) * 60000 AS minute, '${outcome}', kind, ${cause} AS c, ${subcause} AS s, ${dimensions}, 0, count() * ${factor}
          FROM bench.incident WHERE time_ms >= ${day} AND time_ms < ${day + DAY_MS} GROUP BY minute, kind, c, s, ${dimensions}
        SETTINGS max_partitions_per_insert_block = 0`)
  await engine.ask(`INSERT INTO bench.tally (start_ms, system, signature, symptom, confidence, count)
    SELECT intDiv(time_ms, 900000) * 900000 AS quarter, system, signature, symptom, confidence, count() FROM bench.incident GROUP BY ALL
    SETTINGS max_partitions_per_insert_block = 0`)
  process.stderr.write(`\rgenerated in ${((performance.now() - start) / 1000).toFixed(0)} s\n`)
}

try {
  const writer = await openWriter(location)
  const reader = await openReader(location)
  if ((await reader.extent()) === null) await generate(writer)
  const to_ms = Math.ceil((await reader.extent())!.to_ms / MINUTE_MS) * MINUTE_MS
  const last = (days: number) => ({ from_ms: to_ms - days * DAY_MS, to_ms })
  const filter = { include: { host: ['host-7'] }, exclude: {} }
  const middle = String(Math.floor(total / 2))
  const questions: Record<string, () => Promise<unknown>> = {
    'version (asked ten times a second)': () => reader.version(),
    'kinds, 15 minutes': () => reader.kinds(last(1 / 96), NO_FILTER),
    'causes, 24 hours': () => reader.causes(last(1), NO_FILTER),
    'causes, 35 days': () => reader.causes(last(35), NO_FILTER),
    'causes, 35 days, one host': () => reader.causes(last(35), filter),
    'series by cause, 24 hours by 15 minutes': () => reader.series(last(1), 900_000, 'cause', NO_FILTER),
    'series by cause, 35 days by 8 hours': () => reader.series(last(35), 8 * 3_600_000, 'cause', NO_FILTER),
    'hosts, 24 hours': () => reader.dimension('host', last(1), NO_FILTER, 20),
    'clients, 35 days': () => reader.dimension('client_id', last(35), NO_FILTER, 20),
    'groups, 7 days': () => reader.groups(last(7), NO_FILTER, 500),
    'signatures, 7 days': () => reader.signatures(last(7)),
    'findings, 24 hours': () => loadFindings(reader, last(1), to_ms),
    'report of a week, compared with the one before': () =>
      loadReport([reader], {
        period: last(7),
        previous: { from_ms: to_ms - 14 * DAY_MS, to_ms: to_ms - 7 * DAY_MS },
        zone: 'UTC',
        week_start: 1,
        now_ms: to_ms,
      }),
    'newest 50 incidents': () => reader.incidents({ range: last(35), filter: NO_FILTER, limit: 50 }),
    'newest 50 incidents of one host': () => reader.incidents({ range: last(35), filter, limit: 50 }),
    'one incident by id': () => reader.incident(middle),
    'records of one incident': () => reader.observations(middle),
    'neighbours of 100 requests within 52 hours': () =>
      writer.neighbours(
        Array.from({ length: 100 }, (_, i) => ({
          request_id: `none-${i}`,
          from_ms: to_ms - 52 * 3_600_000,
          to_ms,
          by_time: false,
        })),
      ),
  }
  const rows: [string, number, number, number][] = []
  for (const [name, ask] of Object.entries(questions)) {
    const times: number[] = []
    const before_ms = engine.cpu_ms()
    const own = process.cpuUsage()
    for (let round = 0; round < ROUNDS; round++) {
      const before = performance.now()
      await ask().catch((error: Error) => process.stderr.write(`${name}: ${error.message}\n`))
      times.push(performance.now() - before)
    }
    times.sort((a, b) => a - b)
    const { user, system } = process.cpuUsage(own)
    const cpu_ms = engine.cpu_ms() - before_ms + (user + system) / 1000
    rows.push([name, times[Math.floor(ROUNDS / 2)]!, times.at(-1)!, cpu_ms / ROUNDS])
  }
  const space = await engine.ask(
    `SELECT table, sum(rows), formatReadableSize(sum(bytes_on_disk)), round(sum(bytes_on_disk) / sum(rows), 1)
       FROM system.parts WHERE database = 'bench' AND active GROUP BY table HAVING sum(rows) > 1000 ORDER BY sum(bytes_on_disk) DESC FORMAT TSV`,
  )
  console.log(`${millions} million incidents in ${DAYS} days\n`)
  console.log('| question | median ms | longest ms | processor ms |\n|---|--:|--:|--:|')
  for (const [name, ...figures] of rows) console.log(`| ${name} | ${figures.map((ms) => ms.toFixed(0)).join(' | ')} |`)
  console.log('\n| table | rows | on disk | bytes a row |\n|---|---|---|---|')
  for (const line of space.trim().split('\n')) console.log(`| ${line.split('\t').join(' | ')} |`)
  await reader.close()
  await writer.close()
} finally {
  await engine.remove()
  rmSync(spool, { recursive: true, force: true })
}
