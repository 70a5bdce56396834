/**
 * After the content at an asked path was replaced: finds where the old content went (renamed, copied, compressed meanwhile)
 * and what was rotated in between, among the rotated siblings of that path and nowhere else.
 *
 * The rule for what lies in between: once a stream of the path is known to have been rotated away, siblings last written
 * to after it (by modification time) are newer content of the same log and are read too. Limit: when the old content is
 * nowhere to be found, only siblings written to after its newest record count, and none if it had no time.
 */
import type { Admission, Admissions } from './admission.ts'
import type { AskedPath, Rotation } from './asked-path.ts'
import type { Context } from './context.ts'
import type { FollowedFiles } from './followed-files.ts'
import type { Verdict } from './recognise.ts'
import { familyOf, isOlderContentOf, listSiblings, type Sibling } from './siblings.ts'
import type { Stream } from './stream-registry.ts'

const NS_PER_MS = 1_000_000n

/** Files remembered as looked at; inodes of long ago are of no use. */
const LOOKED_LIMIT = 10_000

export class Recovery {
  readonly #context: Context
  readonly #followed: FollowedFiles
  readonly #admissions: Admissions
  /** Siblings that were looked at and are not to be looked at again unless they change, with their state then. */
  readonly #lookedForLost = new Map<string, string>()
  readonly #lookedBetween = new Map<string, string>()
  readonly #underWay = new Set<string>()
  /** Streams of earlier runs that were not met at an asked path, by family. */
  #unread: Map<string, Stream[]> | null = null
  /** Called when another look is worth while at once. */
  onNews: (asked: AskedPath) => void = () => {}

  constructor(context: Context, followed: FollowedFiles, admissions: Admissions) {
    this.#context = context
    this.#followed = followed
    this.#admissions = admissions
  }

  /** Adds to what is looked for at a path. `since_ns`: when its former file was last written to, if that is known. */
  start(asked: AskedPath, lost: readonly Stream[], since_ns: bigint | null): void {
    asked.rotation ??= {
      lost: new Set(),
      found: new Set(),
      since_ns,
      found_ns: null,
      between: true,
      pending: false,
      until: 0,
    }
    const { rotation } = asked
    for (const stream of lost) {
      rotation.lost.add(stream)
      rotation.found.delete(stream)
    }
    if (lost.length > 0) this.#lookedForLost.clear()
    // Several rotations at once: the oldest content decides what is newer.
    if (since_ns !== null && (rotation.since_ns === null || since_ns < rotation.since_ns)) rotation.since_ns = since_ns
    const { lost_search_ms, watched_poll_ms } = this.#context.limits
    // Also without anything lost it is looked again, lest the listing was made in the middle of a renaming.
    rotation.until =
      this.#context.monotonic() + (rotation.lost.size > rotation.found.size ? lost_search_ms : watched_poll_ms)
  }

  /** Streams of earlier runs that were last seen at the path or as older content of it, and may have a rest. */
  async startFromEarlierRuns(asked: AskedPath): Promise<void> {
    this.#unread ??= this.#unreadStreams()
    const known = (this.#unread.get(familyOf(asked.path)) ?? []).filter(
      (stream) => stream.tail === null && !stream.wasRead && isOlderContentOf(asked.path, stream.name),
    )
    if (known.length === 0) return
    const siblings = await listSiblings(asked.path)
    const hasGrown = (stream: Stream) =>
      siblings.some(({ inode, size }) => inode === stream.inode && size > stream.mark.offset)
    const between = isNew(asked)
    const lost = known.filter(
      (stream) => between || stream.size === undefined || stream.mark.offset < stream.size || hasGrown(stream),
    )
    if (lost.length === 0) return
    this.start(asked, lost, null)
    if (asked.rotation) asked.rotation.between = between
  }

  #unreadStreams(): Map<string, Stream[]> {
    const unread = [...this.#context.registry.all()].filter(({ tail, wasRead }) => tail === null && !wasRead)
    return Map.groupBy(unread, ({ name }) => familyOf(name))
  }

