/** Where the texts of signatures are documented: the first address each pack names, the emitter's own source or manual. */
import type { SignatureSet } from '../signatures/load.ts'

/** One address a pack, in the order of the ids (`pack/name`); own packs may name none that is an address. */
export function sourcesOf(ids: readonly string[], { sources }: Pick<SignatureSet, 'sources'>): string[] {
  const packs = new Set(ids.map((id) => id.slice(0, id.indexOf('/'))))
  return [...packs].flatMap((pack) => sources[pack]?.find((source) => /^https?:\/\/\S+$/.test(source)) ?? [])
}
