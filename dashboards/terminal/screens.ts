/**
 * The screens in the order of their number keys, and the panels that can hold the cursor, in the order of Tab. A new
 * screen is one entry here, a table or a panel beside it, and what it reads in src/app/dashboard-data.ts.
 */
export const SCREENS = [
  { id: 'overview', title: 'Overview' },
  { id: 'incidents', title: 'Incidents' },
  { id: 'clocks', title: 'Clocks' },
  { id: 'who', title: 'Who' },
  { id: 'findings', title: 'Findings' },
  { id: 'sources', title: 'Sources' },
] as const

export type ScreenId = (typeof SCREENS)[number]['id']

export const PANELS_OF = {
  overview: ['findings', 'causes', 'incidents'],
  incidents: ['incidents'],
  clocks: ['clocks'],
  who: ['hosts', 'clients', 'services', 'issuers'],
  findings: ['findings'],
  sources: ['sources'],
} as const satisfies Record<ScreenId, readonly string[]>

export type PanelId = (typeof PANELS_OF)[ScreenId][number]

export const PANEL_IDS = [...new Set(Object.values(PANELS_OF).flat())] as readonly PanelId[]

/** The number key of a screen. */
export function screenNumber(id: ScreenId): number {
  return SCREENS.findIndex((screen) => screen.id === id) + 1
}

export function panelsOf(screen: ScreenId): readonly PanelId[] {
  return PANELS_OF[screen]
}
