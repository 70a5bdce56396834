/**
 * The program that reads journals: how it is called, and its output as an inflow. The files' format is systemd's own and
 * changes (compression, compact mode), so nobody else reads them.
 * https://www.freedesktop.org/software/systemd/man/latest/journalctl.html
 */
import { spawn } from 'node:child_process'
import { type Inflow, readableInflow } from '../file/inflow.ts'
import type { AskedJournal } from './asked-journal.ts'

/** All that journal-json.ts reads; cursor and times come along unasked. A whole entry is five times as long. */
const FIELDS = [
  'MESSAGE',
  'PRIORITY',
  '_HOSTNAME',
  'CONTAINER_NAME',
  'SYSLOG_IDENTIFIER',
  '_SYSTEMD_UNIT',
  '_COMM',
  '_PID',
  '_SOURCE_REALTIME_TIMESTAMP',
]
/** Characters of what it says on stderr that are kept. */
const SAID_LIMIT = 500

export interface Journalctl {
  inflow: Inflow
  /** What it says is wrong, its first line; empty while nothing is. */
  readonly said: string
}

export interface JournalWanted {
  follow: boolean
  /** Where to go on; from the beginning where absent. */
  after_cursor?: string
}

/** @param told called when it has said something on stderr, or could not be started. */
export function startJournalctl(asked: AskedJournal, wanted: JournalWanted, told: () => void): Journalctl {
  const child = spawn('journalctl', argumentsFor(asked, wanted), { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const hear = (text: string) => {
    if (said.length < SAID_LIMIT) said += text.slice(0, SAID_LIMIT)
    told()
  }
  child.on('error', (error: NodeJS.ErrnoException) =>
    hear(error.code === 'ENOENT' ? 'there is no journalctl on this machine' : error.message),
  )
  child.stderr.setEncoding('utf8').on('data', hear)
  const inflow = readableInflow(child.stdout)
  return {
    inflow: {
      ...inflow,
      close() {
        inflow.close()
        child.kill()
      },
    },
    get said() {
      return said.split('\n', 1)[0]!.trim()
    },
  }
}

function argumentsFor({ units, directory }: AskedJournal, { follow, after_cursor }: JournalWanted): string[] {
  return [
    '--output=json',
    // Without this, fields longer than 4 KiB are null.
    '--all',
    '--no-pager',
    `--output-fields=${FIELDS.join(',')}`,
    // Following shows the present boot only, unless journals are merged.
    '--merge',
    ...(follow ? ['--follow', '--no-tail'] : []),
    ...units.map((unit) => `--unit=${unit}`),
    ...(directory === undefined ? [] : [`--directory=${directory}`]),
    ...(after_cursor === undefined ? [] : [`--after-cursor=${after_cursor}`]),
  ]
}
