/**
 * The live dashboard: joins terminal, controller and Ink from the first frame to the restored screen. Reads nothing but
 * keys; data comes from `load`, and what happens after the end (closing the store, exit code) is the caller's.
 * Invariant: when the promise settles, the terminal is as it was before.
 */
import './react-mode.ts'
import { type Instance, render } from 'ink'
import { createElement } from 'react'
import type { Appearance } from './appearance.ts'
import { type Controller, createController } from './controller.ts'
import { Dashboard } from './dashboard.tsx'
import { paintFrame } from './frame.ts'
import type { DashboardModel, ModelRequest } from './model.ts'
import { guardTerminal } from './terminal-guard.ts'
import { initialState } from './view-state.ts'

/** A key is answered within one frame; more frames tell the eye nothing; frames per second. */
const FRAMES_PER_SECOND = 10

/** Still running this long after asking to be stopped means that nobody will be; ms. */
const NOT_STOPPED_MS = 300

/** Sizes of a terminal that does not tell its own (ECMA-48 terminals' oldest default). */
const FALLBACK_COLUMNS = 80
const FALLBACK_ROWS = 24

export interface DashboardOptions {
  load(request: ModelRequest): Promise<DashboardModel>
  /** Where keys come from: a terminal, `/dev/tty` when standard input carries logs. */
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
  /** Collector's clock, ms. */
  now(): number
  appearance: Appearance
  /** IANA zone of "local" times. */
  local_zone: string
  initial?: Parameters<typeof initialState>[0]
  /** Tells when the store has something new; answers how to stop telling. */
  subscribe?(changed: () => void): () => void
  /** At most this many frames per second (default {@link FRAMES_PER_SECOND}); fewer suit a slow line. */
  frames_per_second?: number
  /** Ends the dashboard from outside. */
  signal?: AbortSignal
}

/** Why it ended: a key, the caller, a signal sent to the process, or a terminal that went away. */
export type DashboardEnd = 'quit' | 'aborted' | 'hung_up' | EndSignal

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT'
const END_SIGNALS: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

export async function runDashboard(options: DashboardOptions): Promise<DashboardEnd> {
  const { input, output, appearance } = options
  const listeners = new Set<() => void>()
  const { promise: ended, resolve: end } = Promise.withResolvers<DashboardEnd>()
  let suspendTerminal: ((whileAway: () => Promise<void>) => Promise<void>) | null = null
  let frame: readonly string[] | null = null

  const draw = () => {
    frame = null
    for (const listener of listeners) listener()
  }
  const controller: Controller = createController({
    load: options.load,
    now: options.now,
    screen: () => ({
      columns: output.columns || FALLBACK_COLUMNS,
      rows: output.rows || FALLBACK_ROWS,
      ascii: appearance.ascii,
      local_zone: options.local_zone,
    }),
    draw,
    effect(effect) {
      if (effect === 'quit') end('quit')
      else if (effect === 'redraw') redraw()
      else void suspend(true)
    },
    initial: initialState(options.initial),
  })

  const redraw = () => {
    ink?.clear()
    // What others wrote over the screen is not where Ink's own bookkeeping looks for it.
    output.write('\x1b[2J\x1b[H')
    ink?.rerender(dashboard())
    draw()
  }

  const onLost = () => end('hung_up')
  const onAbort = () => end('aborted')
  const onStop = () => void suspend(true).catch(onLost)
  // `kill -STOP` and `-CONT` from elsewhere: the shell has meanwhile set its own modes.
  const onContinue = () => void suspend(false).catch(onLost)

  let away = false
  /** Ctrl-Z: gives the terminal back, stops the whole job (as the terminal itself would), and draws anew after `fg`. */
  const suspend = async (stop: boolean) => {
    if (away || suspendTerminal === null) return
    away = true
    try {
      await suspendTerminal(async () => {
        if (stop) await stopJob()
      })
    } finally {
      away = false
    }
    draw()
  }
  const stopJob = async () => {
    const { promise: continued, resolve } = Promise.withResolvers<void>()
    process.once('SIGCONT', resolve)
    process.off('SIGTSTP', onStop)
    // Process id 0 is the whole foreground job: `npm start` and the left side of a pipe stop with us.
    process.kill(0, 'SIGTSTP')
    // Time stands still while stopped. Without job control (a container's first process) the kernel stops nothing.
    const timer = setTimeout(resolve, NOT_STOPPED_MS)
    await continued
    clearTimeout(timer)
    process.off('SIGCONT', resolve)
    process.on('SIGTSTP', onStop)
  }

  const dashboard = () =>
    createElement(Dashboard, {
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      frame: () => {
        frame ??= paintFrame(controller.view(), appearance)
        return frame
      },
      onKey: controller.press,
      onPaste: controller.paste,
      onReady: (suspendInk) => {
        suspendTerminal = suspendInk
      },
    })

  let ink: Instance | null = null
  let unsubscribe = () => {}
  const guard = guardTerminal({ input, output, leave: () => ink?.unmount() })
  const signalListeners = END_SIGNALS.map((name) => ({ name, listener: () => end(name) }))
  try {
    for (const { name, listener } of signalListeners) process.on(name, listener)
    process.on('SIGTSTP', onStop)
    process.on('SIGCONT', onContinue)
    output.on('error', onLost)
    output.on('resize', draw)
    input.on('error', onLost)
    input.on('end', onLost)
    options.signal?.addEventListener('abort', onAbort)
    if (options.signal?.aborted) onAbort()
    ink = render(dashboard(), {
      stdin: input,
      stdout: output,
      exitOnCtrlC: false,
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      maxFps: options.frames_per_second ?? FRAMES_PER_SECOND,
      // Ink would draw console output over the frame and lose it with the next one.
      patchConsole: false,
    })
    unsubscribe = options.subscribe?.(controller.changed) ?? unsubscribe
    controller.start()
    // Ink's own promise only rejects here: a panel threw while drawing.
    return await Promise.race([ended, ink.waitUntilExit().then((): DashboardEnd => 'quit')])
  } finally {
    controller.stop()
    unsubscribe()
    guard.restore()
    options.signal?.removeEventListener('abort', onAbort)
    for (const { name, listener } of signalListeners) process.off(name, listener)
    process.off('SIGTSTP', onStop)
    process.off('SIGCONT', onContinue)
    input.off('end', onLost)
    input.off('error', onLost)
    output.off('resize', draw)
    output.off('error', onLost)
    input.pause()
  }
}
