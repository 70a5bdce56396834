/** The dashboard in a real terminal (tmux): first frame, live data, keys, standard input with a keyboard, restored at the end. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ENTRY, scratch } from '../../cli/authtop.ts'
import { missing, Screen, tmux } from './terminal.ts'

const home = scratch()
const failure = (host: string, at: number) =>
  `${JSON.stringify({ level: 50, time: at, hostname: host, err: { type: 'TokenExpiredError', message: 'jwt expired', stack: 'TokenExpiredError: jwt expired\n    at x.js:1:1' }, msg: 'token rejected' })}\n`

describe.skipIf(missing)('the dashboard in a terminal', () => {
  test('shows what is there, then what is written, answers keys and leaves the terminal as it was', async () => {
    const log = join(home, 'app.log')
    writeFileSync(log, Array.from({ length: 7 }, (_, i) => failure('orders-1', Date.now() - 5_000 + i)).join(''))
    const screen = new Screen(home, 'files', `${process.execPath} ${ENTRY} --db ${home}/s.db ${log}`)
    await screen.shows(/failed 7 /)
    appendFileSync(log, failure('reports-9', Date.now()))
    const live = await screen.shows(/failed 8 /)
    expect(live.split('\n').every((line) => line.length <= 80)).toBe(true)
    screen.press('2')
    await screen.shows(/reports-9/)
    screen.press('Enter')
    await screen.shows(/the software said "?jwt expired/i)
    screen.press('Escape')
    await sleep(300)
    screen.press('?')
    await screen.shows(/Ctrl-d|PgDn/)
    screen.press('Escape')
    await sleep(300)
    screen.press('q')
    const after = await screen.shows(/ended with 0/)
    expect(after).not.toContain('Overview')
  })

  test('exports what is shown, shows it in a pager, and remembers the screen for the next run', async () => {
    const screen = new Screen(
      home,
      'export',
      `cd ${home} && PAGER=cat ${process.execPath} ${ENTRY} dash --db ${home}/s.db`,
    )
    await screen.shows(/failed 8 /)
    screen.press('4')
    await screen.shows(/Hosts +requests[\s\S]*reports-9 /)
    screen.press('x', 'c')
    await screen.shows(/rows written to/)
    const exported = readdirSync(home).filter((name) => /^authtop-hosts-\d{8}-\d{6}\.csv$/.test(name))
    expect(readFileSync(join(home, exported[0]!), 'utf8')).toContain('orders-1,7,7,')
    screen.press('o')
    await screen.shows(/Hosts .*requests/)
    await screen.pressUntil('C-c', /ended with 0/)
    screen.press(`${process.execPath} ${ENTRY} dash --db ${home}/s.db`, 'Enter')
    await screen.shows(/Hosts {2}Clients {2}Services/)
    screen.press('q')
  })

  test('Ctrl-Z gives the terminal back and fg draws the screen anew', async () => {
    const screen = new Screen(home, 'stop', `exec bash --norc`)
    await screen.shows(/[$#] ?$/m)
    screen.press(`${process.execPath} ${ENTRY} dash --db ${home}/s.db`, 'Enter')
    await screen.shows(/failed 8 /)
    screen.press('C-z')
    await screen.shows(/Stopped/)
    screen.press('fg', 'Enter')
    await screen.shows(/failed 8 /)
    screen.press('q')
  })

  test('standard input carries logs and the keyboard still works', async () => {
    const feed = `sh -c 'for i in 1 2 3; do printf "2026-11-16T09:12:0$i.000Z warn: auth failed: jwt expired\\n"; done; sleep 60'`
    const screen = new Screen(home, 'stdin', `${feed} | ${process.execPath} ${ENTRY} --db ${home}/p.db -`)
    await screen.shows(/failed 3 /)
    screen.press('q')
    await screen.shows(/ended|[$#] ?$/m)
    expect(screen.text()).not.toContain('Overview')
  })

  test('escape sequences in a log line never reach the terminal', async () => {
    const log = join(home, 'hostile.log')
    const evil = '\\u001b]0;owned\\u0007\\u001b[2J\\u001b[31m\\u202e'
    writeFileSync(log, failure('orders-1', Date.now()).replace('orders-1', evil))
    const screen = new Screen(home, 'hostile', `${process.execPath} ${ENTRY} --db ${home}/h.db ${log}`, 120, 40)
    const text = await screen.shows(/failed 1 /)
    expect(text).toContain('Overview')
    expect(tmux('display-message', '-p', '-t', 'hostile', '#{pane_title}')).not.toContain('owned')
    screen.press('q')
    await screen.shows(/ended with 0/)
  })

  test('a terminal that is too small says so', async () => {
    const screen = new Screen(home, 'small', `${process.execPath} ${ENTRY} --db ${home}/s.db ${home}/app.log`, 50, 12)
    await screen.shows(/60|small|larger/i)
    screen.press('q')
    await screen.shows(/ended with/)
  })

  test('nothing of the screen goes to standard error, so that a file of errors holds errors', async () => {
    const command = `${process.execPath} ${ENTRY} dash --db ${home}/s.db 2> ${home}/errors`
    const screen = new Screen(home, 'errors', command)
    await screen.shows(/Overview/)
    screen.press('q')
    await screen.shows(/ended with 0/)
    expect(readFileSync(join(home, 'errors'), 'latin1')).toBe('')
  })

  test('SIGTERM restores the terminal', async () => {
    const screen = new Screen(home, 'term', `${process.execPath} ${ENTRY} dash --db ${home}/s.db`)
    await screen.shows(/Overview/)
    execFileSync('pkill', ['-TERM', '-f', `${ENTRY} dash --db ${home}/s.db`])
    const after = await screen.shows(/ended with 143/)
    expect(after).not.toContain('Overview')
  })
})
