/**
 * Change notification for directories, where the operating system offers it; tells nothing about what changed but the path.
 * A directory that cannot be watched, or whose notifications prove not to come (NFS, some overlays), is polled by the caller.
 * Invariant: one watch per directory, however many files in it are followed.
 */
import { type FSWatcher, watch } from 'node:fs'

/** Watches of one process; the kernel's own limit (max_user_watches) is often 8192 and shared by all of a user's programs. */
const WATCHES_LIMIT = 2_000

/** A change that only polling saw can be a matter of timing once; twice means that nothing is reported here. */
const MISSES_UNTIL_DEAF = 2

interface Watched {
  watcher: FSWatcher | null
  misses: number
}

export class DirectoryWatcher {
  readonly #enabled: boolean
  readonly #changed: (path: string, renamed: boolean) => void
  readonly #directories = new Map<string, Watched>()

  /** @param changed called with the path that changed; `renamed` when a name came or went. */
  constructor(enabled: boolean, changed: (path: string, renamed: boolean) => void) {
    this.#enabled = enabled
    this.#changed = changed
  }

  /** Watches exactly these directories from now on. */
  retain(directories: ReadonlySet<string>): void {
    for (const [directory, watched] of this.#directories) {
      if (directories.has(directory)) continue
      watched.watcher?.close()
      this.#directories.delete(directory)
    }
    for (const directory of directories) {
      if (!this.#directories.has(directory)) this.#directories.set(directory, this.#watch(directory))
    }
  }

  /** False when changes in the directory must be polled for. */
  hears(directory: string): boolean {
    return (this.#directories.get(directory)?.watcher ?? null) !== null
  }

  /** A change was found by polling that was not reported. */
  missed(directory: string): void {
    const watched = this.#directories.get(directory)
    if (!watched?.watcher || ++watched.misses < MISSES_UNTIL_DEAF) return
    watched.watcher.close()
    watched.watcher = null
  }

  close(): void {
    this.retain(new Set())
  }

  #watch(directory: string): Watched {
    if (!this.#enabled || this.#directories.size >= WATCHES_LIMIT) return { watcher: null, misses: 0 }
    try {
      const watcher = watch(directory, { persistent: false })
      const watched: Watched = { watcher, misses: 0 }
      const lost = () => {
        watcher.close()
        // Watched anew at the next look, if it is there again.
        if (this.#directories.get(directory) === watched) this.#directories.delete(directory)
      }
      watcher.on('error', lost)
      watcher.on('change', (event, name) => {
        watched.misses = 0
        const path = `${directory === '/' ? '' : directory}/${name}`
        this.#changed(path, event === 'rename')
        // A directory reports its own end under its own name.
        if (event === 'rename' && directory.endsWith(`/${name}`)) lost()
      })
      return watched
    } catch {
      return { watcher: null, misses: 0 }
    }
  }
}
