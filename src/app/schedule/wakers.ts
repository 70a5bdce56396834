/**
 * What wakes scheduled reports up: a systemd user timer at the very time (missed runs after the next boot), or cron once an
 * hour, which asks whether something is due. Both run `authtop schedule run NAME`, which decides.
 * Leaves the jobs themselves to job.ts. Invariant: nothing of others' units or lines is touched.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Job } from './job.ts'
import { formatWeekly } from './weekly.ts'

const run = promisify(execFile)

/** systemctl may wait for a bus that is not there; ms. */
const ANSWER_MS = 10_000

/** A mail server that is away now may be back by then; s. */
const RETRY_S = 900

/** Any minute but the full hour, when every machine's cron jobs run. */
const CRON_MINUTE = 17

export interface Wake {
  name: string
  job: Job
  /** Program and its arguments, and what of the environment it needs. */
  command: readonly string[]
  environment: Readonly<Record<string, string>>
}

export interface Waker {
  /** Whether it works on this machine for this user. */
  usable(): Promise<boolean>
  install(wake: Wake): Promise<void>
  remove(name: string): Promise<void>
}

/** @param unit_folder `$XDG_CONFIG_HOME/systemd/user` */
export function systemdWaker(unit_folder: string): Waker {
  const systemctl = (...args: string[]) => run('systemctl', ['--user', ...args], { timeout: ANSWER_MS })
  const unit = (name: string, kind: 'service' | 'timer') => join(unit_folder, `authtop-report-${name}.${kind}`)
  return {
    usable: () =>
      systemctl('show-environment').then(
        () => true,
        () => false,
      ),
    async install({ name, job, command, environment }) {
      await mkdir(unit_folder, { recursive: true })
      const lines = Object.entries(environment).map(
        ([key, value]) => `Environment=${systemdQuoted(`${key}=${value}`)}\n`,
      )
      await writeFile(
        unit(name, 'service'),
        `[Unit]\nDescription=authtop report ${name}\n\n[Service]\nType=oneshot\nSuccessExitStatus=1\nRestart=on-failure\nRestartSec=${RETRY_S}\nRestartPreventExitStatus=2\n${lines.join('')}ExecStart=${command.map(systemdWord).join(' ')}\n`,
      )
      const [day, time] = formatWeekly(job).split(' ')
      await writeFile(
        unit(name, 'timer'),
        `[Unit]\nDescription=authtop report ${name}, weekly\n\n[Timer]\nOnCalendar=${day} *-*-* ${time}:00 ${job.zone}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n`,
      )
      await systemctl('daemon-reload')
      await systemctl('enable', '--now', `authtop-report-${name}.timer`)
    },
    async remove(name) {
      await systemctl('disable', '--now', `authtop-report-${name}.timer`).catch(() => {})
      for (const kind of ['service', 'timer'] as const) await rm(unit(name, kind), { force: true })
      await systemctl('daemon-reload').catch(() => {})
    },
  }
}

export function cronWaker(): Waker {
  const marker = (name: string) => ` # authtop schedule ${name}`
  const table = async (): Promise<string[]> => {
    // Without a table yet, crontab -l ends with an error.
    const { stdout } = await run('crontab', ['-l'], { timeout: ANSWER_MS }).catch(() => ({ stdout: '' }))
    return stdout.split('\n').filter((line, i, all) => i < all.length - 1 || line !== '')
  }
  const others = async (name: string) => (await table()).filter((line) => !line.endsWith(marker(name)))
  return {
    usable: () =>
      run('crontab', ['-l'], { timeout: ANSWER_MS }).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'EACCES',
      ),
    async install({ name, command, environment }) {
      const words = ['env', ...Object.entries(environment).map(([key, value]) => `${key}=${value}`), ...command]
      const line = `${CRON_MINUTE} * * * * ${words.map(cronWord).join(' ')}${marker(name)}`
      await writeTable([...(await others(name)), line])
    },
    async remove(name) {
      await writeTable(await others(name))
    },
  }
}

async function writeTable(lines: readonly string[]): Promise<void> {
  const child = spawn('crontab', ['-'], { stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.stdin.on('error', () => {})
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`crontab refused: ${said.trim()}`))))
  })
}

/** systemd.service(5), "Command lines": in them dollar signs have a meaning too. */
function systemdWord(word: string): string {
  return systemdQuoted(word).replaceAll('$', '$$$$')
}

/** systemd.unit(5): specifiers begin with a percent sign, and quoting is C's. */
function systemdQuoted(word: string): string {
  return `"${word.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** crontab(5): a percent sign is a newline unless escaped, also within the shell's quotes. */
function cronWord(word: string): string {
  const quoted = /^[\w./:=@+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  return quoted.replaceAll('%', '\\%')
}
