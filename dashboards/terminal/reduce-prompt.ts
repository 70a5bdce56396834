/**
 * Keys while something is typed below the panels: a filter (`/`), words to look for in an open text (`/` there), a command
 * (`:`), SQL (`;`), or the letter of an export format (`x`). What a command does is decided in commands.ts.
 */
import { durationMs } from '../../src/core/duration.ts'
import { alertAtHand } from './alert-at-hand.ts'
import { commandCompletions, commandHint, runCommand } from './commands.ts'
import { EXPORT_FORMATS, type ExportFormat } from './export-text.ts'
import { completions, parseFilter, withoutLastWord } from './filter-words.ts'
import type { KeyPress } from './key-press.ts'
import { load, openText, stay, withFilter } from './state-change.ts'
import { type Prompt, type PromptKind, type Step, topText, type ViewContext, type ViewState } from './view-state.ts'

/** Longer text was not typed by hand; characters. */
const PROMPT_LIMIT = 500
/** Entries kept per kind of prompt; count. */
const HISTORY_LIMIT = 50

export function openPrompt(state: ViewState, kind: PromptKind, text: string, context: ViewContext): Step {
  const empty: Prompt = { kind, text: '', hint: null, offered: [], chosen: -1, back: 0 }
  return stay({ ...state, prompt: editPrompt(empty, text, context) })
}

/** The prompt with another text: what is wrong with it, and how it could go on. */
export function editPrompt({ kind }: Prompt, text: string, context: ViewContext): Prompt {
  const kept = text.slice(0, PROMPT_LIMIT)
  return {
    kind,
    text: kept,
    hint: hintFor(kind, kept, context),
    offered: offersFor(kind, kept, context),
    chosen: -1,
    back: 0,
  }
}

function hintFor(kind: PromptKind, text: string, context: ViewContext): string | null {
  if (kind === 'filter') return parseFilter(text).hint
  if (kind === 'silence') return durationMs(text) === null ? 'how long? 30m, 2h, 7d' : null
  return kind === 'command' ? commandHint(text, context) : null
}

function offersFor(kind: PromptKind, text: string, context: ViewContext): readonly string[] {
  if (kind === 'filter') return completions(text, context.seen)
  return kind === 'command' ? commandCompletions(text, context) : []
}

export function reducePrompt(state: ViewState, prompt: Prompt, key: KeyPress, context: ViewContext): Step {
  if (prompt.kind === 'export') return chooseFormat(state, key)
  const edit = (text: string) => stay({ ...state, prompt: editPrompt(prompt, text, context) })
  switch (key.name) {
    case 'escape':
      return stay({ ...state, prompt: null })
    case 'enter':
      return submit(state, prompt, context)
    case 'backspace':
    case 'delete':
      if (prompt.text === '') return stay({ ...state, prompt: null })
      return edit([...prompt.text].slice(0, -1).join(''))
    case 'ctrl_u':
      return edit('')
    case 'ctrl_w':
      return edit(withoutLastWord(prompt.text))
    case 'up':
      return fromHistory(state, prompt, 1, context)
    case 'down':
      return fromHistory(state, prompt, -1, context)
    case 'tab':
    case 'shift_tab':
      return stay({ ...state, prompt: completed(prompt, key.name === 'tab' ? 1 : -1, context) })
    case 'char':
      return edit(prompt.text + key.char)
    default:
      return stay(state)
  }
}

function submit(state: ViewState, prompt: Prompt, context: ViewContext): Step {
  const text = prompt.text.trim()
  if (prompt.hint !== null) return stay({ ...state, prompt: { ...prompt, offered: [] } })
  const done: ViewState = { ...state, prompt: null, history: remembered(state.history, prompt.kind, text) }
  switch (prompt.kind) {
    case 'filter':
      return load(withFilter(done, text))
    case 'search':
      return search(done, text.toLowerCase(), context)
    case 'command':
      return text === '' ? stay(done) : runCommand(done, text, context)
    case 'sql':
      return text === '' ? stay(done) : { state: openText(done, { kind: 'sql', scroll: 0 }), effects: [{ sql: text }] }
    case 'silence': {
      const alert = alertAtHand(state, context)
      if (alert === null) return stay(done)
      return { state: done, effects: [{ silence: alert, length_ms: durationMs(text) ?? 0 }] }
    }
    case 'export':
      return stay(done)
  }
}

function search(state: ViewState, words: string, { find, scroll_limit }: ViewContext): Step {
  const text = topText(state)
  if (words === '' || text === null) return stay({ ...state, search: null })
  const found = find(words)
  if (found.length === 0) return stay({ ...state, search: null }, `nothing in this text holds "${words}"`)
  const row = found.find((each) => each >= text.scroll) ?? found[0]!
  const open = [...state.open.slice(0, -1), { ...text, scroll: Math.min(row, scroll_limit) }]
  return stay({ ...state, search: words, open })
}

function chooseFormat(state: ViewState, key: KeyPress): Step {
  const closed = { ...state, prompt: null }
  if (key.name !== 'char') return stay(closed)
  const format = EXPORT_FORMATS.find(({ letter }) => letter === key.char.toLowerCase())?.format as
    | ExportFormat
    | undefined
  return format === undefined ? stay(closed) : { state: closed, effects: [{ export: format }] }
}

function remembered(history: ViewState['history'], kind: PromptKind, text: string): ViewState['history'] {
  const before = history[kind] ?? []
  if (text === '' || before.at(-1) === text) return history
  return { ...history, [kind]: [...before, text].slice(-HISTORY_LIMIT) }
}

function fromHistory(state: ViewState, prompt: Prompt, by: 1 | -1, context: ViewContext): Step {
  const entries = state.history[prompt.kind] ?? []
  const back = Math.max(0, Math.min(entries.length, prompt.back + by))
  const text = back === 0 ? '' : (entries[entries.length - back] ?? '')
  return stay({ ...state, prompt: { ...editPrompt(prompt, text, context), back } })
}

function completed(prompt: Prompt, direction: 1 | -1, context: ViewContext): Prompt {
  const { offered } = prompt
  if (offered.length === 0) return prompt
  const chosen =
    (prompt.chosen + direction + (prompt.chosen < 0 && direction < 0 ? 1 : 0) + offered.length) % offered.length
  const text = offered[chosen] ?? prompt.text
  return { ...prompt, text, chosen, hint: hintFor(prompt.kind, text, context) }
}
