/**
 * Key presses as the reducer knows them, made from what Ink reports. One chunk of input may hold several keys (fast
 * typing, `tmux send-keys`), so decoding gives a list.
 * Invariant: a name is either one printable character or one of the words below; unknown sequences give none.
 */
import type { Key } from 'ink'

export type KeyPress =
  | { name: NamedKey }
  /** 0-based; only where the mouse was asked for. */
  | { name: 'click' | 'wheel_up' | 'wheel_down'; column: number; row: number }
  /** One printable character (grapheme parts come one by one). */
  | { name: 'char'; char: string }

export type NamedKey =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page_up'
  | 'page_down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'shift_tab'
  | 'backspace'
  | 'delete'
  | 'function'
  | `ctrl_${ControlLetter}`

const CONTROL_LETTERS = ['a', 'c', 'd', 'e', 'l', 'u', 'w', 'z'] as const
type ControlLetter = (typeof CONTROL_LETTERS)[number]

/** A longer chunk is no typing but a paste without brackets; characters. */
const CHUNK_LIMIT = 256

export function decodeKeys(input: string, key: Key): KeyPress[] {
  if (key.eventType === 'release') return []
  if (key.upArrow) return [{ name: 'up' }]
  if (key.downArrow) return [{ name: 'down' }]
  if (key.leftArrow) return [{ name: 'left' }]
  if (key.rightArrow) return [{ name: 'right' }]
  if (key.pageUp) return [{ name: 'page_up' }]
  if (key.pageDown) return [{ name: 'page_down' }]
  if (key.home) return [{ name: 'home' }]
  if (key.end) return [{ name: 'end' }]
  if (key.return) return [{ name: 'enter' }]
  if (key.tab) return [{ name: key.shift ? 'shift_tab' : 'tab' }]
  if (key.backspace) return [{ name: 'backspace' }]
  if (key.delete) return [{ name: 'delete' }]
  if (key.escape) return [{ name: 'escape' }]
  if (key.ctrl) return controlKey(input)
  if (key.meta) return []
  // Ink names no function keys: what is left without text is one of them (or Insert).
  if (input === '') return [{ name: 'function' }]
  return [...input.slice(0, CHUNK_LIMIT)].flatMap(decodeChar)
}

function controlKey(letter: string): KeyPress[] {
  const known = CONTROL_LETTERS.find((name) => name === letter)
  return known === undefined ? [] : [{ name: `ctrl_${known}` }]
}

function decodeChar(char: string): KeyPress[] {
  const code = char.codePointAt(0) ?? 0
  if (code === 0x0d || code === 0x0a) return [{ name: 'enter' }]
  if (code === 0x09) return [{ name: 'tab' }]
  if (code === 0x7f || code === 0x08) return [{ name: 'backspace' }]
  if (code === 0x1b) return [{ name: 'escape' }]
  if (code < 0x20) return controlKey(String.fromCharCode(code + 0x60))
  return code >= 0x80 && code < 0xa0 ? [] : [{ name: 'char', char }]
}
