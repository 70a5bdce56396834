import type { EventEmitter } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { guardTerminal, RESTORE_SEQUENCE } from '../../../../dashboards/terminal/terminal-guard.ts'
import { driveDashboard } from '../../../golden/terminal/drive-dashboard.ts'
import { fleetModel } from '../../../golden/terminal/fleet-model.ts'

const WATCHED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGTSTP', 'SIGCONT', 'exit', 'uncaughtExceptionMonitor']
const listening = () => WATCHED.map((name) => (process as EventEmitter).listenerCount(name))

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the dashboard', () => {
  test('takes the terminal while it runs and leaves it as it was', async () => {
    // Ink's libraries leave listeners of their own behind, once.
    await driveDashboard({ load: fleetModel }).quit()
    const before = listening()
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    expect([...drive.terminal.modes].sort()).toEqual([1049, 2004])
    expect(drive.raw_mode).toEqual([true])
    expect(await drive.quit()).toBe('quit')
    expect([...drive.terminal.modes]).toEqual([25])
    expect(drive.raw_mode.at(-1)).toBe(false)
    expect(drive.terminal.screen.trim()).toBe('')
    expect(listening()).toEqual(before)
  })
  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('ends by %s with the terminal restored', async (name) => {
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    ;(process as EventEmitter).emit(name, name)
    expect(await drive.end).toBe(name)
    expect([...drive.terminal.modes]).toEqual([25])
  })
  test('ends when the caller aborts, at once when it already has', async () => {
    const abort = new AbortController()
    const drive = driveDashboard({ load: fleetModel, signal: abort.signal })
    await drive.settled()
    abort.abort()
    expect(await drive.end).toBe('aborted')
    expect(await driveDashboard({ load: fleetModel, signal: AbortSignal.abort() }).end).toBe('aborted')
  })
  test('ends when the terminal is gone', async () => {
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    drive.terminal.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }))
    expect(await drive.end).toBe('hung_up')
  })
  test('restores the terminal when something throws elsewhere, before the trace is printed', async () => {
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    ;(process as EventEmitter).emit('uncaughtExceptionMonitor', new Error('boom'))
    expect([...drive.terminal.modes]).toEqual([25])
    const written = drive.terminal.raw.length
    drive.changed()
    await drive.settled()
    expect(drive.terminal.raw.length).toBe(written)
    await drive.quit()
  })
  test('passes on what breaks while drawing, with the terminal restored', async () => {
    const broken = { ...fleetModel(), causes: null } as never
    const drive = driveDashboard({ load: () => broken })
    await expect(drive.end).rejects.toThrow(TypeError)
    expect([...drive.terminal.modes]).toEqual([25])
  })
  test('follows the size of the terminal', async () => {
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    drive.terminal.resize(120, 40)
    const large = await drive.settled()
    expect(large.split('\n')[0]).toMatch(/^authtop.{100,}UTC$/)
    expect(large).toContain('issued 1,170')
    expect(large).toContain('service')
    drive.terminal.resize(40, 10)
    expect(await drive.settled()).toContain('This terminal is 40×10.')
    await drive.quit()
  })
  test('writes nothing when nothing on the screen changed', async () => {
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    const written = drive.terminal.raw.length
    drive.changed()
    await new Promise((resolve) => setTimeout(resolve, 700))
    await drive.settled()
    expect(drive.terminal.raw.length).toBe(written)
    await drive.quit()
  })
  test('writes only the lines that changed', async () => {
    const drive = driveDashboard({ load: fleetModel, columns: 200, rows: 50 })
    const whole = (await drive.settled()).length
    const written = drive.terminal.raw.length
    await drive.type('j')
    expect(drive.terminal.raw.length - written).toBeLessThan(whole / 5)
    await drive.quit()
  })
  test('draws the whole screen anew on Ctrl-l, over what others wrote', async () => {
    const drive = driveDashboard({ load: fleetModel })
    const screen = await drive.settled()
    drive.terminal.write('\x1b[5;1HWARNING: noise')
    expect(drive.terminal.screen).not.toBe(screen)
    expect(await drive.type('\x0c')).toBe(screen)
    await drive.quit()
  })
  test('asks for the filter that was typed', async () => {
    const load = vi.fn(fleetModel)
    const drive = driveDashboard({ load })
    await drive.settled()
    await drive.type('/cause:skew\r')
    expect(load.mock.lastCall?.[0]?.filter.include).toEqual({ cause: ['skew'] })
    await drive.quit()
  })
  test('copies through the terminal, in base64 only, and says so', async () => {
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    await drive.type('\t')
    expect(await drive.type('jy')).toContain('copied, if the terminal allows it')
    expect(drive.terminal.copied[0]).toContain('Clock skew  1,265')
    await drive.type('\t\r')
    await drive.type('y')
    expect(drive.terminal.copied[1]).toContain('\nWhy')
    await drive.quit()
  })
  test('shows the text in the pager with the terminal given back, and draws the screen anew', async () => {
    const drive = driveDashboard({ load: fleetModel, pager: 'cat >/dev/null' })
    const screen = await drive.settled()
    const raw_modes = drive.raw_mode.length
    await drive.type('o')
    await vi.waitFor(() => expect(drive.raw_mode.slice(raw_modes)).toEqual([false, true]))
    expect(await drive.settled()).toBe(screen)
    await drive.quit()
  })
  test('says so when the pager cannot be run', async () => {
    const drive = driveDashboard({ load: fleetModel, pager: '/no/such/pager 2>/dev/null' })
    await drive.settled()
    await drive.type('o')
    await vi.waitFor(() => expect(drive.terminal.screen).toContain('cannot be run; set PAGER'))
    await drive.quit()
  })
  test('asks the terminal for mouse reports only when told to, and stops them at the end', async () => {
    const without = driveDashboard({ load: fleetModel })
    await without.settled()
    expect(without.terminal.modes.has(1000)).toBe(false)
    await without.quit()
    const drive = driveDashboard({ load: fleetModel, mouse: true })
    await drive.settled()
    expect([...drive.terminal.modes]).toEqual(expect.arrayContaining([1000, 1006]))
    expect(await drive.type('\x1b[<0;24;1M')).toContain('Incidents')
    expect((await drive.settled()).split('\n')[4]).toMatch(/^› Incidents/)
    await drive.type('\x1b[<0;5;7M\x1b[<0;5;7m')
    expect(drive.terminal.screen.split('\n')[6]).toMatch(/^› /)
    await drive.quit()
    expect([...drive.terminal.modes]).toEqual([25])
  })
  test('tells what was chosen when it ends', async () => {
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    await drive.type('4s')
    await drive.quit()
    expect(drive.left[0]).toMatchObject({ screen: 'who', sorts: { hosts: { column: 'name' } } })
  })
  test('presses no keys for a bracketed paste', async () => {
    const drive = driveDashboard({ load: fleetModel })
    await drive.settled()
    expect(await drive.type('\x1b[200~q2\x1b[201~')).toContain('pasted text is taken only by a prompt')
    expect(await drive.type('/\x1b[200~host:reports-1\x1b[201~')).toContain('/host:reports-1')
    await drive.quit()
  })
})

describe('the guard', () => {
  test('restores once, tries the orderly way first, and outlives a terminal that is gone', () => {
    const calls: string[] = []
    const guard = guardTerminal({
      leave: () => {
        calls.push('leave')
        throw new Error('half unmounted')
      },
      input: {
        setRawMode: (raw) => {
          calls.push(`raw ${raw}`)
          throw new Error('EIO')
        },
      },
      output: {
        write: (text) => {
          calls.push(text)
          throw new Error('EIO')
        },
      },
    })
    guard.restore()
    guard.restore()
    expect(calls).toEqual(['leave', 'raw false', RESTORE_SEQUENCE])
  })
})
