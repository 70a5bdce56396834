/**
 * What can be typed behind `:`. One entry per command with its argument, its completions and what it does; the help and
 * the completion are made from the same list.
 * Invariant: total. What is no command is answered with a hint and changes nothing.
 */
import { EXPORT_FORMATS } from './export-text.ts'
import { parseFilter } from './filter-words.ts'
import { type PanelId, SCREENS } from './screens.ts'
import {
  goTo,
  load,
  nextSort,
  openHelp,
  openText,
  pause,
  reverseSort,
  sortBy,
  stay,
  withFilter,
} from './state-change.ts'
import { parseLength, RANGE_WORDS } from './time-window.ts'
import { activePanel, type Step, type ViewContext, type ViewState } from './view-state.ts'

interface Command {
  name: string
  /** Named in help, e.g. `24h`; absent: it takes none. */
  argument?: string
  /** Whether it does something without its argument. */
  optional?: boolean
  does: string
  offers?(context: ViewContext, state: ViewState | null): readonly string[]
  /** Why the argument is none, or null. */
  hint?(argument: string, context: ViewContext): string | null
  run(state: ViewState, argument: string, context: ViewContext): Step
}

const TABLES: readonly [name: string, panel: PanelId][] = [
  ['clients', 'clients'],
  ['services', 'services'],
  ['issuers', 'issuers'],
  ['hosts', 'hosts'],
]

export const COMMANDS: readonly Command[] = [
  ...SCREENS.map(({ id, title }): Command => ({ name: id, does: `go to ${title}`, run: (state) => goTo(state, id) })),
  ...TABLES.map(
    ([name, panel]): Command => ({
      name,
      does: `go to the table of ${name}`,
      run: (state) => goTo(state, 'who', panel),
    }),
  ),
  {
    name: 'filter',
    argument: 'cause:skew host:a',
    optional: true,
    does: 'filter by these words; none takes the filter off',
    hint: (argument) => parseFilter(argument).hint,
    run: (state, argument) => load(withFilter({ ...state, open: [] }, argument)),
  },
  {
    name: 'range',
    argument: '24h',
    does: 'show this much time: 15m, 24h, 7d or all',
    offers: () => RANGE_WORDS,
    hint: (argument) => (parseLength(argument) === null ? 'a length such as 15m, 24h or 7d is needed, or all' : null),
    run: (state, argument) => load({ ...state, length_ms: parseLength(argument) ?? state.length_ms }),
  },
  {
    name: 'at',
    argument: '09:14',
    does: 'show the time up to then: 09:14, 2026-11-16, 2h (ago)',
    hint: (argument, { moment }) =>
      moment(argument) === null ? 'a time such as 09:14, 2026-11-16T09:14:00Z, 2h or yesterday is needed' : null,
    run: (state, argument, { moment, now_ms }) => {
      const at = moment(argument) ?? now_ms
      return load({
        ...state,
        end: at >= now_ms ? 'now' : at,
        ...(state.length_ms === 'all' ? { length_ms: 3_600_000 } : {}),
      })
    },
  },
  { name: 'now', does: 'back to now', run: (state) => load({ ...state, end: 'now' }) },
  {
    name: 'sort',
    argument: 'failures',
    optional: true,
    does: 'order the table by a column',
    offers: ({ sortable }, state) => (state === null ? [] : (sortable[activePanel(state)] ?? [])),
    run(state, argument, context) {
      const panel = activePanel(state)
      if (argument === '') return nextSort(state, context)
      const columns = context.sortable[panel] ?? []
      return columns.includes(argument)
        ? sortBy(state, panel, argument)
        : stay(state, `no column "${argument}"; columns: ${columns.join(' ')}`)
    },
  },
  { name: 'reverse', does: 'turn the order round', run: (state, _, context) => reverseSort(state, context) },
  {
    name: 'export',
    argument: 'csv',
    does: 'write the view to a file: json, csv or markdown',
    offers: () => EXPORT_FORMATS.map(({ format }) => format),
    hint: (argument) =>
      EXPORT_FORMATS.some((each) => isCalled(each, argument)) ? null : 'json, csv or markdown is needed',
    run: (state, argument) => ({
      state,
      effects: EXPORT_FORMATS.filter((each) => isCalled(each, argument)).map(({ format }) => ({ export: format })),
    }),
  },
  { name: 'copy', does: 'copy the row or text to the clipboard', run: (state) => ({ state, effects: ['copy'] }) },
  { name: 'open', does: 'show the view in $PAGER', run: (state) => ({ state, effects: ['page'] }) },
  {
    name: 'sql',
    argument: 'SELECT …',
    does: 'ask the store in SQL, as ; does',
    run: (state, argument) => ({ state: openText(state, { kind: 'sql', scroll: 0 }), effects: [{ sql: argument }] }),
  },
  { name: 'pause', does: 'freeze the screen, or go on', run: (state, _, { now_ms }) => pause(state, now_ms) },
  { name: 'utc', does: 'times in UTC', run: (state) => stay({ ...state, zone: 'utc' }) },
  { name: 'local', does: 'times in local time', run: (state) => stay({ ...state, zone: 'local' }) },
  { name: 'redraw', does: 'draw the screen anew', run: (state) => ({ state, effects: ['redraw'] }) },
  { name: 'help', does: 'this help', run: (state) => openHelp(state) },
  { name: 'quit', does: 'leave', run: (state) => ({ state, effects: ['quit'] }) },
]

/** `:q` is in everybody's fingers. */
const ALIASES: Readonly<Record<string, string>> = { q: 'quit', 'q!': 'quit', h: 'help' }

function split(text: string): { name: string; argument: string | null } {
  const trimmed = text.trimStart()
  const blank = trimmed.indexOf(' ')
  return blank < 0
    ? { name: trimmed, argument: null }
    : { name: trimmed.slice(0, blank), argument: trimmed.slice(blank + 1).trim() }
}

function commandNamed(name: string): Command | null {
  const wanted = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name
  const exact = COMMANDS.find((command) => command.name === wanted)
  if (exact !== undefined) return exact
  // As in other programs, the head of a name will do where only one begins like it.
  const [only, ...more] = COMMANDS.filter((command) => name !== '' && command.name.startsWith(name))
  return only !== undefined && more.length === 0 ? only : null
}

export function commandHint(text: string, context: ViewContext): string | null {
  if (text.trim() === '') return null
  const { name, argument } = split(text)
  const command = commandNamed(name)
  if (command === null) return `no command "${name}"; Tab shows them, :help says what they do`
  if (command.argument === undefined) return argument ? `:${command.name} takes nothing behind it` : null
  if ((argument ?? '') === '')
    return command.optional ? null : `:${command.name} wants ${command.argument} or the like behind it`
  return command.hint?.(argument ?? '', context) ?? null
}

export function commandCompletions(text: string, context: ViewContext): string[] {
  const { name, argument } = split(text)
  if (argument === null)
    return COMMANDS.filter((command) => command.name.startsWith(name)).map((command) => command.name)
  const command = commandNamed(name)
  return (command?.offers?.(context, null) ?? [])
    .filter((offer) => offer.startsWith(argument))
    .map((offer) => `${command?.name} ${offer}`)
}

export function runCommand(state: ViewState, text: string, context: ViewContext): Step {
  const { name, argument } = split(text)
  const command = commandNamed(name)
  return command === null ? stay(state) : command.run(state, argument ?? '', context)
}

/** By its name, or as files of it end: `markdown`, `md`. */
function isCalled({ format, ending }: (typeof EXPORT_FORMATS)[number], argument: string): boolean {
  return format === argument || ending === argument
}