  /** One look. True when nothing is left to look for. */
  async look(asked: AskedPath, isAsked: (path: string) => boolean): Promise<boolean> {
    const { rotation } = asked
    if (!rotation) return true
    rotation.pending = false
    const siblings = await listSiblings(asked.path)
    for (const sibling of siblings) this.#rename(sibling)
    const unread = siblings.filter((sibling) => !isAsked(sibling.path) && !this.#followed.at(sibling.key))
    if (rotation.lost.size > rotation.found.size) {
      for (const sibling of unread) await this.#findLost(asked, rotation, sibling)
    }
    this.#forgetFound(rotation)
    const since = rotation.since_ns ?? rotation.found_ns ?? newestRecord(rotation)
    if (rotation.between && since !== null) {
      const newer = unread.filter((sibling) => sibling.mtime_ns >= since)
      for (const sibling of newer.toReversed()) await this.#readBetween(asked, sibling)
    }
    const { follow } = this.#context
    return follow ? this.#context.monotonic() >= rotation.until : this.#underWay.size === 0
  }

  /** Nothing more is to be found: what was read in this run ends here. */
  giveUp(rotation: Rotation): void {
    for (const stream of rotation.lost)
      if (stream.wasRead && !stream.finished && stream.tail === null) this.#followed.endStream(stream)
  }

  /** A renamed file that is still being read has a new name. */
  #rename(sibling: Sibling): void {
    const tail = this.#followed.at(sibling.key)
    if (!tail || tail.paths.size > 0 || tail.ended || tail.file.path === sibling.path) return
    this.#context.tell('rotated', tail.file.path, `is now ${sibling.path} and is read to its end there`)
    tail.movedTo(sibling.path)
  }

  async #findLost(asked: AskedPath, rotation: Rotation, sibling: Sibling): Promise<void> {
    const wanted = (verdict: Verdict) => verdict.kind === 'known' && rotation.lost.has(verdict.stream)
    await this.#admit(asked, sibling, this.#lookedForLost, wanted, (stream) => {
      if (!rotation.lost.has(stream)) return
      rotation.found.add(stream)
      if (rotation.found_ns === null || sibling.mtime_ns > rotation.found_ns) rotation.found_ns = sibling.mtime_ns
    })
  }

  async #readBetween(asked: AskedPath, sibling: Sibling): Promise<void> {
    const wanted = (verdict: Verdict) => verdict.kind === 'new' || verdict.kind === 'known'
    await this.#admit(asked, sibling, this.#lookedBetween, wanted, () => {})
  }

  /** @param holds called with the stream that the sibling holds, even if it has nothing more to give. */
  async #admit(
    asked: AskedPath,
    sibling: Sibling,
    looked: Map<string, string>,
    wanted: (verdict: Verdict) => boolean,
    holds: (stream: Stream) => void,
  ): Promise<void> {
    const { key, path } = sibling
    const state = `${sibling.size} ${sibling.mtime_ns}`
    if (this.#underWay.has(key) && asked.rotation) asked.rotation.pending = true
    if (this.#underWay.has(key) || this.#followed.at(key) || looked.get(key) === state) return
    const settle = (admission: Admission) => {
      if (admission.kind === 'followed') {
        this.#followed.foundBeside(admission.tail, asked.path, sibling.mtime_ms)
        holds(admission.tail.stream)
      } else if (admission.kind !== 'later' && admission.kind !== 'empty') {
        if (looked.size >= LOOKED_LIMIT) looked.clear()
        looked.set(key, state)
        if (admission.kind === 'copy') holds(admission.of)
      }
    }
    this.#underWay.add(key)
    const done = () => void this.#underWay.delete(key)
    try {
      const applicant = { path, key, labels: asked.labels, formerly: null, mayGrow: false, wanted }
      const admission = await this.#admissions.admit(applicant)
      if (asked.rotation) asked.rotation.pending ||= admission.kind === 'decoding' || admission.kind === 'later'
      if (admission.kind === 'decoding') void this.#whenDecoded(admission.result.then(settle), asked, done)
      else {
        settle(admission)
        done()
      }
    } catch {
      // Renamed or compressed between listing and opening: it is found under its new name at the next look.
      if (asked.rotation) asked.rotation.pending = true
      done()
    }
  }

  async #whenDecoded(settled: Promise<void>, asked: AskedPath, done: () => void): Promise<void> {
    try {
      await settled
    } catch {
      // Gone while it was decoded: as above.
    }
    done()
    this.onNews(asked)
  }

  /** What was found at an asked path in the meantime. */
  #forgetFound(rotation: Rotation): void {
    for (const stream of rotation.lost) if (stream.tail) rotation.found.add(stream)
  }
}

/** The path leads to content that was not known before, or to nothing. */
function isNew(asked: AskedPath): boolean {
  return asked.tail === null ? asked.copyOf === null : !asked.tail.stream.restored
}

/** Writer's time of the newest record of what was lost, ns. */
function newestRecord(rotation: Rotation): bigint | null {
  const times = [...rotation.lost].flatMap(({ lastRecord_ms }) => (lastRecord_ms === undefined ? [] : [lastRecord_ms]))
  return times.length === 0 ? null : BigInt(Math.floor(Math.max(...times))) * NS_PER_MS
}
