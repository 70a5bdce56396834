import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeyPress, NamedKey } from '../../../../dashboards/terminal/key-press.ts'
import { reduce, reducePaste } from '../../../../dashboards/terminal/reduce.ts'
import {
  activePanel,
  cursorIndex,
  initialState,
  openIncident,
  topText,
  type ViewContext,
  type ViewState,
} from '../../../../dashboards/terminal/view-state.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000

const CONTEXT: ViewContext = {
  alert: () => null,
  now_ms: NOW,
  keys: {
    causes: ['unknown', 'skew', 'expiry'],
    incidents: Array.from({ length: 50 }, (_, i) => `i${i}`),
    hosts: ['reports-1', 'orders 1', ''],
    clients: ['batch-3'],
    services: ['orders'],
    issuers: [],
    clocks: ['host reports-1', 'collector'],
    findings: ['f1', 'f2'],
    sources: ['s1', 's2'],
  },
  rows: {
    causes: 7,
    incidents: 10,
    hosts: 10,
    clients: 10,
    services: 10,
    issuers: 10,
    clocks: 10,
    findings: 3,
    sources: 10,
  },
  sortable: { hosts: ['failures', 'name', 'requests'], incidents: ['time', 'host'] },
  place: (text) => (text.kind === 'clock' && text.key !== 'collector' ? 'host:reports-1 cause:skew' : null),
  find: (words) => (words === 'chrony' ? [4, 25, 40] : []),
  at: (_, row) => (row === 0 ? { kind: 'screen', screen: 'who' } : { kind: 'row', panel: 'causes', index: row - 5 }),
  moment: (text) => (text === '09:14' ? NOW - 60 * MINUTE : null),
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
    effects.push(...step.effects.map((effect) => (typeof effect === 'string' ? effect : JSON.stringify(effect))))
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
    expect(pressing('4')).toMatchObject({ state: { screen: 'who' }, effects: ['load'] })
    expect(pressing('9').state.screen).toBe('overview')
  })
  test('Tab goes round the panels of a screen, both ways', () => {
    expect(activePanel(pressing('tab').state)).toBe('causes')
    expect(activePanel(pressing('tab tab tab').state)).toBe('findings')
    expect(activePanel(pressing('4 shift_tab').state)).toBe('issuers')
  })
  test('Tab on a screen of one panel goes to the next one', () => {
    expect(pressing('2 tab').state.screen).toBe('clocks')
    expect(pressing('6 tab').state.screen).toBe('overview')
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
    expect(openIncident(opened.state)).toBe('i1')
    expect(opened.effects).toEqual(['load', 'load'])
    const back = pressing('escape', opened.state)
    expect(openIncident(back.state)).toBeNull()
    expect(cursorIndex(back.state.cursors.incidents, CONTEXT.keys.incidents)).toBe(1)
  })
  test('e and E walk from one open incident to the next, and say where the list ends', () => {
    const { state } = pressing('2 enter e e E')
    expect(openIncident(state)).toBe('i1')
    expect(pressing('2 enter E').state.message).toBe('no earlier incident in this list')
    expect(pressing('2 G enter e').state.message).toBe('no further incident in this list')
  })
  test('a cause, host or client becomes a word of the filter', () => {
    expect(pressing('tab j enter').state).toMatchObject({ filter_text: 'cause:skew', focus: { overview: 'incidents' } })
    expect(pressing('4 j enter').state).toMatchObject({ filter_text: 'host:"orders 1"', screen: 'incidents' })
    expect(pressing('4 G enter').state.filter.include).toEqual({ host: [''] })
  })
  test('the same row twice is one word', () => {
    expect(pressing('tab j enter 1 tab tab enter').state.filter_text).toBe('cause:skew')
  })
  test('nothing in an empty list does nothing', () => {
    const empty = { ...CONTEXT, keys: { ...CONTEXT.keys, causes: [] } }
    expect(pressing('tab enter j k G', initialState(), empty)).toEqual({
      state: { ...initialState(), focus: expect.anything(), cursors: expect.anything() },
      effects: [],
    })
  })
})

