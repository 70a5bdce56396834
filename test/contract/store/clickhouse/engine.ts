/** Starts the engine behind its HTTP front (front.mjs) for tests; each test gets a database of its own in it. */
import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FRONT = fileURLToPath(new URL('./front.mjs', import.meta.url))

/** Why it cannot run; null where it can. */
export const ENGINE_MISSING: string | null = existsSync(fileURLToPath(new URL('./node_modules/chdb', import.meta.url)))
  ? null
  : 'the ClickHouse engine is not installed; install it with: npm run engine'

export interface Engine {
  readonly port: number
  /** As an HTTP request of a client would: the text of the answer. */
  ask(query: string): Promise<string>
  /** Ends it as a power cut would; the data stays. */
  kill(): Promise<void>
  /** Starts it again on the same port with the same data. */
  start(setup?: Setup): Promise<void>
  remove(): Promise<void>
  /** Processor time it has taken since it started, ms; Linux only. */
  cpu_ms(): number
}

/** Clock ticks of /proc: USER_HZ is 100 on every architecture Node runs on (proc(5)). */
const TICK_MS = 10

/** How a server is configured and what whoever asks may do; left out: anything. */
export interface Setup {
  /** As SQL without a user. */
  grants?: readonly string[]
  /** Of the user's profile. */
  settings?: Readonly<Record<string, string>>
  /** XML of the configuration besides. */
  config?: string
}

/**
 * The engine has no place to keep users that SQL makes; those of its configuration it obeys (docs: users.xml, `grants`).
 * Returns the file to start it with.
 */
function writeSetup(folder: string, { grants, settings = {}, config = '' }: Setup): string {
  const users = join(folder, 'users.xml')
  const file = join(folder, 'config.xml')
  const profile = Object.entries(settings).map(([name, value]) => `<${name}>${value}</${name}>`)
  // What a server's HTTP handler does without asking, the front does by USE.
  const all = grants && ['GRANT SHOW DATABASES ON default.*', ...grants]
  const granted = all && `<grants>${all.map((grant) => `<query>${grant}</query>`).join('\n')}</grants>`
  writeFileSync(
    users,
    `<clickhouse><profiles><default>${profile.join('')}</default></profiles><quotas><default/></quotas>
<users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
${granted ?? ''}</default></users></clickhouse>`,
  )
  writeFileSync(file, `<clickhouse><users_config>${users}</users_config>${config}</clickhouse>`)
  return file
}

/**
 * @param within a folder on a disk with room
 * @param kept a folder whose data is gone on with and stays; else it has one of its own within the first
 */
export async function startEngine(within = tmpdir(), kept?: string): Promise<Engine> {
  const folder = kept ?? mkdtempSync(join(within, 'authtop-engine-'))
  let child: ChildProcess | undefined
  let port = 0
  const start = async (setup?: Setup) => {
    mkdirSync(join(folder, 'data'), { recursive: true })
    const config = setup === undefined ? [] : [writeSetup(folder, setup)]
    child = fork(FRONT, [join(folder, 'data'), String(port), ...config], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    port = await new Promise<number>((resolve, reject) => {
      child!.once('message', (message) => resolve((message as { port: number }).port))
      child!.once('exit', () => reject(new Error('the engine ended by itself')))
    })
  }
  const kill = async () => {
    const ended = new Promise((resolve) => child!.once('exit', resolve))
    child!.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    get port() {
      return port
    },
    async ask(query) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: query })
      const text = await answer.text()
      if (!answer.ok) throw new Error(text)
      return text
    },
    start,
    kill,
    async remove() {
      await kill()
      if (kept === undefined) rmSync(folder, { recursive: true, force: true })
    },
    cpu_ms() {
      // After the name, which may hold anything, in brackets: state is the first, user and system time the 12th and 13th.
      const fields = readFileSync(`/proc/${child!.pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS
    },
  }
}
