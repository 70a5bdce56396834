/** What a command or screen shows: a half-open time range on the writer's clock and conditions on dimensions. */

/** [from_ms, to_ms), epoch ms. */
export interface TimeRange {
  from_ms: number
  to_ms: number
}

export const FILTER_FIELDS = ['cause', 'subcause', 'kind', 'host', 'service', 'client_id', 'issuer', 'system'] as const
export type FilterField = (typeof FILTER_FIELDS)[number]

/** Values of one field are alternatives; different fields must all hold; `exclude` takes away. */
export interface Filter {
  include: Partial<Record<FilterField, readonly string[]>>
  exclude: Partial<Record<FilterField, readonly string[]>>
}

export const NO_FILTER: Filter = { include: {}, exclude: {} }
