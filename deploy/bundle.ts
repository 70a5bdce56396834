/**
 * Writes the JavaScript of `dist/`: the program as a few dozen files instead of some thousand modules, its own and its packages',
 * because finding, reading and linking them one by one was most of the time from the command to its first line. Types come from
 * tsc and data from src/app/compile-knowledge.ts.
 */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { type Plugin, type RolldownOutput, rolldown } from 'rolldown'

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')
const PROGRAM = 'src/cli/entry'

/** The program, and what it starts or loads by the file's name. */
const STARTED = [
  PROGRAM,
  'src/app/collect-worker',
  'src/app/dashboard-worker',
  'src/app/findings-worker',
  'src/app/writer-worker',
  'src/store/sqlite/sql-process',
  'collectors/formats/parse-format',
]
/** What applications import; it takes all packages from them. */
const IMPORTED = ['src/telemetry/instrumentation/index', 'src/telemetry/instrumentation/auth-instrumentation']

/** Stay in node_modules: native code, code that starts threads of its own or finds files by its place, and what a few commands load. */
const LEFT_OUT =
  /^(?:better-sqlite3|pino|fastify|nodemailer|protobufjs|react-devtools-core|@grpc\/|@clickhouse\/|@opentelemetry\/(?!api$))/
/** A package's name and folder in the path of one of its modules. */
const PACKAGE = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i

/** A module goes on finding files from where it stood, whichever file it is now part of. */
const keepPlaces: Plugin = {
  name: 'keep-places',
  transform(code, id) {
    if (id.includes('node_modules') || !code.includes('import.meta.')) return null
    const file = relative(ROOT, id)
      .split(sep)
      .join('/')
      .replace(/\.tsx?$/, '.js')
    const url = (place: string) => `new URL("@dist/${place}", import.meta.url)`
    const path = (place: string) => `process.getBuiltinModule("node:url").fileURLToPath(${url(place)})`
    return code.replaceAll(/import\.meta\.(url|filename|dirname)\b/g, (_, asked: string) =>
      asked === 'url' ? `${url(file)}.href` : path(asked === 'filename' ? file : dirname(file)),
    )
  },
  renderChunk(code, { fileName }) {
    return code.includes('"@dist/') ? code.replaceAll('"@dist/', `"${posix.relative(dirname(fileName), '.')}/`) : null
  },
}

/**
 * Ink's package for the cursor shows it once more when the process ends, on standard error, terminal or not. What restores the terminal
 * (dashboards/terminal/terminal-guard.ts) has done that by then, where the cursor was hidden.
 */
const sparesStandardError: Plugin = {
  name: 'spares-standard-error',
  load: (id) => (/[\\/]restore-cursor[\\/]index\.js$/.test(id) ? 'export default () => {}' : null),
}

async function write(names: readonly string[], external: RegExp): Promise<RolldownOutput> {
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(ROOT, `${name}.ts`)])),
    platform: 'node',
    external: [external],
    // React's development build checks everything twice.
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [keepPlaces, sparesStandardError],
  })
  return bundle.write({ dir: DIST, entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' })
}

/** The licences of all packages that have become part of the program, as they ask for. */
function notices({ output }: RolldownOutput): string {
  const folders = new Map<string, string>()
  for (const chunk of output)
    for (const id of chunk.type === 'chunk' ? chunk.moduleIds : []) {
      const [, folder, name] = PACKAGE.exec(id.split(sep).join('/')) ?? []
      if (folder !== undefined) folders.set(folder, name!)
    }
  return [...folders]
    .sort(([, a], [, b]) => (a < b ? -1 : 1))
    .map(([folder, name]) => {
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >
      const texts = readdirSync(folder).filter((file) => LICENCE.test(file))
      return [
        `${name} ${version} (${license})`,
        ...texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()),
      ].join('\n\n')
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`)
}

const program = await write(STARTED, LEFT_OUT)
await write(IMPORTED, /^[^./]/)
writeFileSync(join(DIST, 'THIRD-PARTY-NOTICES.txt'), `${notices(program)}\n`)
chmodSync(join(DIST, `${PROGRAM}.js`), 0o755)
