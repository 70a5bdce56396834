/**
 * Looks after all paths that were asked for: finds new ones, notices what happens to them (growth, truncation, rotation,
 * deletion, permission) and passes that on. Reads no content itself.
 * Notifications make it quick, polling makes it sure: whatever a notification would have told, the next poll finds too.
 */
import { dirname } from 'node:path'
import type { Admission, Admissions } from './admission.ts'
import { type AskedPath, newAskedPath } from './asked-path.ts'
import type { Context } from './context.ts'
import { discover } from './discovery.ts'
import type { FollowedFiles } from './followed-files.ts'
import { FILES_LIMIT, STATS_AT_ONCE } from './limits.ts'
import { FileGone, type FileStat, toFileStat } from './open-files.ts'
import { describe, isMissing, kindOf, type Look, look, mtime } from './path-look.ts'
import { PathNotices } from './path-notices.ts'
import { matchPath, type PathLabels, type PathTemplate } from './path-template.ts'
import { PlainContent } from './plain-content.ts'
import type { Recovery } from './recovery.ts'
import { targetOf } from './siblings.ts'
import type { Tail } from './tail.ts'
import { DirectoryWatcher } from './watcher.ts'

/** Polling may take at most one part in so many of the time, however slow the file system is. */
const POLL_SHARE = 20

export class AskedPaths {
  readonly #context: Context
  readonly #followed: FollowedFiles
  readonly #admissions: Admissions
  readonly #recovery: Recovery
  readonly #templates: readonly PathTemplate[]
  readonly #openFifo: (asked: AskedPath) => void
  readonly #watcher: DirectoryWatcher
  readonly #paths = new Map<string, AskedPath>()
  /** Targets of links, with the links that lead there. */
  readonly #links = new Map<string, AskedPath>()
  readonly #dirty = new Set<AskedPath>()
  readonly #notices: PathNotices
  #directories = new Set<string>()
  #namesChanged = true
  #scanAt = 0
  #pollAt = 0
  #slowPollAt = 0
  #started = false