describe('what is wrong', () => {
  test('opens, and Enter in it goes to the requests it broke', () => {
    const opened = pressing('3 enter')
    expect(topText(opened.state)).toEqual({ kind: 'clock', key: 'host reports-1', scroll: 0 })
    expect(pressing('enter', opened.state).state).toMatchObject({
      screen: 'incidents',
      open: [],
      filter_text: 'host:reports-1 cause:skew',
    })
    expect(topText(pressing('enter').state)?.kind).toBe('finding')
  })
  test('stays open where a filter cannot say what it is about', () => {
    expect(topText(pressing('3 j enter enter').state)).toMatchObject({ kind: 'clock', key: 'collector' })
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
    const filtered = pressing('tab j enter').state
    const prompt = press(filtered, typed('/'))
    expect(prompt.prompt?.text).toBe('cause:skew ')
    expect(press(prompt, [{ name: 'escape' }]).filter_text).toBe('cause:skew')
  })
  test('takes pasted text as one line; elsewhere a paste presses no keys', () => {
    expect(reducePaste(open('a '), 'b\nc\x1b[2J', CONTEXT).state.prompt?.text).toContain('a b c')
    const pasted = reducePaste(initialState(), 'q', CONTEXT)
    expect(pasted.effects).toEqual([])
    expect(pasted.state.message).toContain('press / : or ; first')
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
  const scroll = (keys: string) => topText(pressing(keys).state)?.scroll

  test('scroll within their length', () => {
    expect(scroll('? j j k')).toBe(1)
    expect(scroll('? G j')).toBe(30)
    expect(scroll('? page_down g k')).toBe(0)
  })
  test('help opens over an incident and closes to it, by the key that opened it too', () => {
    expect(pressing('2 enter ?').state.open.map(({ kind }) => kind)).toEqual(['incident', 'help'])
    expect(pressing('2 enter ? ?').state.open).toEqual([{ kind: 'incident', id: 'i0', scroll: 0 }])
    expect(pressing('? q')).toMatchObject({ state: { open: [] }, effects: [] })
    expect(topText(pressing('function').state)?.kind).toBe('help')
  })
  test('are searched by /, n and N, and Esc takes the marks away before the text', () => {
    const found = press(pressing('?').state, [...typed('/Chrony'), { name: 'enter' }])
    expect(topText(found)?.scroll).toBe(4)
    expect(topText(pressing('n', found).state)?.scroll).toBe(25)
    expect(topText(pressing('n n', found).state)?.scroll).toBe(30)
    expect(pressing('n n n', found).state.message).toBe('no further "chrony"')
    expect(topText(pressing('n N', found).state)?.scroll).toBe(4)
    expect(pressing('escape', found).state).toMatchObject({ search: null, open: [{ kind: 'help' }] })
    const missed = press(pressing('?').state, [...typed('/zebra'), { name: 'enter' }])
    expect(missed).toMatchObject({ search: null, message: 'nothing in this text holds "zebra"' })
  })
})

describe('the order of a table', () => {
  test('goes through its columns with s and turns round with r', () => {
    expect(pressing('4 s').state.sorts).toEqual({ hosts: { column: 'name', reversed: false } })
    expect(pressing('4 s s r').state.sorts).toEqual({ hosts: { column: 'requests', reversed: true } })
    expect(pressing('4 s s s').state.sorts).toEqual({ hosts: { column: 'failures', reversed: false } })
    expect(pressing('4 r').state.sorts).toEqual({ hosts: { column: 'failures', reversed: true } })
    expect(pressing('6 s').state.message).toBe('this table has one order only')
  })
})

describe('commands', () => {
  const run = (text: string, from = initialState()) => {
    const typing = press(from, typed(`:${text}`))
    return reduce(typing, { name: 'enter' }, CONTEXT)
  }

  test('go to screens and tables, and the head of a name will do', () => {
    expect(run('sources').state.screen).toBe('sources')
    expect(run('iss').state).toMatchObject({ screen: 'who', focus: { who: 'issuers' } })
    expect(run('q').effects).toEqual(['quit'])
  })
  test('set range, time, filter and order', () => {
    expect(run('range 24h').state.length_ms).toBe(24 * 60 * MINUTE)
    expect(run('range all').state.length_ms).toBe('all')
    expect(run('at 09:14').state.end).toBe(NOW - 60 * MINUTE)
    expect(run('filter !cause:expiry').state.filter.exclude).toEqual({ cause: ['expiry'] })
    expect(run('sort requests', pressing('4').state).state.sorts.hosts?.column).toBe('requests')
    expect(run('sort colour', pressing('4').state).state.message).toContain('columns: failures name requests')
    expect(run('export csv').effects).toEqual([{ export: 'csv' }])
    expect(run('export md').effects).toEqual([{ export: 'markdown' }])
  })
  test('with a mistake stay open and say what is wanted', () => {
    const hint = (text: string) => run(text).state.prompt?.hint
    expect(hint('nonsense')).toContain('no command "nonsense"')
    expect(hint('range')).toContain('wants 24h')
    expect(hint('range soon')).toContain('15m, 24h or 7d')
    expect(hint('at dawn')).toContain('a time such as 09:14')
    expect(hint('filter cause:skwe')).toContain('did you mean "skew"')
    expect(hint('quit now')).toContain('takes nothing')
  })
  test('are completed by Tab, arguments too, and come back with the up arrow', () => {
    const state = press(initialState(), [...typed(':ra'), { name: 'tab' }])
    expect(state.prompt?.text).toBe('range')
    expect(press(state, typed(' 2')).prompt?.offered).toEqual(['range 24h'])
    const later = press(run('range 24h').state, [...typed(':'), { name: 'up' }])
    expect(later.prompt?.text).toBe('range 24h')
    expect(press(later, [{ name: 'down' }]).prompt?.text).toBe('')
  })
  test('x asks for a format by its letter, and any other key leaves', () => {
    expect(pressing('x m').effects).toEqual(['{"export":"markdown"}'])
    expect(pressing('x q')).toMatchObject({ state: { prompt: null }, effects: [] })
  })
  test('; asks in SQL and opens the answer', () => {
    const step = reduce(press(initialState(), typed(';SELECT 1')), { name: 'enter' }, CONTEXT)
    expect(step.effects).toEqual([{ sql: 'SELECT 1' }])
    expect(topText(step.state)?.kind).toBe('sql')
  })
})

describe('the mouse', () => {
  const click = (row: number) => ({ name: 'click', column: 3, row }) as const

  test('puts the cursor on a row, opens it with the second click, and goes to screens', () => {
    const once = reduce(pressing('tab').state, click(7), CONTEXT).state
    expect(cursorIndex(once.cursors.causes, CONTEXT.keys.causes)).toBe(2)
    expect(reduce(once, click(7), CONTEXT).state.filter_text).toBe('cause:expiry')
    expect(reduce(initialState(), click(0), CONTEXT).state.screen).toBe('who')
  })
  test('scrolls lists and texts with the wheel', () => {
    const down = { name: 'wheel_down', column: 0, row: 9 } as const
    const list = reduce(pressing('2').state, down, CONTEXT).state
    expect(cursorIndex(list.cursors.incidents, CONTEXT.keys.incidents)).toBe(3)
    expect(topText(reduce(pressing('?').state, down, CONTEXT).state)?.scroll).toBe(3)
  })
})

describe('leaving', () => {
  test('q quits at the top only, Ctrl-c everywhere', () => {
    expect(pressing('q').effects).toEqual(['quit'])
    expect(pressing('2 enter q').effects).toEqual(['load', 'load'])
    for (const where of ['?', '2 enter', '/']) expect(pressing(`${where} ctrl_c`).effects).toContain('quit')
  })
  test('Ctrl-z and Ctrl-l work everywhere', () => {
    for (const where of ['?', '2', '/'])
      expect(pressing(`${where} ctrl_z ctrl_l`).effects).toEqual([
        ...(where === '2' ? ['load'] : []),
        'suspend',
        'redraw',
      ])
  })
  test('Esc goes to the overview, then takes the filter off word by word, then rests', () => {
    const { state } = pressing('tab j enter 4 j enter')
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
    expect(steps.map(({ screen, filter_text, focus }) => [screen, filter_text, focus.overview])).toEqual([
      ['overview', 'cause:skew host:"orders 1"', 'incidents'],
      ['overview', 'cause:skew', 'incidents'],
      ['overview', '', 'incidents'],
      ['overview', '', 'findings'],
      ['overview', '', 'findings'],
    ])
  })
})

const anyKey: fc.Arbitrary<KeyPress> = fc.oneof(
  fc
    .record({ name: fc.constantFrom('click', 'wheel_up', 'wheel_down'), column: fc.nat(99), row: fc.nat(40) })
    .map((key) => key as KeyPress),
  fc.constantFrom(...NAMED).map((name): KeyPress => ({ name })),
  fc
    .nat(0x10ffff)
    .map((code) => String.fromCodePoint(code))
    .map((char): KeyPress => ({ name: 'char', char })),
)

test('no sequence of keys throws, and Esc repeated always comes home', () => {
  fc.assert(
    fc.property(fc.array(anyKey, { maxLength: 60 }), (keys) => {
      let state = press(initialState(), keys)
      for (let i = 0; i < 80; i++) state = reduce(state, { name: 'escape' }, CONTEXT).state
      expect(state).toMatchObject({
        screen: 'overview',
        focus: { overview: 'findings' },
        open: [],
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
