/** `authtop demo`: a small simulated fleet with faults, live; nothing to set up, nothing kept. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { startCollectThread } from '../app/collect-thread.ts'
import { createDemoFleet } from '../app/demo/create-demo-fleet.ts'
import { writeStory } from '../app/demo/write-story.ts'
import { openReader } from '../store/index.ts'
import { DETAIL_DAYS, ROLLUP_DAYS } from './collect.ts'
import { positiveInteger } from './number-option.ts'
import { addScreenOptions, type ScreenOptions, showDashboard } from './screen.ts'
import { untilSignal } from './until-signal.ts'

interface Options extends ScreenOptions {
  speed: number
  seed?: number
}

const RETENTION = { detail_days: DETAIL_DAYS, rollup_days: ROLLUP_DAYS }

export function demoCommand(program: Command): void {
  const command = program
    .command('demo')
    .summary('a small fleet with faults, live, without set-up')
    .description(
      'Starts a fleet of one issuer, four validators and several clients that really sign and verify tokens under their own clocks, writes their logs to a temporary folder and tails that: healthy, a careless client, a drifting clock, a key rotation with a stale key set, revocation, a wrong audience. About two minutes; everything is removed at the end. Not a terminal: plays the whole story at once and prints the summary.',
    )
    .option('--speed <n>', 'play so many times faster than real time', positiveInteger, 1)
    .option('--seed <n>', 'the same number gives the same story (default: 1)', positiveInteger)
  addScreenOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop demo
  $ authtop demo --speed 4 --range 15m
  $ authtop demo | head -40

Exit codes: 0 fine, 2 wrong usage, 3 cannot write to the temporary folder.`,
  )
  command.action(runDemo)
}

export async function runDemo(options: Options): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'authtop-demo-'))
  try {
    if (process.stdout.isTTY && process.env.TERM !== 'dumb') await live(folder, options)
    else await atOnce(folder, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function live(folder: string, options: Options): Promise<void> {
  const store = join(folder, 'demo.db')
  const fleet = await createDemoFleet({ dir: join(folder, 'logs'), speed: options.speed, seed: options.seed ?? 1 })
  const stop = new AbortController()
  const listeners = new Set<() => void>()
  const running = fleet.run(stop.signal)
  const opened = Promise.withResolvers<void>()
  const thread = startCollectThread(
    { paths: fleet.paths, store, follow: true, zone: 'UTC', retention: RETENTION },
    {
      notice: () => {},
      committed: () => {
        opened.resolve()
        for (const listener of listeners) listener()
      },
      stalled: () => {},
      caughtUp: () => opened.resolve(),
    },
  )
  await Promise.race([opened.promise, thread.ended])
  const reader = await openReader(store)
  try {
    await showDashboard({
      reader,
      options,
      store,
      remember: false,
      notices: [
        {
          level: 'info',
          text: `Demo fleet, logs in ${join(folder, 'logs')}; your own: authtop '/var/log/myapp/*.log'`,
        },
      ],
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    })
  } finally {
    stop.abort()
    thread.stop()
    await Promise.allSettled([running, thread.ended])
    await reader.close()
  }
}

async function atOnce(folder: string, options: Options): Promise<void> {
  const store = join(folder, 'demo.db')
  const { paths } = await writeStory({ dir: join(folder, 'logs'), seed: options.seed ?? 1 })
  const { collect } = await import('../app/collecting.ts')
  const { showSummary } = await import('./summary.ts')
  await collect({ paths, store, follow: false, zone: 'UTC', retention: RETENTION, notice: () => {} }, untilSignal())
  const reader = await openReader(store)
  try {
    await showSummary({ reader, options, notices: [] })
  } finally {
    await reader.close()
  }
}