  constructor(
    context: Context,
    followed: FollowedFiles,
    admissions: Admissions,
    recovery: Recovery,
    templates: readonly PathTemplate[],
    openFifo: (asked: AskedPath) => void,
  ) {
    this.#context = context
    this.#notices = new PathNotices(context)
    this.#followed = followed
    this.#admissions = admissions
    this.#recovery = recovery
    recovery.onNews = (asked) => {
      this.#dirty.add(asked)
      context.wake.up()
    }
    this.#templates = templates
    this.#openFifo = openFifo
    this.#watcher = new DirectoryWatcher(context.follow && context.limits.watch, (path, renamed) =>
      this.#heard(path, renamed),
    )
  }

  /** True while something is being found out that may lead to more reading. */
  get busy(): boolean {
    for (const asked of this.#paths.values()) if (asked.admitting || asked.again || asked.rotation) return true
    return !this.#started || this.#dirty.size > 0
  }

  isAsked(path: string): boolean {
    return this.#paths.has(path)
  }

  /** When there is something to do without news, monotonic ms. */
  nextDue(): number {
    if (this.#dirty.size > 0) return 0
    return Math.min(this.#pollAt, this.#slowPollAt)
  }

  /** Does what is due. */
  async upkeep(stopped: () => boolean): Promise<void> {
    const begun = this.#context.monotonic()
    const { poll_ms, watched_poll_ms } = this.#context.limits
    const slow = begun >= this.#slowPollAt
    const quick = begun >= this.#pollAt
    if (!slow && !quick && this.#dirty.size === 0 && !this.#namesChanged) return
    if (!this.#started) this.#askForFormerNames()
    if (this.#namesChanged || begun >= this.#scanAt) await this.#scan()
    const due = new Set(this.#dirty)
    this.#dirty.clear()
    if (slow || quick) {
      for (const asked of this.#paths.values()) if (slow || !this.#isHeard(asked) || asked.again) due.add(asked)
    }
    await this.#lookAt([...due], slow, stopped)
    if (stopped()) return
    if (!this.#started) {
      this.#started = true
      for (const asked of this.#paths.values()) await this.#recovery.startFromEarlierRuns(asked)
    }
    await this.#recover()
    if (slow) this.#rest(begun)
    const now = this.#context.monotonic()
    const pause = (now - begun) * POLL_SHARE
    if (quick || slow) this.#pollAt = now + Math.max(this.#needsQuickPoll() ? poll_ms : watched_poll_ms, pause)
    if (slow) this.#slowPollAt = now + Math.max(watched_poll_ms, pause)
  }

  /** The file of a tail no longer holds its stream: its paths lead to new content now. */
  replaced(tail: Tail): void {
    const { position, stream } = tail
    this.#context.tell(
      'truncated',
      tail.file.path,
      `was truncated or rewritten (${position} bytes were read); read from the start`,
    )
    this.#lose(tail)
    stream.error = undefined
  }

  /** The file of a tail was closed and is no longer where it was. */
  gone(tail: Tail): void {
    this.#lose(tail)
  }

  /** The file of a tail cannot be read at the moment. */
  unreadable(tail: Tail, error: NodeJS.ErrnoException): void {
    tail.stream.error = describe(error)
    for (const path of tail.paths) {
      const asked = this.#paths.get(path)
      if (asked) this.#notices.problem(asked, describe(error))
    }
  }

  /** Reading works (again). */
  readable(tail: Tail): void {
    if (tail.stream.error === undefined) return
    tail.stream.error = undefined
    for (const path of tail.paths) {
      const asked = this.#paths.get(path)
      if (asked) this.#notices.noProblem(asked)
    }
  }

  /** Looks again soon at what waits for an archive to end. */
  archiveEnded(): void {
    for (const asked of this.#paths.values()) if (asked.again) this.#dirty.add(asked)
    this.#context.wake.up()
  }

  close(): void {
    this.#watcher.close()
  }

  #lose(tail: Tail): void {
    const paths = [...tail.paths]
    const asked = paths.length > 0 ? paths : tail.askedAs === null ? [] : [tail.askedAs]
    this.#followed.drop(tail)
    for (const path of asked) {
      const entry = this.#paths.get(path)
      if (!entry) continue
      if (entry.tail === tail) {
        entry.tail = null
        entry.seen = null
        entry.formerly = tail.stream
      }
      this.#dirty.add(entry)
      this.#recovery.start(entry, [tail.stream], null)
    }
    // A parked copy may be what the stream goes on in.
    for (const entry of this.#paths.values()) if (entry.copyOf === tail.stream) this.#dirty.add(entry)
    this.#context.wake.up()
  }

  #heard(path: string, renamed: boolean): void {
    const asked = this.#paths.get(path) ?? this.#links.get(path)
    if (asked) {
      asked.heardAt = this.#context.monotonic()
      if (!renamed && asked.tail && !asked.tail.compression) this.#followed.news(asked.tail)
      else this.#dirty.add(asked)
    }
    if (renamed) this.#namesChanged = true
    if (renamed || asked) this.#context.wake.up()
  }

  async #scan(): Promise<void> {
    this.#namesChanged = false
    const begun = this.#context.monotonic()
    const directories = new Set<string>()
    for (const template of this.#templates) {
      if (template.literal !== null) {
        directories.add(dirname(template.literal))
        this.#ask(template.literal, {}, true)
        continue
      }
      const found = await discover(template, FILES_LIMIT)
      for (const directory of found.directories) directories.add(directory)
      for (const { path, labels } of found.files.values()) this.#ask(path, labels, false)
      for (const [directory, code] of found.unreadable) {
        this.#notices.once('unreadable', directory, `cannot be listed (${code})`)
      }
      if (found.truncated) {
        this.#notices.once(
          'unreadable',
          template.text,
          `matches more than ${FILES_LIMIT} files; the others are left out`,
        )
      }
      if (found.files.size === 0) this.#notices.noMatch(template.text)
    }
    const now = this.#context.monotonic()
    this.#scanAt = now + Math.max(this.#context.limits.watched_poll_ms, (now - begun) * POLL_SHARE)
    this.#directories = directories
    this.#watch()
  }

  /** A log that was rotated and not written since has no file of its name, but perhaps a rest. */
  #askForFormerNames(): void {
    for (const stream of this.#context.registry.all()) {
      for (const template of this.#templates) {
        const labels = matchPath(template, stream.name)
        if (labels && template.literal === null) this.#ask(stream.name, labels, false)
      }
    }
  }

  #watch(): void {
    const directories = new Set(this.#directories)
    for (const path of this.#links.keys()) directories.add(dirname(path))
    this.#watcher.retain(directories)
  }

  #ask(path: string, labels: PathLabels, named: boolean): void {
    if (this.#paths.has(path) || this.#paths.size >= FILES_LIMIT) return
    const asked = newAskedPath(path, labels, named)
    this.#paths.set(path, asked)
    this.#dirty.add(asked)
  }

  async #lookAt(due: readonly AskedPath[], polled: boolean, stopped: () => boolean): Promise<void> {
    const looks = new Map<AskedPath, Look>()
    for (let at = 0; at < due.length; at += STATS_AT_ONCE) {
      const some = due.slice(at, at + STATS_AT_ONCE)
      const found = await Promise.all(some.map((asked) => look(asked.path)))
      for (const [index, asked] of some.entries()) looks.set(asked, found[index] as Look)
      if (stopped()) return
    }
    // Old content first; and files that were met before come before copies of them.
    const order = [...looks].toSorted(
      ([a, lookA], [b, lookB]) =>
        Number(this.#isHome(b, lookB)) - Number(this.#isHome(a, lookA)) || mtime(lookA) - mtime(lookB),
    )
    for (const [asked, found] of order) {
      if (stopped()) {
        this.#dirty.add(asked)
        continue
      }
      await this.#handle(asked, found, polled)
    }
  }

  /** True when the file is the one, by its inode, that a stream was read from. */
  #isHome(asked: AskedPath, found: Look): boolean {
    if (found instanceof Error || asked.tail) return false
    return this.#context.registry.hasInode(String(found.ino))
  }

  async #handle(asked: AskedPath, found: Look, polled: boolean): Promise<void> {
    try {
      if (found instanceof Error) await this.#handleError(asked, found)
      else if (found.isFile()) await this.#handleFile(asked, toFileStat(found), polled)
      else if (found.isFIFO() && !asked.named && !this.#context.follow) {
        // Nobody may ever write to it, and the reading is to end.
        this.#notices.problem(asked, 'is a FIFO; without following only one that is named is waited for')
      } else if (found.isFIFO()) {
        if (!asked.fifo) this.#openFifo(asked)
        this.#notices.noProblem(asked)
      } else if (asked.named || !found.isDirectory()) this.#notices.problem(asked, `is ${kindOf(found)}`)
      else this.#paths.delete(asked.path)
    } catch (error) {
      this.#lookFailed(asked, error as NodeJS.ErrnoException)
    }
  }

  #lookFailed(asked: AskedPath, error: NodeJS.ErrnoException): void {
    asked.seen = null
    // It changed between looking and opening: look again.
    if (error instanceof FileGone || isMissing(error)) this.#dirty.add(asked)
    else this.#notices.problem(asked, describe(error))
  }

  async #handleError(asked: AskedPath, error: NodeJS.ErrnoException): Promise<void> {
    if (!isMissing(error)) {
      this.#notices.problem(asked, describe(error))
      return
    }
    if (asked.tail) await this.#left(asked)
    asked.seen = null
    asked.copyOf = null
    asked.copyNotice = null
    asked.again = false
    if (asked.named) this.#notices.noMatch(asked.path)
    else if (this.#started && !asked.rotation) this.#paths.delete(asked.path)
  }

  async #handleFile(asked: AskedPath, seen: FileStat, polled: boolean): Promise<void> {
    const before = asked.seen
    asked.seen = seen
    const changed = before?.key !== seen.key || before.size !== seen.size || before.mtime_ns !== seen.mtime_ns
    if (asked.tail && asked.tail.key !== seen.key) await this.#left(asked)
    if (asked.tail) {
      this.#refresh(asked, asked.tail, seen, changed, polled && before !== null)
      return
    }
    const reader = this.#followed.at(seen.key)
    if (reader) {
      this.#attach(asked, reader)
      this.#refresh(asked, reader, seen, true, false)
      return
    }
    if (asked.admitting || seen.size === 0) return
    const { copyOf } = asked
    const stays = copyOf !== null && !changed && (copyOf.tail !== null || copyOf.finished || !copyOf.wasRead)
    if (stays && !asked.again) this.#notices.copy(asked)
    else await this.#admit(asked, seen.key)
  }

  /** The path leads to the file it led to before. */
  #refresh(asked: AskedPath, tail: Tail, seen: FileStat, changed: boolean, polled: boolean): void {
    if (tail.compression) {
      if (!changed || !tail.ended) return
      // An archive that was written again.
      asked.tail = null
      this.#followed.leave(tail, asked.path)
      this.#dirty.add(asked)
      return
    }
    if (tail.ended) return
    if (seen.size < tail.position) {
      this.replaced(tail)
      return
    }
    if (!changed) return
    tail.size = seen.size
    this.#followed.news(tail)
    const since = this.#context.monotonic() - asked.heardAt
    if (polled && seen.size > tail.position && since > this.#context.limits.watched_poll_ms) {
      this.#watcher.missed(dirname(asked.path))
    }
  }

  #attach(asked: AskedPath, tail: Tail): void {
    const aliasOf = [...tail.paths].find((path) => path !== asked.path && this.#paths.get(path)?.tail === tail)
    if (aliasOf !== undefined) this.#notices.once('already_read', asked.path, `is the same file as ${aliasOf}`)
    asked.tail = tail
    asked.copyOf = null
    asked.copyNotice = null
    asked.again = false
    this.#followed.attach(tail, aliasOf ?? asked.path)
    tail.paths.add(asked.path)
  }

  async #admit(asked: AskedPath, key: string): Promise<void> {
    asked.admitting = true
    asked.again = false
    asked.copyOf = null
    await this.#learnLink(asked)
    const { path, labels, formerly } = asked
    let decoding = false
    try {
      const admission = await this.#admissions.admit({ path, key, labels, formerly, mayGrow: true, wanted: () => true })
      if (admission.kind === 'decoding') {
        decoding = true
        void admission.result
          .then((result) => this.#admitted(asked, result))
          .catch((error: NodeJS.ErrnoException) => this.#lookFailed(asked, error))
          .finally(() => {
            asked.admitting = false
            this.#context.wake.up()
          })
      } else this.#admitted(asked, admission)
    } finally {
      if (!decoding) asked.admitting = false
    }
  }

  #admitted(asked: AskedPath, admission: Admission): void {
    if (admission.kind === 'refused') {
      this.#notices.problem(asked, admission.why)
      return
    }
    this.#notices.noProblem(asked)
    if (admission.kind === 'followed') {
      asked.formerly = null
      this.#attach(asked, admission.tail)
    } else if (admission.kind === 'later') asked.again = true
    else if (admission.kind === 'copy') {
      asked.copyOf = admission.of
      asked.copyNotice = { text: admission.told, since: this.#context.monotonic() }
      if (!this.#context.follow) this.#notices.copy(asked)
    }
  }

  /** The path no longer leads to the file it led to. */
  async #left(asked: AskedPath): Promise<void> {
    const { tail } = asked
    if (!tail) return
    asked.tail = null
    asked.formerly = tail.stream
    const last = this.#followed.leave(tail, asked.path)
    if (!last || tail.ended || tail.compression) return
    if (!this.#context.files.isOpen(tail.file)) {
      this.gone(tail)
      return
    }
    const { mtime_ns } = await this.#context.files.stat(tail.file)
    this.#recovery.start(asked, [], mtime_ns)
  }

  async #recover(): Promise<void> {
    for (const asked of this.#paths.values()) {
      const { rotation } = asked
      if (!rotation) continue
      const over = await this.#recovery.look(asked, (path) => this.isAsked(path))
      this.#followed.holdBack(asked.path, rotation.pending && !over)
      if (!over) continue
      this.#recovery.giveUp(rotation)
      asked.rotation = null
    }
  }

  async #learnLink(asked: AskedPath): Promise<void> {
    const target = await targetOf(asked.path)
    if (asked.target !== null && asked.target !== target) this.#links.delete(asked.target)
    asked.target = target
    if (target === null || this.#links.has(target)) return
    this.#links.set(target, asked)
    this.#watch()
  }

  /** Gives back what idle files hold. */
  #rest(now: number): void {
    this.#context.files.closeIdle(now - this.#context.limits.idle_close_ms)
    for (const tail of this.#followed.tails) {
      if (tail.content instanceof PlainContent && now - tail.lastTurnAt > IDLE_MS) tail.content.forget()
    }
  }

  #isHeard(asked: AskedPath): boolean {
    if (!this.#watcher.hears(dirname(asked.path))) return false
    return asked.target === null || this.#watcher.hears(dirname(asked.target))
  }

  #needsQuickPoll(): boolean {
    for (const asked of this.#paths.values()) {
      if (asked.rotation || asked.again || !this.#isHeard(asked)) return true
    }
    return false
  }
}

/** No read for this long: what is kept for checkpoints has been asked for long ago, ms. */
const IDLE_MS = 10_000
