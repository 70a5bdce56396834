/** The keys and the words of the filter, as scrolling text. The reducer (view-state.ts) is what it describes. */
import { EMPTY_LINE, type Line, line, span } from './line.ts'
import { SCREENS } from './screens.ts'

const SECTIONS: readonly { title: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'Moving',
    keys: [
      ['j k ↓ ↑', 'down, up'],
      ['g G Home End', 'first, last'],
      ['Ctrl-d Ctrl-u', 'half a page down, up'],
      ['PgDn PgUp', 'a page down, up'],
      ['Tab Shift-Tab', 'next, previous panel or screen'],
      [`1 – ${SCREENS.length}`, SCREENS.map(({ title }) => title).join(', ')],
      ['e E n N', 'next, previous incident'],
      ['Enter l →', 'open an incident; filter by a cause, host or client'],
      ['Esc h ←', 'back; takes the last word off the filter'],
    ],
  },
  {
    title: 'Time',
    keys: [
      ['z Z + -', 'shorter, longer range: 5 min … 30 days, all'],
      ['[ ]', 'earlier, later by half the range'],
      ['0', 'back to now'],
      ['a', 'all there is'],
      ['t', 'local time or UTC'],
      ['space =', 'freeze the screen; data keeps being collected'],
    ],
  },
  {
    title: 'Filter',
    keys: [
      ['/', 'type a filter; Tab completes, Enter applies, Ctrl-u empties'],
      ['cause:skew', 'also subcause: step: host: service: client: issuer: system:'],
      ['host:a,b', 'either; different fields must all hold'],
      ['!client:batch-3', 'all but these'],
      ['timeout', 'any other word: incidents whose text holds it'],
    ],
  },
  {
    title: 'Program',
    keys: [
      ['q Ctrl-c', 'quit'],
      ['Ctrl-z', 'suspend; fg brings it back'],
      ['Ctrl-l', 'draw the screen anew'],
      ['? F1', 'this help'],
    ],
  },
]

const KEY_COLUMNS = 18

export function helpText(): Line[] {
  return SECTIONS.flatMap(({ title, keys }, i) => [
    ...(i === 0 ? [] : [EMPTY_LINE]),
    line(span(title, 'title')),
    ...keys.map(([key, does]) => line('  ', span(key.padEnd(KEY_COLUMNS), 'key'), does)),
  ])
}
