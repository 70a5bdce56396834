/**
 * The screens in the order of their number keys, and the panels that can hold the cursor. A new screen is one line here
 * and one file beside it.
 */
export const SCREENS = [
  { id: 'overview', title: 'Overview' },
  { id: 'incidents', title: 'Incidents' },
  { id: 'hosts', title: 'Hosts' },
  { id: 'clients', title: 'Clients' },
  { id: 'sources', title: 'Sources' },
] as const

/** The number key of a screen. */
export function screenNumber(id: ScreenId): number {
  return SCREENS.findIndex((screen) => screen.id === id) + 1
}

export type ScreenId = (typeof SCREENS)[number]['id']

/** Every screen but the overview is one panel of the same name. */
export type PanelId = 'causes' | Exclude<ScreenId, 'overview'>

export const OVERVIEW_PANELS = ['causes', 'incidents', 'hosts', 'clients'] as const satisfies readonly PanelId[]
