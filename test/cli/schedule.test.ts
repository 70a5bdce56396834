/** `authtop schedule` with stand-ins for systemctl and crontab that write down what they are asked. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openWriter } from '../../src/store/index.ts'
import { batch, incident } from '../contract/store/made-up.ts'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const db = join(home, 'it is 100% $HOME.db')
const bin = join(home, 'bin')
const units = join(home, 'config', 'systemd', 'user')

function standIn(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
}

const only = { PATH: `${bin}:/usr/bin:/bin` }
const install = (...args: string[]) =>
  authtop(home, ['schedule', 'install', '--weekly', 'Mon 08:00', '--tz', 'Europe/Paris', ...args], '', {
    ...only,
    AUTHTOP_DB: db,
  })

beforeAll(async () => {
  mkdirSync(bin)
  standIn('systemctl', `echo "$@" >> ${home}/systemctl.log; [ ! -e ${home}/no-systemd ]`)
  standIn('crontab', `if [ "$1" = -l ]; then cat ${home}/table 2>/dev/null; else cat > ${home}/table; fi`)
  const writer = await openWriter(db)
  const last_week = Date.now() - 7 * 86_400_000
  await writer.append(batch({ incidents: [{ incident: incident({ time_ms: last_week }), added: [] }] }))
  await writer.close()
})

describe('by systemd', () => {
  test('a timer in the zone that catches up, and a service that runs what is due', async () => {
    const ran = await install('--', '--format', 'html', '--out', `${home}/{week}.html`)
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stdout).toBe('weekly: Mon 08:00 Europe/Paris, by systemd\n')
    const timer = readFileSync(join(units, 'authtop-report-weekly.timer'), 'utf8')
    expect(timer).toContain('OnCalendar=Mon *-*-* 08:00:00 Europe/Paris\nPersistent=true\n')
    const service = readFileSync(join(units, 'authtop-report-weekly.service'), 'utf8')
    expect(service).toMatch(/^ExecStart=".*node" ".*entry\.js" "schedule" "run" "weekly"$/m)
    expect(service).toContain(`Environment="XDG_STATE_HOME=${home}/state"`)
    expect(readFileSync(join(home, 'systemctl.log'), 'utf8')).toContain(
      '--user enable --now authtop-report-weekly.timer',
    )
  })

  test('systemd itself finds nothing to complain about', (context) => {
    if (spawnSync('systemd-analyze', ['--version']).error !== undefined) return context.skip('no systemd here')
    for (const kind of ['service', 'timer']) {
      const { stderr } = spawnSync(
        'systemd-analyze',
        ['--user', 'verify', join(units, `authtop-report-weekly.${kind}`)],
        {
          encoding: 'utf8',
          env: { ...process.env, XDG_RUNTIME_DIR: home },
        },
      )
      expect(stderr).not.toMatch(/authtop-report-weekly/)
    }
  })

  test('is listed with its next run and the store as it was then', async () => {
    const { stdout } = await authtop(home, ['schedule', 'list', '--json'])
    expect(JSON.parse(stdout)).toEqual([
      {
        name: 'weekly',
        weekly: 'Mon 08:00',
        zone: 'Europe/Paris',
        by: 'systemd',
        next_ms: expect.any(Number),
        overdue: false,
        args: ['--format', 'html', '--out', `${home}/{week}.html`, '--db', db, '--tz', 'Europe/Paris'],
      },
    ])
  })

  test('nothing is due at once; after a missed Monday the report of the week before is written, once', async () => {
    expect((await authtop(home, ['schedule', 'run', 'weekly'])).stderr).toContain('nothing is due')
    writeFileSync(join(home, 'state', 'authtop', 'schedules', 'weekly.done'), `${Date.now() - 7.5 * 86_400_000}\n`)
    const ran = await authtop(home, ['schedule', 'run', 'weekly'])
    expect(ran.code, ran.stderr).toBe(0)
    const due = JSON.parse((await authtop(home, ['schedule', 'list', '--json'])).stdout) as { overdue: boolean }[]
    expect(due[0]!.overdue).toBe(false)
    const day = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Paris', dateStyle: 'short' })
    const written = Array.from({ length: 22 }, (_, i) => day.format(Date.now() - i * 86_400_000)).filter((monday) =>
      existsSync(join(home, `${monday}.html`)),
    )
    expect(written).not.toEqual([])
    for (const monday of written) {
      expect(new Date(`${monday}T12:00:00Z`).getUTCDay()).toBe(1)
      expect(readFileSync(join(home, `${monday}.html`), 'utf8')).toContain('<!doctype html>')
    }
    expect((await authtop(home, ['schedule', 'run', 'weekly'])).stderr).toContain('nothing is due')
  })

  test('is removed without a trace', async () => {
    expect((await authtop(home, ['schedule', 'remove', 'weekly'], '', only)).code).toBe(0)
    expect(existsSync(join(units, 'authtop-report-weekly.timer'))).toBe(false)
    expect((await authtop(home, ['schedule', 'list', '--json'])).stdout).toBe('[]\n')
    const gone = await authtop(home, ['schedule', 'remove', 'weekly'], '', only)
    expect(gone.code).toBe(2)
    expect(gone.stderr).toContain('there is no schedule "weekly"')
  })
})

test('by cron where there is no systemd: one line, replaced and removed, those of others untouched', async () => {
  writeFileSync(join(home, 'no-systemd'), '')
  writeFileSync(join(home, 'table'), '0 5 * * * backup\n')
  for (let i = 0; i < 2; i++) expect((await install('--name', 'friday')).stdout).toContain('by cron')
  const lines = readFileSync(join(home, 'table'), 'utf8').trim().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toBe('0 5 * * * backup')
  expect(lines[1]).toMatch(/^17 \* \* \* \* env .*entry\.js schedule run friday # authtop schedule friday$/)
  const command = lines[1]!.replace(/^17 \* \* \* \* /, '').replaceAll('\\%', '%')
  expect(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stderr).toContain('nothing is due')
  await authtop(home, ['schedule', 'remove', 'friday'], '', only)
  expect(readFileSync(join(home, 'table'), 'utf8')).toBe('0 5 * * * backup\n')
})

test.each([
  [['--weekly', 'Monday']],
  [['--weekly', 'Mon 08:00', '--tz', 'Mars/Olympus']],
  [['--weekly', 'Mon 08:00', '--name', '../x']],
  [['--weekly', 'Mon 08:00', '--', '--formt', 'html']],
  [[]],
])('%j is wrong usage and installs nothing', async (args) => {
  const { code, stderr } = await authtop(home, ['schedule', 'install', ...args], '', only)
  expect(code).toBe(2)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect((await authtop(home, ['schedule', 'list', '--json'])).stdout).toBe('[]\n')
})
