import type { Key } from 'ink'
import { describe, expect, test } from 'vitest'
import { decodeKeys } from '../../../../dashboards/terminal/key-press.ts'

const NO_KEY: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
}

describe('keys', () => {
  test('typed fast come as one chunk and are taken one by one', () => {
    expect(decodeKeys('jj/a\r', NO_KEY)).toEqual([
      { name: 'char', char: 'j' },
      { name: 'char', char: 'j' },
      { name: 'char', char: '/' },
      { name: 'char', char: 'a' },
      { name: 'enter' },
    ])
  })
  test('with Control are named, unknown ones ignored', () => {
    expect(decodeKeys('l', { ...NO_KEY, ctrl: true })).toEqual([{ name: 'ctrl_l' }])
    expect(decodeKeys('\x03', NO_KEY)).toEqual([{ name: 'ctrl_c' }])
    expect(decodeKeys('k', { ...NO_KEY, ctrl: true })).toEqual([])
  })
  test('that Ink has no name for are function keys', () => {
    expect(decodeKeys('', NO_KEY)).toEqual([{ name: 'function' }])
  })
  test('of the arrows and Tab go by name', () => {
    expect(decodeKeys('', { ...NO_KEY, downArrow: true })).toEqual([{ name: 'down' }])
    expect(decodeKeys('', { ...NO_KEY, tab: true, shift: true })).toEqual([{ name: 'shift_tab' }])
  })
  test('released, or held with Alt, do nothing', () => {
    expect(decodeKeys('q', { ...NO_KEY, eventType: 'release' })).toEqual([])
    expect(decodeKeys('q', { ...NO_KEY, meta: true })).toEqual([])
  })
  test('are bounded when a paste comes without brackets', () => {
    expect(decodeKeys('x'.repeat(100_000), NO_KEY).length).toBe(256)
  })
})
