/**
 * How soon the dashboard answers a key at 200x50 while a log grows: opens one screen after another in a terminal of its own
 * (util-linux' `script`) and waits for the frame that shows it. Run with `node bench/keys.ts [events a second] [seconds]` after
 * `npm run build`; Linux only. What the drawing thread waited for a processor that others kept busy is told apart.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const [rate = '5000', seconds = '40'] = process.argv.slice(2)
const COLUMNS = 200
const ROWS = 50
const WARM_UP_MS = 8_000
/** Keys come this far apart, so that each finds the screen at rest or not as chance has it; ms. */
const PAUSE_MS = { least: 200, more: 700 }
const GIVEN_UP_MS = 5_000
const NAMES = ['Overview', 'Incidents', 'Clocks', 'Who', 'Findings', 'Sources']

const home = mkdtempSync(join(tmpdir(), 'authtop-keys-'))
const log = join(home, 'live.log')
writeFileSync(log, '')
const here = import.meta.dirname
const length_s = String(Number(seconds) + WARM_UP_MS / 1_000)
const feed = spawn(process.execPath, [join(here, 'live-log.ts'), log, rate, length_s], { stdio: 'ignore' })
const command = `stty rows ${ROWS} cols ${COLUMNS}; exec ${process.execPath} ${join(here, '../dist/src/cli/entry.js')} --db ${home}/s.db ${log}`
const terminal = spawn('script', ['-qefc', command, '/dev/null'], {
  env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', XDG_STATE_HOME: home },
  stdio: ['pipe', 'pipe', 'inherit'],
})
let shown = ''
terminal.stdout.on('data', (chunk: Buffer) => {
  shown += chunk.toString('latin1')
})

try {
  await sleep(WARM_UP_MS)
  const [child] = readFileSync(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8').trim().split(' ')
  /** Of the thread that draws, ms: time on a processor, time waiting for one. */
  const scheduled = () => {
    const [ran, waited] = readFileSync(`/proc/${child}/task/${child}/schedstat`, 'utf8').split(' ').map(Number)
    return { ran_ms: ran! / 1e6, waited_ms: waited! / 1e6 }
  }
  const begun = { at: performance.now(), ...scheduled() }
  const answers: number[] = []
  const alone: number[] = []
  for (let n = 1; performance.now() - begun.at < Number(seconds) * 1_000; n++) {
    await sleep(PAUSE_MS.least + Math.random() * PAUSE_MS.more)
    const screen = n % NAMES.length
    shown = ''
    const before = scheduled()
    const start = performance.now()
    terminal.stdin.write(String(screen + 1))
    // Its name in the first row is drawn in reverse.
    while (!shown.includes(`\x1b[7m${screen + 1} ${NAMES[screen]}`) && performance.now() - start < GIVEN_UP_MS)
      await sleep(1)
    const took = performance.now() - start
    answers.push(took)
    alone.push(Math.max(0, took - (scheduled().waited_ms - before.waited_ms)))
  }
  const share = (scheduled().ran_ms - begun.ran_ms) / (performance.now() - begun.at)
  const words = (times: number[]) => {
    times.sort((a, b) => a - b)
    const at = (part: number) => `${times[Math.min(times.length - 1, Math.floor(times.length * part))]!.toFixed(0)} ms`
    return `median ${at(0.5)}, nine of ten ${at(0.9)}, longest ${at(1)}`
  }
  console.log(`${answers.length} keys answered: ${words(answers)}`)
  console.log(`without waiting for a processor: ${words(alone)}`)
  console.log(`the thread that draws: ${(100 * share).toFixed(1)} % of one core`)
} finally {
  terminal.kill('SIGTERM')
  feed.kill()
  await sleep(500)
  rmSync(home, { recursive: true, force: true })
}
