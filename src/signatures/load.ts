/**
 * Loads the built-in packs (compiled at build time, so that start-up reads no YAML) and a user's own from a folder.
 * Bad packs are problems to report, never a reason to stop.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { inRank } from './in-rank.ts'
import type { PackProblem } from './parse-pack.ts'
import { prefilterOf } from './prefilter-of.ts'
import { rareWindows, type WindowPlaces } from './rare-windows.ts'
import type { Pack, Signature } from './signature.ts'
import { type RuleSet, type StemRule, stemsOfRules } from './stem-rules.ts'
import { parseStem } from './stem-scanner.ts'
import { narrowed } from './text-bytes.ts'

export interface SignatureSet {
  signatures: readonly Signature[]
  /** Words that every matching record contains at least one of. */
  stems: readonly string[]
  /** What else stands in it; read when asked for. */
  rules: () => RuleSet
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
  /** JSON in JSON, because a start does not need it. */
  rules: string
  windows: WindowPlaces
  sources: Record<string, readonly string[]>
}

const HERE = import.meta.dirname
const COMPILED = join(HERE, 'packs.compiled.json')
export const PACKS_FOLDER = join(HERE, 'packs')
/** Folder beside packs with the lists they share. */
const LISTS = 'lists'
/** Share of the lines of a production log that speak of tokens, about. */
const SPEAKING_LINES = 0.03
/** No honest pack comes near this; bytes. */
const PACK_SIZE_LIMIT = 4 * 1024 * 1024

/** What recognising needs; `folders` are the user's own pack folders. */
export async function loadSignatures(folders: readonly string[] = []): Promise<SignatureSet> {
  const builtIn = existsSync(COMPILED) ? readCompiled() : await loadPacks([PACKS_FOLDER])
  if (folders.length === 0) return builtIn
  const own = await loadPacks(folders)
  const taken = new Set(builtIn.signatures.map((s) => s.id))
  const fresh = own.signatures.filter((s) => !taken.has(s.id))
  return {
    ...builtIn,
    signatures: [...builtIn.signatures, ...fresh],
    stems: [...new Set([...builtIn.stems, ...own.stems])],
    rules: () => ({ ...builtIn.rules(), rules: [...builtIn.rules().rules, ...own.rules().rules] }),
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

function readCompiled(): SignatureSet {
  const { rules, ...compiled } = JSON.parse(readFileSync(COMPILED, 'utf8')) as CompiledSignatures
  return { ...compiled, rules: () => unpackRules(rules), packs: [], problems: [] }
}

/** First stem, all others, some others. */
type PackedRule = [StemRule['first'], StemRule['all'], StemRule['some']]

function packRules({ rules }: RuleSet): string {
  const packed = rules.map(({ first, all, some }): PackedRule => [first, all, some])
  const windows = rareWindows(stemsOfRules(rules).map((stem) => parseStem(stem).text))
  return JSON.stringify([packed, windows])
}

function unpackRules(text: string): RuleSet {
  const [packed, windows] = JSON.parse(text) as [PackedRule[], WindowPlaces]
  return { rules: packed.map(([first, all, some]) => ({ first, all, some })), windows }
}

/** Everything about the packs of these folders, from their YAML; they may use our lists and those of the folders' own `lists/`. */
export async function loadPacks(folders: readonly string[]): Promise<SignatureSet> {
  const { parseList, parsePack } = await import('./parse-pack.ts')
  const packs: Pack[] = []
  const problems: PackProblem[] = []
  const lists = new Map<string, readonly string[]>()
  for (const folder of new Set([PACKS_FOLDER, ...folders]))
    for (const { file, text } of yamlOf(join(folder, LISTS), problems)) {
      const { list, problems: found } = parseList(file, text)
      problems.push(...found)
      if (list !== undefined) lists.set(list.name, list.texts)
    }
  for (const folder of folders)
    for (const { file, text } of yamlOf(folder, problems)) {
      const parsed = parsePack(file, text, lists)
      problems.push(...parsed.problems)
      if (parsed.pack !== null) packs.push(parsed.pack)
    }
  const signatures = packs.flatMap((p) => p.signatures)
  const sources = Object.fromEntries(packs.map(({ name, source }) => [name, source]))
  const { stems, rules } = prefilterOf(signatures)
  return { signatures, stems, rules: () => ({ rules }), sources, packs, problems }
}

/** The YAML files right in a folder, by name; one that is too large is a problem. No such folder: none. */
function yamlOf(folder: string, problems: PackProblem[]): { file: string; text: string }[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  const files: { file: string; text: string }[] = []
  for (const file of readdirSync(folder).sort()) {
    if (!/\.ya?ml$/.test(file)) continue
    const path = join(folder, file)
    if (statSync(path).size > PACK_SIZE_LIMIT)
      problems.push({ file: path, place: '', text: `larger than ${PACK_SIZE_LIMIT} bytes` })
    else files.push({ file: basename(path), text: readFileSync(path, 'utf8') })
  }
  return files
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
  const rules = packRules(set.rules())
  return { signatures: inRank(set.signatures), stems: [...set.stems], rules, windows, sources: { ...set.sources } }
}
