import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeyPress, NamedKey } from '../../../../dashboards/terminal/key-press.ts'
import {
  activePanel,
  cursorIndex,
  initialState,
  reduce,
  reducePaste,
  type ViewContext,
  type ViewState,
} from '../../../../dashboards/terminal/view-state.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000

const CONTEXT: ViewContext = {
  now_ms: NOW,
  keys: {
    causes: ['unknown', 'skew', 'expiry'],
    incidents: Array.from({ length: 50 }, (_, i) => `i${i}`),
    hosts: ['reports-1', 'orders 1', ''],
    clients: ['batch-3'],
    sources: ['s1', 's2'],
  },
  rows: { causes: 7, incidents: 10, hosts: 10, clients: 10, sources: 10 },
  scroll_rows: 20,
  scroll_limit: 30,
  seen: { host: ['reports-1', 'orders 1'] },
}

const NAMED: readonly NamedKey[] = [
  'up',
  'down',
  'left',
  'right',
  'page_up',
  'page_down',
  'home',
  'end',
  'enter',
  'escape',
  'tab',
  'shift_tab',
  'backspace',
  'delete',
  'function',
  'ctrl_a',
  'ctrl_c',
  'ctrl_d',
  'ctrl_e',
  'ctrl_l',
  'ctrl_u',
  'ctrl_w',
  'ctrl_z',
]

function keysOf(text: string): KeyPress[] {
  return text.split(' ').map((name) => (name.length > 1 ? { name: name as NamedKey } : { name: 'char', char: name }))
}

/** State and all effects after pressing, e.g. `j down SPACE`. */
function pressing(text: string, from: ViewState = initialState(), context = CONTEXT) {
  let state = from
  const effects: string[] = []
  for (const key of keysOf(text)) {
    const step = reduce(state, key.name === ('SPACE' as string) ? { name: 'char', char: ' ' } : key, context)
    state = step.state
    effects.push(...step.effects)
  }
  return { state, effects }
}

function typed(text: string): KeyPress[] {
  return [...text].map((char) => ({ name: 'char', char }))
}

function press(state: ViewState, keys: readonly KeyPress[]): ViewState {
  return keys.reduce((now, key) => reduce(now, key, CONTEXT).state, state)
}

describe('the cursor', () => {
  test('moves by rows, pages and to the ends, and stops there', () => {
    const at = (keys: string) => {
      const { state } = pressing(`2 ${keys}`)
      return cursorIndex(state.cursors.incidents, CONTEXT.keys.incidents)
    }
    expect(at('j j k')).toBe(1)
    expect(at('down up up')).toBe(0)
    expect(at('page_down')).toBe(10)
    expect(at('ctrl_d j ctrl_u')).toBe(1)
    expect(at('G j')).toBe(49)
    expect(at('G g')).toBe(0)
    expect(at('end home')).toBe(0)
  })
  test('stays on its row when newer rows come in above, and on the first row when it is there', () => {
    const { state } = pressing('2 j j')
    const newer = ['new', ...CONTEXT.keys.incidents]
    expect(cursorIndex(state.cursors.incidents, newer)).toBe(3)
    expect(cursorIndex(initialState().cursors.incidents, newer)).toBe(0)
  })
  test('stays near its place when its row is gone', () => {
    const { state } = pressing('2 j j')
    expect(cursorIndex(state.cursors.incidents, ['a', 'b'])).toBe(1)
    expect(cursorIndex(state.cursors.incidents, [])).toBe(0)
  })
})

describe('screens and panels', () => {
  test('numbers go to screens, and numbers without one do nothing', () => {
    expect(pressing('3').state.screen).toBe('hosts')
    expect(pressing('9').state.screen).toBe('overview')
  })
  test('Tab goes round the panels of the overview, both ways', () => {
    expect(pressing('tab').state.focus).toBe('incidents')
    expect(pressing('shift_tab').state.focus).toBe('clients')
    expect(pressing('tab tab tab tab').state.focus).toBe('causes')
  })
  test('Tab on another screen goes to the next one', () => {
    expect(pressing('2 tab').state.screen).toBe('hosts')
    expect(pressing('5 tab').state.screen).toBe('overview')
  })
  test('e goes to the incidents and then down them', () => {
    const { state } = pressing('e e e E')
    expect(activePanel(state)).toBe('incidents')
    expect(cursorIndex(state.cursors.incidents, CONTEXT.keys.incidents)).toBe(1)
  })
})

