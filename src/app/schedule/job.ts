/**
 * Scheduled reports on disk: what was asked for in one JSON file each under `$XDG_CONFIG_HOME/authtop/schedules`, and until
 * when it was done under `$XDG_STATE_HOME/authtop/schedules`. What wakes it up is systemd's or cron's business.
 * Invariant: a name is a file name and nothing else; a file is replaced whole or not at all.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/

export function isJobName(name: string): boolean {
  return NAME.test(name)
}

const jobSchema = z.strictObject({
  weekday: z.int().min(0).max(6),
  hour: z.int().min(0).max(23),
  minute: z.int().min(0).max(59),
  zone: z.string(),
  /** Options of `authtop report`. */
  args: z.array(z.string()),
  /** What wakes it up. */
  waker: z.enum(['systemd', 'cron', 'none']),
})

export type Job = z.infer<typeof jobSchema>

export interface ScheduleFolders {
  config: string
  state: string
}

export class ScheduleFolder {
  readonly #folders: ScheduleFolders

  constructor(folders: ScheduleFolders) {
    this.#folders = folders
  }

  async names(): Promise<string[]> {
    const files = await readdir(this.#config()).catch(absent([]))
    return files
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .filter(isJobName)
      .sort()
  }

  /** Null: there is none. Throws where the file is no job. */
  async read(name: string): Promise<Job | null> {
    const text = await readFile(join(this.#config(), `${name}.json`), 'utf8').catch(absent(null))
    return text === null ? null : jobSchema.parse(JSON.parse(text))
  }

  /** @param done_ms what was due before is not caught up; ms */
  async write(name: string, job: Job, done_ms: number): Promise<void> {
    await this.done(name, done_ms)
    await replace(join(this.#config(), `${name}.json`), `${JSON.stringify(job, null, 2)}\n`)
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#config(), `${name}.json`), { force: true })
    await rm(this.#stamp(name), { force: true })
  }

  /** Everything due up to this instant was done, ms. */
  async doneUntil(name: string): Promise<number> {
    const at = Number(await readFile(this.#stamp(name), 'utf8').catch(absent('0')))
    return Number.isFinite(at) ? at : 0
  }

  async done(name: string, at_ms: number): Promise<void> {
    await replace(this.#stamp(name), `${at_ms}\n`)
  }

  #config(): string {
    return join(this.#folders.config, 'schedules')
  }

  #stamp(name: string): string {
    return join(this.#folders.state, 'schedules', `${name}.done`)
  }
}

/** Arguments may name addresses and hooks: for the owner's eyes. */
async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code !== 'ENOENT') throw error
    return value
  }
}
