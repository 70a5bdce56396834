/**
 * What the styles look like: SGR codes per style for four colour depths and two backgrounds. Hues are those of Okabe
 * and Ito's palette, which people with any colour vision tell apart; no meaning is carried by colour alone.
 * Leaves the choice of depth to appearance.ts. Invariant: without colour no style uses any (`NO_COLOR`).
 */
import type { Cause } from '../../src/core/cause.ts'

export type Style =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'title'
  | 'head'
  | 'accent'
  | 'good'
  | 'warn'
  | 'bad'
  | 'key'
  | 'selected'
  | 'selected_idle'
  | Cause

export type ColourDepth = 'none' | '16' | '256'
export type Background = 'dark' | 'light'

/** SGR parameters (ECMA-48 §8.3.117) per style; empty: the terminal's own. */
export type Theme = Readonly<Record<Style, string>>

const BOLD = '1'
const DIM = '2'
const UNDERLINE = '4'
const INVERSE = '7'

const WITHOUT_COLOUR: Theme = {
  plain: '',
  dim: DIM,
  strong: BOLD,
  title: `${BOLD};${UNDERLINE}`,
  head: UNDERLINE,
  accent: BOLD,
  good: '',
  warn: BOLD,
  bad: BOLD,
  key: UNDERLINE,
  selected: INVERSE,
  selected_idle: UNDERLINE,
  unknown: BOLD,
  skew: '',
  expiry: '',
  revocation: '',
  misconfiguration: '',
  malformed: '',
  misuse: '',
  outage: '',
}

const SIXTEEN: Theme = {
  ...WITHOUT_COLOUR,
  title: `${BOLD};${UNDERLINE};36`,
  accent: '36',
  good: '36',
  warn: '33',
  bad: `${BOLD};31`,
  key: `${BOLD};36`,
  unknown: `${BOLD};35`,
  skew: '33',
  expiry: '36',
  revocation: '35',
  misconfiguration: `${BOLD};33`,
  malformed: '34',
  misuse: '32',
  outage: '31',
}

/** Okabe and Ito, nearest colours of the 256-colour cube. */
const COLOURS_ON_DARK: Theme = {
  ...SIXTEEN,
  title: `${BOLD};38;5;117;48;5;236`,
  head: '38;5;250;48;5;236',
  accent: '38;5;117',
  good: '38;5;79',
  warn: '38;5;214',
  bad: `${BOLD};38;5;209`,
  key: `${BOLD};38;5;117`,
  unknown: `${BOLD};38;5;231`,
  skew: '38;5;214',
  expiry: '38;5;117',
  revocation: '38;5;176',
  misconfiguration: '38;5;227',
  malformed: '38;5;75',
  misuse: '38;5;79',
  outage: '38;5;209',
}

const COLOURS_ON_LIGHT: Theme = {
  ...SIXTEEN,
  title: `${BOLD};38;5;25;48;5;254`,
  head: '38;5;240;48;5;254',
  accent: '38;5;25',
  good: '38;5;29',
  warn: '38;5;130',
  bad: `${BOLD};38;5;160`,
  key: `${BOLD};38;5;25`,
  unknown: `${BOLD};38;5;16`,
  skew: '38;5;130',
  expiry: '38;5;31',
  revocation: '38;5;132',
  misconfiguration: '38;5;94',
  malformed: '38;5;25',
  misuse: '38;5;29',
  outage: '38;5;160',
}

export function themeFor(depth: ColourDepth, background: Background): Theme {
  if (depth === 'none') return WITHOUT_COLOUR
  if (depth === '16') return SIXTEEN
  return background === 'light' ? COLOURS_ON_LIGHT : COLOURS_ON_DARK
}
