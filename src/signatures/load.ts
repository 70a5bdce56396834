/**
 * Loads the built-in packs (compiled at build time, so that start-up reads no YAML) and a user's own from a folder.
 * Bad packs are problems to report, never a reason to stop.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { PackProblem } from './parse-pack.ts'
import { stemsOf } from './prefilter.ts'
import { rareWindows, type WindowPlaces } from './rare-windows.ts'
import type { Pack, Signature } from './signature.ts'
import { parseStem } from './stem-scanner.ts'
import { narrowed } from './text-bytes.ts'

export interface SignatureSet {
  signatures: readonly Signature[]
  /** Words that every matching record contains at least one of. */
  stems: readonly string[]
  /** Chosen when the packs were compiled. */
  windows?: WindowPlaces
  /** Pack name → where its texts were taken from: the emitter's own source or documentation. */
  sources: Readonly<Record<string, readonly string[]>>
  /** Full packs with their proofs; only when loaded from YAML or asked for. */
  packs: readonly Pack[]
  problems: readonly PackProblem[]
}

interface CompiledSignatures {
  signatures: Signature[]
  stems: string[]
  windows: WindowPlaces
  sources: Record<string, readonly string[]>
}

const HERE = import.meta.dirname
const COMPILED = join(HERE, 'packs.compiled.json')
export const PACKS_FOLDER = join(HERE, 'packs')
/** Share of the lines of a production log that speak of tokens, about. */
const SPEAKING_LINES = 0.03
/** No honest pack comes near this; bytes. */
const PACK_SIZE_LIMIT = 4 * 1024 * 1024

/** What recognising needs; `folders` are the user's own pack folders. */
export async function loadSignatures(folders: readonly string[] = []): Promise<SignatureSet> {
  const builtIn: SignatureSet = existsSync(COMPILED)
    ? { ...(JSON.parse(readFileSync(COMPILED, 'utf8')) as CompiledSignatures), packs: [], problems: [] }
    : await loadPacks([PACKS_FOLDER])
  if (folders.length === 0) return builtIn
  const own = await loadPacks(folders)
  const taken = new Set(builtIn.signatures.map((s) => s.id))
  const fresh = own.signatures.filter((s) => !taken.has(s.id))
  return {
    ...builtIn,
    signatures: [...builtIn.signatures, ...fresh],
    stems: [...new Set([...builtIn.stems, ...own.stems])],
    sources: { ...own.sources, ...builtIn.sources },
    packs: [...builtIn.packs, ...own.packs],
    problems: [
      ...own.problems,
      ...own.signatures
        .filter((s) => taken.has(s.id))
        .map((s) => ({
          file: 'own packs',
          place: s.id,
          text: 'this id belongs to a built-in signature; choose another',
        })),
    ],
  }
}

/** Everything about the packs of these folders, from their YAML. */
export async function loadPacks(folders: readonly string[]): Promise<SignatureSet> {
  const { parsePack } = await import('./parse-pack.ts')
  const packs: Pack[] = []
  const problems: PackProblem[] = []
  for (const folder of folders)
    for (const file of readdirSync(folder).sort()) {
      if (!/\.ya?ml$/.test(file)) continue
      const path = join(folder, file)
      if (statSync(path).size > PACK_SIZE_LIMIT) {
        problems.push({ file: path, place: '', text: `larger than ${PACK_SIZE_LIMIT} bytes` })
        continue
      }
      const parsed = parsePack(basename(path), readFileSync(path, 'utf8'))
      problems.push(...parsed.problems)
      if (parsed.pack !== null) packs.push(parsed.pack)
    }
  const signatures = packs.flatMap((p) => p.signatures)
  const sources = Object.fromEntries(packs.map(({ name, source }) => [name, source]))
  return { signatures, stems: stemsOf(signatures), sources, packs, problems }
}

/** What the build writes to `packs.compiled.json`. */
export function compiledSignatures(set: SignatureSet): CompiledSignatures {
  const literals = new Set(set.signatures.flatMap(({ contains, any, unless }) => [...contains, ...any, ...unless]))
  const windows = {
    ...rareWindows([...literals].map(narrowed)),
    ...rareWindows(
      set.stems.map((stem) => parseStem(stem).text),
      SPEAKING_LINES,
    ),
  }
  return { signatures: [...set.signatures], stems: [...set.stems], windows, sources: { ...set.sources } }
}
