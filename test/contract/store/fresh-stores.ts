/** Stores for contract tests: each new and open for writing and reading, all closed and removed when their test has ended. */
import { afterEach } from 'vitest'
import type { StoreReader, StoreWriter } from '../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import type { StoreEngine, StorePlace } from './store-engine.ts'

export interface FreshStore {
  place: StorePlace
  writer: StoreWriter
  reader: StoreReader
  /** To be done when the test has ended, before all this is closed. */
  atEnd(step: () => Promise<void>): void
}

/** To be called inside the `describe` whose tests use what it returns. */
export function freshStores(engine: StoreEngine): () => Promise<FreshStore> {
  const undo: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })
  return async () => {
    const place = await engine.place()
    undo.push(() => place.remove())
    const writer = await openWriter(place.location)
    undo.push(() => writer.close())
    const reader = await openReader(place.location)
    undo.push(() => reader.close())
    return { place, writer, reader, atEnd: (step) => void undo.push(step) }
  }
}
