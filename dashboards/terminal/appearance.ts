/**
 * How to draw on this terminal, read off the environment: colour depth, background, ASCII or Unicode, zone.
 * Pure: environment and stream facts are parameters. Options of the user come first, then conventions (no-color.org,
 * `COLORFGBG`), then the locale (POSIX: `LC_ALL`, `LC_CTYPE`, `LANG`).
 */
import { type Background, type ColourDepth, type Theme, themeFor } from './theme.ts'

export interface Appearance {
  theme: Theme
  ascii: boolean
  /** No colours at all: what they mean has to be said by letters. */
  monochrome: boolean
}

export interface AppearanceOptions {
  ascii?: boolean
  colour?: ColourDepth
  background?: Background
}

/** @param depth_bits colour depth of the terminal, bits per cell, as `tty.WriteStream#getColorDepth` gives it (1, 4, 8, 24) */
export function appearanceFor(
  env: Readonly<Record<string, string | undefined>>,
  depth_bits: number,
  options: AppearanceOptions = {},
): Appearance {
  const depth = options.colour ?? colourDepth(env, depth_bits)
  return {
    theme: themeFor(depth, options.background ?? background(env)),
    monochrome: depth === 'none',
    ascii: options.ascii ?? !isUnicode(env),
  }
}

function colourDepth(env: Readonly<Record<string, string | undefined>>, depth_bits: number): ColourDepth {
  if ((env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return 'none'
  if (depth_bits >= 8) return '256'
  return depth_bits >= 4 ? '16' : 'none'
}

/** `COLORFGBG` is `foreground;background` (rxvt, Konsole); 7 and 9–15 are the light ones. */
function background(env: Readonly<Record<string, string | undefined>>): Background {
  const code = Number(env.COLORFGBG?.split(';').at(-1) || Number.NaN)
  return code === 7 || (code >= 9 && code <= 15) ? 'light' : 'dark'
}

function isUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.TERM === 'linux') return false
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  // Nothing set at all is a bare container far more often than a terminal that cannot: those send UTF-8 on.
  return locale === '' ? true : /utf-?8/i.test(locale)
}
