/**
 * The keys, the words of the filter and the commands, as scrolling text; first what is special to the screen one is on.
 * The reducer (reduce-*.ts) and commands.ts are what it describes.
 */
import { COMMANDS } from './commands.ts'
import { EMPTY_LINE, type Line, line, span } from './line.ts'
import { SCREENS, type ScreenId } from './screens.ts'
import type { View } from './view.ts'

type Keys = readonly (readonly [string, string])[]

const OF_SCREEN: Readonly<Record<ScreenId, Keys>> = {
  overview: [
    ['Enter', 'on what is wrong or an incident: open it; on a cause: filter by it'],
    ['Tab', 'what is wrong, causes, incidents'],
    ['◆ ▲ (on the axis)', 'a finding began; an alert began'],
  ],
  incidents: [
    ['Enter', 'what was said, what it is, why, and what to do'],
    ['s', 'order by time, host, service, client or reason; r turns it round'],
    ['09:14:03~', 'the host stamped another time: its clock is known to be off, and this is the right one'],
  ],
  clocks: [
    ['Enter', 'the clock in full: steps, forecast, why, what to do'],
    ['● ━ ┊ │', 'best value, interval, leeway, zero; ahead is right'],
    ['!', 'the others agree against this clock'],
    ['s', 'order by offset, refused requests, drift …'],
  ],
  findings: [
    ['Enter', 'why, since when, what to do; Enter again: its failures'],
    ['! w i', 'found by analysis: critical, warning, for information'],
    ['▲ p t s r', 'a rule made an alert of it: fires, pending, taken note of, silenced, resolved'],
    ['a', 'advice: what one change would have avoided'],
    ['A S', 'take note of an alert; silence it for a time'],
  ],
  who: [
    ['Enter', 'filter everything by this client, service, issuer or host'],
    ['Tab', 'hosts, clients, services, issuers'],
    ['s r', 'order by failures, share, change …; turn it round'],
  ],
  sources: [['j k', 'the source under the cursor is told in full below']],
}

const SECTIONS: readonly { title: string; keys: Keys }[] = [
  {
    title: 'Moving',
    keys: [
      ['j k ↓ ↑', 'down, up'],
      ['g G Home End', 'first, last'],
      ['Ctrl-d Ctrl-u', 'half a page down, up'],
      ['PgDn PgUp', 'a page down, up'],
      ['Tab Shift-Tab', 'next, previous panel; with one panel only: screen'],
      [`1 – ${SCREENS.length}`, SCREENS.map(({ title }) => title).join(', ')],
      ['e E', 'next, previous failure'],
      ['Enter l →', 'open; filter by the row'],
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
    title: 'Tables and texts',
    keys: [
      ['s r', 'order by the next column; turn the order round'],
      ['x', 'write the view to a file: JSON, CSV or Markdown'],
      ['y', 'copy the row or text (OSC 52, works over ssh)'],
      ['o', 'the view in $PAGER'],
      ['/ n N', 'in a text: look for words, next, previous'],
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
      ['n N', 'next, previous incident that it leaves'],
    ],
  },
  {
    title: 'Program',
    keys: [
      [':', 'a command; Tab completes, ↑ brings earlier ones back'],
      [';', 'a question in SQL over the store'],
      ['q Ctrl-c', 'quit'],
      ['Ctrl-z', 'suspend; fg brings it back'],
      ['Ctrl-l', 'draw the screen anew'],
      ['? F1', 'this help'],
    ],
  },
  {
    title: 'Commands',
    keys: COMMANDS.map(({ name, argument, does }) => [`:${name}${argument === undefined ? '' : ` ${argument}`}`, does]),
  },
]

const KEY_COLUMNS = 18

export function helpText({ state }: View): Line[] {
  const screen = SCREENS.find(({ id }) => id === state.screen)
  return [{ title: `${screen?.title ?? ''} (this screen)`, keys: OF_SCREEN[state.screen] }, ...SECTIONS].flatMap(
    ({ title, keys }, i) => [
      ...(i === 0 ? [] : [EMPTY_LINE]),
      line(span(title, 'title')),
      ...keys.map(([key, does]) =>
        line('  ', span(key.padEnd(KEY_COLUMNS), 'key'), key.length >= KEY_COLUMNS ? ' ' : '', does),
      ),
    ],
  )
}
