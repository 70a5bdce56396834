/** Runs the real dashboard on a tiny terminal: press keys, look at the screen, end it. */
import { PassThrough } from 'node:stream'
import type { DashboardModel, ModelRequest } from '../../../dashboards/terminal/model.ts'
import { type DashboardEnd, runDashboard } from '../../../dashboards/terminal/run-dashboard.tsx'
import { themeFor } from '../../../dashboards/terminal/theme.ts'
import type { ViewState } from '../../../dashboards/terminal/view-state.ts'
import type { SqlResult } from '../../../src/core/ports/store.ts'
import { NOW_MS } from './fleet-model.ts'
import { TinyTerminal } from './tiny-terminal.ts'

export interface Drive {
  terminal: TinyTerminal
  raw_mode: boolean[]
  /** Files written. */
  saved: { name: string; text: string }[]
  /** The state it was left in. */
  left: ViewState[]
  /** Types the text and waits until the screen has settled. */
  type(keys: string): Promise<string>
  settled(): Promise<string>
  changed(): void
  end: Promise<DashboardEnd>
  /** Quits and waits for the end. */
  quit(): Promise<DashboardEnd>
}

export interface DriveOptions {
  columns?: number
  rows?: number
  ascii?: boolean
  monochrome?: boolean
  mouse?: boolean
  pager?: string
  sql?(query: string): Promise<SqlResult>
  load(request: ModelRequest): DashboardModel | Promise<DashboardModel>
  /** `load` is not waited for. */
  never_answers?: boolean
  signal?: AbortSignal
}

/** Frames come at once here, so a screen that stays the same this long is the answer. */
const QUIET_MS = 15
const QUIET_ROUNDS = 4

export function driveDashboard(options: DriveOptions): Drive {
  const terminal = new TinyTerminal(options.columns ?? 80, options.rows ?? 24)
  const raw_mode: boolean[] = []
  const saved: Drive['saved'] = []
  const left: ViewState[] = []
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => raw_mode.push(on),
    ref() {},
    unref() {},
  })
  let changed = () => {}
  let pending = 0
  const end = runDashboard({
    load: async (request) => {
      const answer = options.load(request)
      if (options.never_answers) return answer
      pending += 1
      try {
        return await answer
      } finally {
        pending -= 1
      }
    },
    frames_per_second: 1000,
    input: input as unknown as NodeJS.ReadStream,
    output: terminal as unknown as NodeJS.WriteStream,
    now: () => NOW_MS,
    appearance: {
      theme: themeFor(options.monochrome ? 'none' : '16', 'dark'),
      ascii: options.ascii ?? false,
      monochrome: options.monochrome ?? false,
    },
    save: async (name, text) => {
      saved.push({ name, text })
      return `/home/me/${name}`
    },
    sql: options.sql ?? (async () => ({ columns: ['n'], rows: [[1]], truncated: false })),
    desk: {
      acknowledge: async (id) => `noted ${id}`,
      silence: async (id, length_ms) => `silenced ${id} for ${length_ms}`,
    },
    moment: (text) => (text === '09:14' ? NOW_MS - 15 * 60_000 : null),
    env: { PAGER: options.pager ?? 'cat >/dev/null' },
    mouse: options.mouse ?? false,
    left: (state) => left.push(state),
    local_zone: 'UTC',
    subscribe: (listener) => {
      changed = listener
      return () => {
        changed = () => {}
      }
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })

  /** Until every question is answered and nothing has been written for a while. */
  const settled = async () => {
    for (let quiet = 0, before = -1; quiet < QUIET_ROUNDS; ) {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
      quiet = before === terminal.raw.length && pending === 0 ? quiet + 1 : 0
      before = terminal.raw.length
    }
    return terminal.screen
  }
  const type = async (keys: string) => {
    input.write(keys)
    return settled()
  }
  return {
    terminal,
    raw_mode,
    saved,
    left,
    type,
    settled,
    changed: () => changed(),
    end,
    quit: async () => {
      input.write('\x03')
      return end
    },
  }
}
