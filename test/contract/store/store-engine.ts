/**
 * What the contract suite has to be told about an engine: where to put stores and how to break them.
 * The suite itself knows only the port.
 */

/** Somewhere a store can be; removed with everything in it. */
export interface StorePlace {
  location: string
  remove(): Promise<void>
}

/** A fault that cannot be made on this machine (no right to mount, for example) is null, and its test is skipped. */
export interface StoreEngine {
  name: string
  /** Share of the random tries that are made: 1 where an answer takes a millisecond, less where it goes over a network. */
  effort: number
  /** A place without a store. */
  place(): Promise<StorePlace>
  /** A place that holds something else. */
  notAStore(): Promise<StorePlace>
  /** Makes the (closed) store at a place look as if a later version had written it. */
  makeNewer(place: StorePlace): Promise<void>
  /** Makes the (closed) store at a place unwritable, for readers to read all the same. */
  makeReadOnly(place: StorePlace): Promise<void> | null
  /** A place with room for about 2 MB; `relieve` makes more. */
  crampedPlace(): Promise<(StorePlace & { relieve(): Promise<void> }) | null>
}
