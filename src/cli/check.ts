/** `authtop check`: does everything authtop relies on hold on this machine? */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { checkFormats } from '../../collectors/formats/check.ts'
import { loadFormatSources } from '../../collectors/formats/load.ts'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { checkPacks } from '../app/check-knowledge.ts'
import { Classifier } from '../app/classifier.ts'
import { clockState } from '../app/clock-state.ts'
import { loadKnowledge, userFolder } from '../app/knowledge.ts'
import { StoreRefusal } from '../core/ports/store.ts'
import { loadPacks, PACKS_FOLDER } from '../signatures/load.ts'
import { openReader } from '../store/index.ts'
import { shownLocation } from '../store/shown-location.ts'
import { EXIT } from './exit-code.ts'
import { print } from './output.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'

interface Options extends StoreOptions {
  json?: boolean
  unknown?: boolean
}

interface Finding {
  check: string
  ok: boolean
  text: string
}

const UNKNOWN_ROWS = 50

export function checkCommand(program: Command): void {
  const command = program
    .command('check')
    .summary('prove packs and formats, look at store and clock')
    .description(
      'Runs every example and near miss of all signature packs and formats (built-in and your own), opens the store and looks at the state of this machine’s clock.',
    )
    .option('--json', 'one JSON array')
    .option('--unknown', 'only list the shapes of messages in the store that no signature recognises')
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop check
  $ authtop check --unknown --db week.db

Exit codes: 0 all is well, 1 something is wrong, 2 wrong usage, 3 cannot read the store (--unknown).`,
  )
  command.action(async (options: Options) => {
    if (options.unknown) return listUnknown(options)
    const findings = [...(await checkPacksAndFormats()), await checkStore(options), ...(await checkClock())]
    await print(
      options.json
        ? `${JSON.stringify(findings)}\n`
        : findings.map((f) => `${f.ok ? 'ok    ' : 'WRONG '} ${f.check}: ${toPrintable(f.text)}\n`).join(''),
    )
    if (findings.some((f) => !f.ok)) process.exitCode = EXIT.alarming
  })
}

async function checkPacksAndFormats(): Promise<Finding[]> {
  const own = userFolder('packs', process.env)
  const folders = [PACKS_FOLDER, ...(existsSync(own) ? [own] : [])]
  const set = await loadPacks(folders)
  const knowledge = await loadKnowledge(process.env)
  const classifier = new Classifier({ ...knowledge, signatures: set }, randomBytes(32), 'UTC', {
    prefilter_patience: 0,
  })
  const proofs = set.packs.flatMap((p) => p.proofs)
  const packProblems = [
    ...set.problems.map((p) => `${p.file}: ${p.place}: ${p.text}`),
    ...checkPacks(set.packs, classifier).map((p) => `${p.place}: ${p.text}`),
  ]
  const formats = loadFormatSources()
  const formatProblems = checkFormats(formats)
  const examples = proofs.reduce((n, p) => n + p.examples.length, 0)
  const near = proofs.reduce((n, p) => n + p.not.length, 0)
  return [
    ...packProblems.map((text) => ({ check: 'pack', ok: false, text })),
    {
      check: 'packs',
      ok: packProblems.length === 0,
      text: `${set.packs.length} packs, ${set.signatures.length} signatures, ${examples} examples, ${near} near misses`,
    },
    ...formatProblems.map((p) => ({ check: 'format', ok: false, text: `${p.place}: ${p.text}` })),
    { check: 'formats', ok: formatProblems.length === 0, text: `${formats.formats.length} formats` },
  ]
}

async function checkStore(options: Options): Promise<Finding> {
  const location = shownLocation(storeLocation(options, process.env))
  try {
    const reader = await openReader(storeLocation(options, process.env))
    const extent = await reader.extent()
    await reader.close()
    const what = extent === null ? 'empty' : `records from ${iso(extent.from_ms)} to ${iso(extent.to_ms)}`
    return { check: 'store', ok: true, text: `${location}: ${what}` }
  } catch (error) {
    if (!(error instanceof StoreRefusal)) throw error
    return error.reason === 'missing'
      ? { check: 'store', ok: true, text: `${location}: not there yet, made by the first run` }
      : { check: 'store', ok: false, text: `${error.message}; ${error.hint}` }
  }
}

async function checkClock(): Promise<Finding[]> {
  const state = await clockState()
  return [{ check: 'clock', ok: state.synchronised !== false, text: state.text }]
}

async function listUnknown(options: Options): Promise<void> {
  const reader = await openReader(storeLocation(options, process.env))
  try {
    const groups = await reader.unrecognised(UNKNOWN_ROWS)
    if (options.json) return await print(`${JSON.stringify(groups)}\n`)
    if (groups.length === 0) return await print('no unrecognised messages that look like auth failures\n')
    for (const g of groups)
      await print(
        toPrintable(`${g.count} × ${g.system}: ${g.template}`).concat(`\n    e.g. ${toPrintable(g.sample)}\n`),
      )
  } finally {
    await reader.close()
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
