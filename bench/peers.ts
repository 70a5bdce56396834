/**
 * authtop's whole job (find, decode, classify, redact, commit) beside what people use on the same files: makes seeded inputs,
 * runs everything in turn so that a busy machine is unfair to all alike, and writes medians, extremes and ratios to
 * bench/RESULTS.md. `npm run bench -- [--mb 200] [--runs 3] [--only mixed,keycloak]`; needs a build. Peers that are not
 * installed are named and left out (Debian: ripgrep lnav goaccess mtail jq).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Contestant, JOB, LITERALS, median, type Run, run, YARDSTICK } from './contestant.ts'
import { SHAPES, type Shape, writeMixedLog } from './mixed-log.ts'

interface Input {
  name: string
  title: string
  auth_percent: number
  shapes: readonly Shape[]
}

const INPUTS: readonly Input[] = [
  { name: 'mixed', title: 'mixed production log, 3 % of the lines about tokens', auth_percent: 3, shapes: SHAPES },
  {
    name: 'quiet',
    title: 'mixed production log, 0.01 % of the lines about tokens',
    auth_percent: 0.01,
    shapes: SHAPES,
  },
  { name: 'access', title: 'nginx access log, 3 % refusals', auth_percent: 3, shapes: ['nginx'] },
  { name: 'pino', title: 'pino, 3 % of the lines about tokens', auth_percent: 3, shapes: ['pino'] },
  { name: 'keycloak', title: 'Keycloak events, every line one', auth_percent: 100, shapes: ['keycloak'] },
]

const CONTESTANTS: readonly Contestant[] = [
  JOB,
  { name: 'wc -l', command: 'wc', args: (file) => ['-l', file] },
  YARDSTICK,
  { name: 'jq', command: 'jq', args: (file) => ['-c', 'select(.level >= 40)', file], reads: ['pino'] },
  {
    name: 'lnav',
    command: 'lnav',
    args: (file) => ['-n', '-N', '-c', ';SELECT count(*) FROM all_logs', file],
  },
  {
    name: 'goaccess',
    command: 'goaccess',
    args: (file, scratch) => [file, '--log-format=COMBINED', '--no-progress', '-o', join(scratch, 'goaccess.json')],
    reads: ['access'],
  },
  {
    name: 'mtail',
    command: 'mtail',
    args: (file, scratch) => ['--one_shot', '--progs', join(scratch, 'tokens.mtail'), '--logs', file],
  },
]

/** What a person would write for mtail to count refusals. */
const MTAIL = `counter refused by reason
/jwt expired|token has expired|token is expired|Signature has expired/ {
  refused["expired"]++
}
/invalid signature/ {
  refused["signature"]++
}
/audience invalid/ {
  refused["audience"]++
}
/ 401 / {
  refused["401"]++
}
`

const installed = ({ command }: Contestant): boolean => spawnSync(command, ['--version']).error === undefined

const { values: asked } = parseArgs({
  options: {
    mb: { type: 'string', default: '200' },
    runs: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: INPUTS.map(({ name }) => name).join(',') },
  },
})
const scratch = mkdtempSync(join(tmpdir(), 'authtop-bench-'))
const report: string[] = [
  '# Results',
  '',
  `authtop's whole job beside its peers, measured by \`npm run bench -- --mb ${asked.mb} --runs ${asked.runs}\` on ${cpus().length} × ${cpus()[0]?.model.trim() || 'unnamed processor'}.`,
  `Medians of ${asked.runs} interleaved runs, with the fastest and the slowest; ratios are to \`${YARDSTICK.name}\` over the same literals in the same turns.`,
  '',
]
try {
  writeFileSync(join(scratch, 'literals.txt'), LITERALS.join('\n'))
  writeFileSync(join(scratch, 'tokens.mtail'), MTAIL)
  const missing = CONTESTANTS.filter((each) => !installed(each))
  if (missing.length > 0)
    report.push(`Not installed, so not measured: ${missing.map(({ name }) => name).join(', ')}.`, '')
  for (const input of INPUTS.filter(({ name }) => asked.only.split(',').includes(name))) {
    const file = join(scratch, `${input.name}.log`)
    const { lines, auth } = writeMixedLog(file, {
      bytes: Number(asked.mb) * 1e6,
      auth_percent: input.auth_percent,
      seed: Number(asked.seed),
      shapes: input.shapes,
    })
    const here = CONTESTANTS.filter(
      (each) => !missing.includes(each) && (each.reads === undefined || each.reads.includes(input.name)),
    )
    const runs = new Map<Contestant, Run[]>(here.map((each) => [each, []]))
    for (let turn = 0; turn < Number(asked.runs); turn++)
      for (const each of here) runs.get(each)!.push(await run(each, file, scratch))
    const yardstick = here.find(({ name }) => name === YARDSTICK.name)
    const unit = yardstick === undefined ? Number.NaN : median(runs.get(yardstick)!.map(({ seconds }) => seconds))
    report.push(
      `## ${input.title}`,
      '',
      `${(statSync(file).size / 1e6).toFixed(0)} MB, ${lines} lines, ${auth} about tokens.`,
      '',
      '| | s, median | fastest–slowest | MB/s | lines/s | ratio | peak MB |',
      '|---|--:|--:|--:|--:|--:|--:|',
    )
    for (const [{ name }, measured] of runs) {
      const seconds = measured.map((one) => one.seconds)
      const middle = median(seconds)
      report.push(
        `| ${name} | ${middle.toFixed(2)} | ${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)} | ${(statSync(file).size / 1e6 / middle).toFixed(0)} | ${Math.round(lines / middle)} | ${(middle / unit).toFixed(2)} | ${Math.max(...measured.map((one) => one.peak_mb)).toFixed(0)} |`,
      )
    }
    report.push('')
    rmSync(file)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
const text = report.join('\n')
writeFileSync(join(import.meta.dirname, 'RESULTS.md'), text)
process.stdout.write(text)
