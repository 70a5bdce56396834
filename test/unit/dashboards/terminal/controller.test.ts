import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createController,
  LOAD_INTERVAL_MS,
  REFRESH_INTERVAL_MS,
  type TerminalEffect,
} from '../../../../dashboards/terminal/controller.ts'
import { plainText } from '../../../../dashboards/terminal/line.ts'
import type { DashboardModel, ModelRequest } from '../../../../dashboards/terminal/model.ts'
import { openText } from '../../../../dashboards/terminal/view.ts'
import { initialState } from '../../../../dashboards/terminal/view-state.ts'
import type { SqlResult } from '../../../../src/core/ports/store.ts'
import { fleetModel } from '../../../golden/terminal/fleet-model.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Question {
  request: ModelRequest
  answer(model: DashboardModel): Promise<void>
  fail(error: unknown): Promise<void>
}

function setUp() {
  const questions: Question[] = []
  const effects: TerminalEffect[] = []
  const saved: string[] = []
  const sql = Promise.withResolvers<SqlResult>()
  const draw = vi.fn()
  const controller = createController({
    load: (request) =>
      new Promise((resolve, reject) => {
        questions.push({
          request,
          answer: async (model) => {
            resolve(model)
            await vi.advanceTimersByTimeAsync(0)
          },
          fail: async (error) => {
            reject(error)
            await vi.advanceTimersByTimeAsync(0)
          },
        })
      }),
    now: Date.now,
    screen: () => ({ columns: 80, rows: 24, ascii: false, monochrome: false, local_zone: 'UTC' }),
    draw,
    effect: (effect) => effects.push(effect),
    save: async (name, text) => {
      saved.push(text)
      return `/tmp/${name}`
    },
    sql: () => sql.promise,
    desk: {
      acknowledge: async (id) => `noted ${id}`,
      silence: async (id, length_ms) => `silenced ${id} for ${length_ms}`,
    },
    moment: () => null,
    initial: initialState(),
  })
  const type = (keys: string) => {
    for (const char of keys) controller.press(char === '\r' ? { name: 'enter' } : { name: 'char', char })
  }
  return { controller, questions, effects, saved, sql, draw, type }
}