describe('opening', () => {
  test('an incident asks for it and shows it, and Esc comes back to its row', () => {
    const opened = pressing('2 j enter')
    expect(opened.state.detail).toBe('i1')
    expect(opened.effects).toEqual(['load'])
    const back = pressing('escape', opened.state)
    expect(back.state.detail).toBeNull()
    expect(cursorIndex(back.state.cursors.incidents, CONTEXT.keys.incidents)).toBe(1)
  })
  test('e and E walk from one open incident to the next, and say where the list ends', () => {
    const { state } = pressing('2 enter e e E')
    expect(state.detail).toBe('i1')
    expect(pressing('2 enter E').state.message).toBe('no newer incident in this list')
    expect(pressing('2 G enter e').state.message).toBe('no older incident in this list')
  })
  test('a cause, host or client becomes a word of the filter', () => {
    expect(pressing('j enter').state).toMatchObject({ filter_text: 'cause:skew', focus: 'incidents' })
    expect(pressing('3 j enter').state).toMatchObject({ filter_text: 'host:"orders 1"', screen: 'incidents' })
    expect(pressing('3 G enter').state.filter.include).toEqual({ host: [''] })
  })
  test('the same row twice is one word', () => {
    expect(pressing('j enter 1 tab tab tab enter').state.filter_text).toBe('cause:skew')
  })
  test('nothing in an empty list does nothing', () => {
    const empty = { ...CONTEXT, keys: { ...CONTEXT.keys, causes: [] } }
    expect(pressing('enter j k G', initialState(), empty)).toEqual({
      state: { ...initialState(), cursors: expect.anything() },
      effects: [],
    })
  })
})

describe('the filter prompt', () => {
  const open = (text: string, from = initialState()) => press(from, typed(`/${text}`))

  test('applies on Enter and asks for new figures', () => {
    const step = reduce(open('cause:skew !host:a'), { name: 'enter' }, CONTEXT)
    expect(step.effects).toEqual(['load'])
    expect(step.state).toMatchObject({
      prompt: null,
      filter_text: 'cause:skew !host:a',
      filter: { include: { cause: ['skew'] }, exclude: { host: ['a'] } },
    })
  })
  test('with a mistake stays open, says why and changes nothing', () => {
    const step = reduce(open('cause:nonsense'), { name: 'enter' }, CONTEXT)
    expect(step.effects).toEqual([])
    expect(step.state.prompt?.hint).toContain('no cause "nonsense"')
    expect(step.state.filter_text).toBe('')
  })
  test('takes every printable key as text', () => {
    expect(open('q?jk 1=').prompt?.text).toBe('q?jk 1=')
  })
  test('edits: backspace by character, Ctrl-w by word, Ctrl-u all, and closes when emptied further', () => {
    expect(press(open('aé'), [{ name: 'backspace' }]).prompt?.text).toBe('a')
    expect(press(open('host:a cause:b'), [{ name: 'ctrl_w' }]).prompt?.text).toBe('host:a')
    expect(press(open('abc'), [{ name: 'ctrl_u' }]).prompt?.text).toBe('')
    expect(press(open(''), [{ name: 'backspace' }]).prompt).toBeNull()
  })
  test('Tab goes through the completions, Shift-Tab back', () => {
    const state = press(open('host:'), [{ name: 'tab' }])
    expect(state.prompt?.text).toBe('host:reports-1')
    expect(press(state, [{ name: 'tab' }]).prompt?.text).toBe('host:"orders 1"')
    expect(press(state, [{ name: 'shift_tab' }]).prompt?.text).toBe('host:"orders 1"')
    expect(press(open('zzz'), [{ name: 'tab' }]).prompt?.text).toBe('zzz')
  })
  test('begins with the filter that is on, and Esc leaves it on', () => {
    const filtered = pressing('j enter').state
    const prompt = press(filtered, typed('/'))
    expect(prompt.prompt?.text).toBe('cause:skew ')
    expect(press(prompt, [{ name: 'escape' }]).filter_text).toBe('cause:skew')
  })
  test('takes pasted text as one line; elsewhere a paste presses no keys', () => {
    expect(reducePaste(open('a '), 'b\nc\x1b[2J', CONTEXT).state.prompt?.text).toContain('a b c')
    const pasted = reducePaste(initialState(), 'q', CONTEXT)
    expect(pasted.effects).toEqual([])
    expect(pasted.state.message).toContain('press / first')
  })
  test('is bounded', () => {
    expect(reducePaste(open(''), 'x'.repeat(1e6), CONTEXT).state.prompt?.text.length).toBe(500)
  })
})

