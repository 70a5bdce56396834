/**
 * authtop's whole job (find, decode, classify, redact, commit) beside what people use on the same files: makes seeded inputs,
 * runs everything in turn so that a busy machine is unfair to all alike, and writes medians, extremes and ratios to
 * bench/RESULTS.md. `npm run bench -- [--mb 200] [--runs 3] [--only mixed,keycloak]`; needs a build. Peers that are not
 * installed are named and left out (Debian: ripgrep lnav goaccess mtail jq).
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
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

interface Contestant {
  name: string
  command: string
  args: (file: string, scratch: string) => string[]
  /** Inputs it can read. */
  reads?: readonly string[]
}

const AUTHTOP = join(import.meta.dirname, '../dist/src/cli/entry.js')
/** How often memory is read, ms; the kernel keeps the peak, so only what comes after the last look is missed. */
const LOOK_MS = 20
/** All others are compared with this one. */
const YARDSTICK = 'rg -i -j1'

const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'authtop collect --once',
    command: process.execPath,
    args: (file, scratch) => [AUTHTOP, 'collect', '--once', '--db', join(scratch, `${Math.random()}.db`), file],
  },
  { name: 'wc -l', command: 'wc', args: (file) => ['-l', file] },
  {
    name: YARDSTICK,
    command: 'rg',
    args: (file, scratch) => ['-i', '-j1', '-c', '-F', '-f', join(scratch, 'literals.txt'), file],
  },
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

/** What a person greps for on a bad night. */
const LITERALS = [
  'jwt expired',
  'jwt not active',
  'jwt malformed',
  'jwt audience invalid',
  'jwt issuer invalid',
  'invalid signature',
  'signature verification failed',
  'signature has expired',
  'token has expired',
  'token is expired',
  'token expired',
  'token is not active',
  'token is not yet valid',
  'not yet valid',
  'token used before issued',
  'issued in the future',
  'token revoked',
  'token has been revoked',
  'invalid_token',
  'invalid_grant',
  'invalid_client',
  'invalid_scope',
  'unauthorized_client',
  'insufficient_scope',
  'access_denied',
  'login_required',
  'bearer token rejected',
  'token rejected',
  'failed to authenticate since the jwt',
  'unable to authenticate the request',
  'unable to find a signing key',
  'no matching key',
  'no applicable key found',
  'unexpected "aud" claim',
  'unexpected "iss" claim',
  'JWTExpired',
  'TokenExpiredError',
  'JsonWebTokenError',
  'ExpiredSignatureError',
  'REFRESH_TOKEN_ERROR',
] as const

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

interface Run {
  seconds: number
  peak_mb: number
}

async function run({ command, args }: Contestant, file: string, scratch: string): Promise<Run> {
  const start = performance.now()
  const child = spawn(command, args(file, scratch), { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000)
  })
  let peak_kb = 0
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      peak_kb = Math.max(peak_kb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
    } catch {
      // It has ended.
    }
  }, LOOK_MS)
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  clearInterval(look)
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${errors}`)
  return { seconds: (performance.now() - start) / 1000, peak_mb: peak_kb / 1024 }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
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
  `Medians of ${asked.runs} interleaved runs, with the fastest and the slowest; ratios are to \`${YARDSTICK}\` over the same literals in the same turns.`,
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
    const yardstick = here.find(({ name }) => name === YARDSTICK)
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