describe('the controller', () => {
  test('shows what was read, and reads anew when the range has moved on', async () => {
    const { controller, questions, draw } = setUp()
    controller.start()
    await questions[0]!.answer(fleetModel())
    expect(controller.view().model).not.toBeNull()
    expect(draw).toHaveBeenCalledOnce()
    await vi.advanceTimersByTimeAsync(REFRESH_INTERVAL_MS)
    expect(questions).toHaveLength(2)
  })
  test('reads at most once per interval however often the store changes', async () => {
    const { controller, questions } = setUp()
    controller.start()
    await questions[0]!.answer(fleetModel())
    for (let i = 0; i < 1_000; i++) controller.changed()
    await vi.advanceTimersByTimeAsync(LOAD_INTERVAL_MS - 1)
    expect(questions).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(questions).toHaveLength(2)
  })
  test('never reads twice at once, and catches up with what changed meanwhile', async () => {
    const { controller, questions } = setUp()
    controller.start()
    for (let i = 0; i < 5; i++) {
      controller.changed()
      await vi.advanceTimersByTimeAsync(REFRESH_INTERVAL_MS)
    }
    expect(questions).toHaveLength(1)
    await questions[0]!.answer(fleetModel())
    await vi.advanceTimersByTimeAsync(LOAD_INTERVAL_MS)
    expect(questions).toHaveLength(2)
  })
  test('leaves a store alone for as long as its answers take, several times over', async () => {
    const { controller, questions } = setUp()
    controller.start()
    await vi.advanceTimersByTimeAsync(2 * LOAD_INTERVAL_MS)
    await questions[0]!.answer(fleetModel())
    controller.changed()
    await vi.advanceTimersByTimeAsync(7 * LOAD_INTERVAL_MS)
    expect(questions).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(LOAD_INTERVAL_MS)
    expect(questions).toHaveLength(2)
  })
  test('throws away the answer to a question that a key has overtaken', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    type('z')
    await questions[0]!.answer(fleetModel())
    expect(controller.view().model).toBeNull()
    await vi.advanceTimersByTimeAsync(0)
    expect(questions[1]!.request.length_ms).toBe(5 * 60_000)
  })
  test('keeps the last figures when reading fails, says why, and tries again', async () => {
    const { controller, questions } = setUp()
    controller.start()
    await questions[0]!.fail(new Error('locked'))
    expect(controller.view()).toMatchObject({ model: null, failure: 'locked' })
    await vi.advanceTimersByTimeAsync(REFRESH_INTERVAL_MS)
    await questions[1]!.answer(fleetModel())
    expect(controller.view().failure).toBeNull()
    await vi.advanceTimersByTimeAsync(REFRESH_INTERVAL_MS)
    await questions[2]!.fail('torn')
    expect(controller.view().model).toMatchObject({ error: 'torn', totals: { failures: 1_755 } })
  })
  test('asks for nothing while paused, and for the paused instant when a key wants more', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    await questions[0]!.answer(fleetModel())
    const paused_at = Date.now()
    type(' ')
    controller.changed()
    await vi.advanceTimersByTimeAsync(10 * REFRESH_INTERVAL_MS)
    const before = questions.length
    controller.changed()
    await vi.advanceTimersByTimeAsync(10 * REFRESH_INTERVAL_MS)
    expect(questions).toHaveLength(before)
    type('Z')
    expect(questions.at(-1)!.request.now_ms).toBe(paused_at)
  })
  test('freezes the screen at the pause even when an answer is on its way', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    const first = fleetModel()
    await questions[0]!.answer(first)
    controller.changed()
    await vi.advanceTimersByTimeAsync(LOAD_INTERVAL_MS)
    type(' ')
    await questions[1]!.answer(fleetModel())
    expect(controller.view().model).toBe(first)
  })
  test('shows an incident only once the answer is about it', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    await questions[0]!.answer(fleetModel())
    controller.press({ name: 'tab' })
    controller.press({ name: 'tab' })
    type('\r')
    expect(controller.view().answered?.incident_id).toBeNull()
    expect(questions[1]!.request.incident_id).toBe('1')
    await questions[1]!.answer(fleetModel(questions[1]!.request))
    expect(controller.view().answered?.incident_id).toBe('1')
  })
  test('passes terminal effects on and draws only when something changed', async () => {
    const { controller, effects, draw } = setUp()
    controller.press({ name: 'ctrl_z' })
    controller.press({ name: 'ctrl_l' })
    controller.press({ name: 'ctrl_c' })
    controller.press({ name: 'ctrl_e' })
    expect(effects).toEqual(['suspend', 'redraw', 'quit'])
    expect(draw).not.toHaveBeenCalled()
  })
  test('asks for what a screen shows and keeps what another has shown of the same question', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    const model = fleetModel()
    const nobody = { clients: null, services: null, issuers: null, hosts: null }
    await questions[0]!.answer({ ...model, parties: nobody })
    type('4')
    expect(questions[1]!.request.screen).toBe('who')
    await questions[1]!.answer({ ...model, incidents: null })
    expect(controller.view().model?.incidents).toBe(model.incidents)
    expect(controller.view().model?.parties.hosts).toHaveLength(6)
    type('z')
    await questions[2]!.answer({ ...model, incidents: null })
    expect(controller.view().model?.incidents).toBeNull()
  })
  test('writes the table under the cursor, says where, and copies the row', async () => {
    const { controller, questions, effects, saved, type } = setUp()
    controller.start()
    await questions[0]!.answer(fleetModel())
    controller.press({ name: 'tab' })
    type('xc')
    await vi.advanceTimersByTimeAsync(0)
    expect(saved[0]).toMatch(/^cause,failures,before,subcauses\r\nunknown,27,2,unspecified 27\r\n/)
    expect(controller.view().state.message).toMatch(/^7 rows written to \/tmp\/authtop-causes-\d{8}-\d{6}\.csv$/)
    type('jy')
    expect(effects).toEqual([{ copy: expect.stringMatching(/^Clock skew {2}1,265 {2}72\.1 % {2}new/) }])
  })
  test('shows the answer in SQL once it is there, and exports it', async () => {
    const { controller, saved, sql, type } = setUp()
    type(';SELECT 1\r')
    expect(controller.view().sql).toEqual({ query: 'SELECT 1', result: null, error: null })
    sql.resolve({ columns: ['n', 'big'], rows: [[1, 9_007_199_254_740_993n]], truncated: false })
    await vi.advanceTimersByTimeAsync(0)
    type('xj')
    await vi.advanceTimersByTimeAsync(0)
    expect(JSON.parse(saved[0]!)).toEqual([{ n: 1, big: '9007199254740993' }])
  })
  test('takes note of an alert and silences it, says what came of it, and reads anew', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    await questions[0]!.answer(fleetModel())
    type('jj')
    expect(controller.view().state.cursors.findings.key).toBe('alert a1')
    type('A')
    await vi.advanceTimersByTimeAsync(0)
    expect(controller.view().state.message).toBe('noted a1')
    expect(questions).toHaveLength(2)
    await questions[1]!.answer(fleetModel())
    type('S')
    controller.press({ name: 'ctrl_u' })
    type('30m\r')
    await vi.advanceTimersByTimeAsync(0)
    expect(controller.view().state.message).toBe('silenced a1 for 1800000')
    type('gA')
    expect(controller.view().state.message).toContain('this is no alert')
  })
  test('keeps an open finding as it was when it is not seen any more', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    await questions[0]!.answer(fleetModel())
    type('\r')
    await questions[1]!.answer({ ...fleetModel(), findings: [], standing: [] })
    const text = openText(controller.view())!.map(plainText)
    expect(text[0]).toContain('as it was')
    expect(text.join(' ')).toContain('reports-1 is 312 s ahead')
  })
  test('does nothing after the end', async () => {
    const { controller, questions, draw } = setUp()
    controller.start()
    controller.stop()
    await questions[0]!.answer(fleetModel())
    controller.changed()
    await vi.advanceTimersByTimeAsync(10 * REFRESH_INTERVAL_MS)
    expect(questions).toHaveLength(1)
    expect(draw).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('another order of the incidents is asked of the store, and the cursor is on its first', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    await questions[0]!.answer(fleetModel())
    type('2')
    await questions[1]!.answer(fleetModel(questions[1]!.request))
    type('jj')
    expect(controller.view().state.cursors.incidents.index).toBe(2)
    type('s')
    expect(questions[2]!.request.order).toEqual({ column: 'host', reversed: false })
    expect(controller.view().state.cursors.incidents.index).toBe(0)
    await questions[2]!.answer(fleetModel(questions[2]!.request))
    type('r')
    expect(questions[3]!.request.order).toEqual({ column: 'host', reversed: true })
  })

  test('an export before anything was read says that it is being read', () => {
    const { controller, saved, type } = setUp()
    controller.start()
    type('xj')
    expect(controller.view().state.message).toBe('still being read: x again in a moment')
    expect(saved).toEqual([])
  })

  test('what is still being worked out is asked for again soon, on a frozen screen too', async () => {
    const { controller, questions, type } = setUp()
    controller.start()
    await questions[0]!.answer({ ...fleetModel(), pending: true })
    await vi.advanceTimersByTimeAsync(LOAD_INTERVAL_MS)
    expect(questions).toHaveLength(2)
    type(' ')
    await questions[1]!.answer({ ...fleetModel(), pending: true })
    await vi.advanceTimersByTimeAsync(LOAD_INTERVAL_MS)
    expect(questions).toHaveLength(3)
    await questions[2]!.answer(fleetModel())
    await vi.advanceTimersByTimeAsync(REFRESH_INTERVAL_MS)
    expect(questions).toHaveLength(3)
  })
})
