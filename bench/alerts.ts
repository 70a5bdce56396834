/**
 * How well skew spikes are alerted: simulated fleets with known clocks and decoys (see docs/alerts.md). `node bench/alerts.ts
 * [fleets] [hosts] [days] [first seed]`; prints a table. Simulated data is not field data.
 */
import { type AlertScore, scoreAlerts } from '../test/simulation/alerts/score-alerts.ts'

const [fleets = 4, hosts = 21, days = 15, firstSeed = 100] = process.argv.slice(2).map(Number).filter(Number.isFinite)

function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN
}

function row(name: string, scores: readonly AlertScore[]): string {
  const incidents = scores.flatMap((s) => s.incidents).filter((i) => i.affected >= 5)
  const found = incidents.filter((i) => i.after !== null)
  const months = scores.reduce((sum, s) => sum + s.host_months, 0)
  const wrong = scores.reduce((sum, s) => sum + s.false_alerts.length, 0)
  const after = found.map((i) => i.after!)
  const alerts = found.reduce((sum, i) => sum + i.alerts, 0)
  const resolved = found.flatMap((i) => (i.resolved_after_ms === null ? [] : [i.resolved_after_ms / 60_000]))
  return `| ${name} | ${incidents.length} | ${((100 * found.length) / incidents.length).toFixed(1)} % | ${percentile(after, 0.5)} / ${percentile(after, 0.95)} | ${(wrong / months).toFixed(3)} | ${(alerts / found.length).toFixed(2)} | ${percentile(resolved, 0.5).toFixed(0)} / ${percentile(resolved, 0.95).toFixed(0)} min |`
}

console.log(
  `| decoys (${fleets} fleets of ${hosts} hosts, ${days} days each) | incidents of 5 and more failures | alerted | after failures p50 / p95 | false per host-month | alerts per incident | resolved after the last failure p50 / p95 |`,
)
console.log('|---|---|---|---|---|---|---|')
for (const hard of [false, true]) {
  const scores = Array.from({ length: fleets }, (_, i) =>
    scoreAlerts({ seed: firstSeed * (hard ? 2 : 1) + i, hosts, days, hard }, 3),
  )
  console.log(row(hard ? 'hard' : 'ordinary', scores))
  if (process.env.VERBOSE)
    for (const s of scores) {
      for (const a of s.false_alerts) {
        const near = s.plan.decoys.filter(
          (d) => a.started_ms > d.from_ms - 600_000 && a.started_ms < d.to_ms + 3_600_000,
        )
        console.log(
          'FALSE',
          s.plan.seed,
          new Date(a.started_ms).toISOString(),
          a.summary,
          near.map((d) => `${d.kind} ${d.host ?? d.issuer ?? ''} ${Math.round(d.size)}`).join('; '),
        )
      }
      for (const i of s.incidents.filter((x) => x.affected >= 5 && x.after === null))
        console.log(
          'MISSED',
          s.plan.seed,
          i.affected,
          JSON.stringify(s.plan.incidents.find((x) => x.name === i.name)),
          s.plan.hosts
            .filter((h) => s.plan.incidents.find((x) => x.name === i.name)!.hosts.includes(h.name))
            .map(
              (h) =>
                `${h.name} ${h.shows} ${h.resolution_ms} batch ${h.batch_ms} leeway ${h.leeway_ms} pm ${h.per_minute.toFixed(1)}`,
            )
            .join(', '),
        )
      for (const i of s.incidents.filter((x) => x.alerts > 1))
        console.log(
          'MANY',
          s.plan.seed,
          i.alerts,
          i.affected,
          JSON.stringify(s.plan.incidents.find((x) => x.name === i.name)),
        )
    }
}
