/**
 * The live dashboard: joins terminal, controller and Ink from the first frame to the restored screen. Reads nothing but
 * keys; data comes from `load`, and what happens after the end (closing the store, exit code) is the caller's.
 * Invariant: when the promise settles, the terminal is as it was before.
 */
import './react-mode.ts'
import { type Instance, render } from 'ink'
import { createElement } from 'react'
import type { SqlResult } from '../../src/core/ports/store.ts'
import type { Appearance } from './appearance.ts'
import { COPY_LIMIT, copySequence } from './clipboard.ts'
import { type AlertDesk, type Controller, createController, type TerminalEffect } from './controller.ts'
import { Dashboard } from './dashboard.tsx'
import { paintFrame } from './frame.ts'
import type { DashboardModel, ModelRequest } from './model.ts'
import { mouseInput } from './mouse-input.ts'
import { showInPager } from './pager.ts'
import { guardTerminal, MOUSE_OFF, MOUSE_ON } from './terminal-guard.ts'
import { type InitialWish, initialState, type ViewContext, type ViewState } from './view-state.ts'

/** A key is answered within one frame. The store is asked twice a second at most, so that only keys make so many; frames per second. */
const FRAMES_PER_SECOND = 30

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
  initial?: InitialWish
  /** Reports clicks and the wheel; text can then be selected only with Shift held, so it is off unless asked for. */
  mouse?: boolean
  /** Writes an export as a new file; answers its path. */
  save(name: string, text: string): Promise<string>
  /** Answers a question in SQL. */
  sql(query: string): Promise<SqlResult>
  desk: AlertDesk
  /** Reads a time as typed. */
  moment: ViewContext['moment']
  /** For the pager. */
  env: Readonly<Record<string, string | undefined>>
  /** What was chosen when it ended. */
  left?(state: ViewState): void
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

  let typing = false
  const draw = () => {
    frame = null
    // Only the last of many keys is worth a frame.
    if (typing) return
    for (const listener of listeners) listener()
  }
  const controller: Controller = createController({
    load: options.load,
    now: options.now,
    screen: () => ({
      columns: output.columns || FALLBACK_COLUMNS,
      rows: output.rows || FALLBACK_ROWS,
      ascii: appearance.ascii,
      monochrome: appearance.monochrome,
      local_zone: options.local_zone,
    }),
    draw,
    effect: (effect) => perform(effect),
    save: options.save,
    sql: options.sql,
    desk: options.desk,
    moment: options.moment,
    initial: initialState(options.initial),
  })

  const perform = (effect: TerminalEffect) => {
    if (effect === 'quit') end('quit')
    else if (effect === 'redraw') redraw()
    else if (effect === 'suspend') void suspend(true)
    else if ('copy' in effect) copy(effect.copy)
    else void page(effect.page)
  }

  const copy = (text: string) => {
    const sequence = copySequence(text)
    if (sequence === null)
      return controller.tell(`longer than the ${COPY_LIMIT} bytes a terminal takes; x writes a file`)
    output.write(sequence)
    controller.tell('copied, if the terminal allows it (OSC 52)')
  }

  let paging = false
  const page = async (text: string) => {
    if (away || suspendTerminal === null) return
    away = true
    paging = true
    setMouse(false)
    try {
      await suspendTerminal(() => showInPager(text, options.env))
    } catch (error) {
      controller.tell((error as Error).message)
    } finally {
      away = false
      paging = false
      setMouse(true)
    }
    redraw()
  }

  const setMouse = (on: boolean) => {
    if (options.mouse) output.write(on ? MOUSE_ON : MOUSE_OFF)
  }

  const redraw = () => {
    ink?.clear()
    // What others wrote over the screen is not where Ink's own bookkeeping looks for it.
    output.write('\x1b[2J\x1b[H')
    ink?.rerender(dashboard())
    draw()
  }

  const onLost = () => end('hung_up')
  const onAbort = () => end('aborted')
  // Ctrl-Z inside the pager stops the whole job; the terminal is the pager's to restore.
  const onStop = () => void (paging ? stopJob() : suspend(true)).catch(onLost)
  // `kill -STOP` and `-CONT` from elsewhere: the shell has meanwhile set its own modes.
  const onContinue = () => void suspend(false).catch(onLost)

  let away = false
  /** Ctrl-Z: gives the terminal back, stops the whole job (as the terminal itself would), and draws anew after `fg`. */
  const suspend = async (stop: boolean) => {
    if (away || suspendTerminal === null) return
    away = true
    setMouse(false)
    try {
      await suspendTerminal(async () => {
        if (stop) await stopJob()
      })
    } finally {
      away = false
      setMouse(true)
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
      onKeys: (keys) => {
        typing = true
        try {
          for (const key of keys) controller.press(key)
        } finally {
          typing = false
        }
        if (frame === null) draw()
      },
      onPaste: controller.paste,
      onReady: (suspendInk) => {
        suspendTerminal = suspendInk
      },
    })

  let ink: Instance | null = null
  let unsubscribe = () => {}
  const guard = guardTerminal({ input, output, leave: () => ink?.unmount() })
  // Ctrl-C while the pager has the terminal is meant for the pager.
  const signalListeners = END_SIGNALS.map((name) => ({
    name,
    listener: () => {
      if (!(paging && name === 'SIGINT')) end(name)
    },
  }))
  try {
    for (const { name, listener } of signalListeners) process.on(name, listener)
    process.on('SIGTSTP', onStop)
    process.on('SIGCONT', onContinue)
    output.on('error', onLost)
    // Terminals differ in what they keep when they grow or shrink.
    output.on('resize', redraw)
    input.on('error', onLost)
    input.on('end', onLost)
    options.signal?.addEventListener('abort', onAbort)
    if (options.signal?.aborted) onAbort()
    ink = render(dashboard(), {
      stdin: options.mouse ? mouseInput(input, (press) => controller.press(press)) : input,
      stdout: output,
      exitOnCtrlC: false,
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      maxFps: options.frames_per_second ?? FRAMES_PER_SECOND,
      // Ink would draw console output over the frame and lose it with the next one.
      patchConsole: false,
    })
    setMouse(true)
    unsubscribe = options.subscribe?.(controller.changed) ?? unsubscribe
    controller.start()
    // Ink's own promise only rejects here: a panel threw while drawing.
    return await Promise.race([ended, ink.waitUntilExit().then((): DashboardEnd => 'quit')])
  } finally {
    controller.stop()
    unsubscribe()
    guard.restore()
    options.left?.(controller.view().state)
    options.signal?.removeEventListener('abort', onAbort)
    for (const { name, listener } of signalListeners) process.off(name, listener)
    process.off('SIGTSTP', onStop)
    process.off('SIGCONT', onContinue)
    input.off('end', onLost)
    input.off('error', onLost)
    output.off('resize', redraw)
    output.off('error', onLost)
    input.pause()
  }
}