describe('time', () => {
  test('z and Z change the length, a shows all', () => {
    expect(pressing('z')).toMatchObject({ state: { length_ms: 5 * MINUTE }, effects: ['load'] })
    expect(pressing('Z').state.length_ms).toBe(60 * MINUTE)
    expect(pressing('+ -').state.length_ms).toBe(15 * MINUTE)
    expect(pressing('a').state.length_ms).toBe('all')
  })
  test('brackets go back and forth by half the range, and forward ends at now', () => {
    expect(pressing('[').state.end).toBe(NOW - 7.5 * MINUTE)
    expect(pressing('[ [ ]').state.end).toBe(NOW - 7.5 * MINUTE)
    expect(pressing('[ ]').state.end).toBe('now')
    expect(pressing(']').state.end).toBe('now')
    expect(pressing('[ [ 0').state.end).toBe('now')
  })
  test('all there is cannot be moved, and says so', () => {
    expect(pressing('a [').state.message).toContain('everything is shown')
  })
  test('a pause holds the clock, and going on asks for what was missed', () => {
    const paused = pressing('SPACE')
    expect(paused).toMatchObject({ state: { paused_at_ms: NOW }, effects: [] })
    expect(pressing('=', paused.state)).toMatchObject({ state: { paused_at_ms: null }, effects: ['load'] })
    expect(pressing('[', { ...paused.state, paused_at_ms: NOW - MINUTE }).state.end).toBe(NOW - 8.5 * MINUTE)
  })
  test('t switches between local time and UTC, in lists and in the detail', () => {
    expect(pressing('t').state.zone).toBe('utc')
    expect(pressing('2 enter t').state.zone).toBe('utc')
    expect(pressing('t t').state.zone).toBe('local')
  })
})

describe('texts', () => {
  test('scroll within their length', () => {
    expect(pressing('? j j k').state.scroll).toBe(1)
    expect(pressing('? G j').state.scroll).toBe(30)
    expect(pressing('? page_down g k').state.scroll).toBe(0)
  })
  test('help opens over an incident and closes to it, by the key that opened it too', () => {
    expect(pressing('2 enter ? ?').state).toMatchObject({ help: false, detail: 'i0' })
    expect(pressing('? q')).toMatchObject({ state: { help: false }, effects: [] })
    expect(pressing('function').state.help).toBe(true)
  })
})

describe('leaving', () => {
  test('q quits at the top only, Ctrl-c everywhere', () => {
    expect(pressing('q').effects).toEqual(['quit'])
    expect(pressing('2 enter q').effects).toEqual(['load'])
    for (const where of ['?', '2 enter', '/']) expect(pressing(`${where} ctrl_c`).effects).toContain('quit')
  })
  test('Ctrl-z and Ctrl-l work everywhere', () => {
    for (const where of ['?', '2', '/'])
      expect(pressing(`${where} ctrl_z ctrl_l`).effects).toEqual(['suspend', 'redraw'])
  })
  test('Esc goes to the overview, then takes the filter off word by word, then rests', () => {
    const { state } = pressing('j enter 3 j enter')
    expect(state.filter_text).toBe('cause:skew host:"orders 1"')
    const steps = ['escape', 'escape', 'escape', 'escape', 'escape'].map(
      (_, i) =>
        pressing(
          Array(i + 1)
            .fill('escape')
            .join(' '),
          state,
        ).state,
    )
    expect(steps.map(({ screen, filter_text, focus }) => [screen, filter_text, focus])).toEqual([
      ['overview', 'cause:skew host:"orders 1"', 'incidents'],
      ['overview', 'cause:skew', 'incidents'],
      ['overview', '', 'incidents'],
      ['overview', '', 'causes'],
      ['overview', '', 'causes'],
    ])
  })
})

const anyKey: fc.Arbitrary<KeyPress> = fc.oneof(
  fc.constantFrom(...NAMED).map((name): KeyPress => ({ name })),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).map((char): KeyPress => ({ name: 'char', char })),
)

test('no sequence of keys throws, and Esc repeated always comes home', () => {
  fc.assert(
    fc.property(fc.array(anyKey, { maxLength: 60 }), (keys) => {
      let state = press(initialState(), keys)
      for (let i = 0; i < 60; i++) state = reduce(state, { name: 'escape' }, CONTEXT).state
      expect(state).toMatchObject({
        screen: 'overview',
        focus: 'causes',
        detail: null,
        help: false,
        prompt: null,
        filter_text: '',
      })
    }),
  )
})

test('a filter given at the start is applied, or answered when it is none', () => {
  expect(initialState({ filter_text: 'host:a' }).filter.include).toEqual({ host: ['a'] })
  expect(initialState({ filter_text: 'hots:a' })).toMatchObject({
    filter_text: '',
    message: expect.stringContaining('host'),
  })
})
