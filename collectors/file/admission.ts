/**
 * Lets a file in: opens it, recognises its content and follows it from where its stream stopped, or says why not.
 * Plain files are recognised at once; compressed ones in the background, a few at a time, because that means decoding them.
 * Invariant: no file is read from before its content was compared with all streams that begin alike.
 */
import type { Context } from './context.ts'
import { archiveInflow, type Compression, compressionOf, foreignCompressionOf, mayBecomeArchive } from './decompress.ts'
import type { FollowedFiles } from './followed-files.ts'
import { headOf, type Mark, START } from './identity.ts'
import { ARCHIVES_AT_ONCE, HEAD_BYTES, KEPT_BYTES, TELLING_BYTES } from './limits.ts'
import { type DiskFile, FileGone, type FileStat } from './open-files.ts'
import type { PathLabels } from './path-template.ts'
import { PlainContent } from './plain-content.ts'
import { archiveCandidate, fileCandidate, recogniseArchive, recogniseFile, type Verdict } from './recognise.ts'
import type { Stream } from './stream-registry.ts'
import { StreamedContent } from './streamed-content.ts'
import type { Tail } from './tail.ts'

export interface Applicant {
  path: string
  /** Which file was seen there; another one that has taken its place meanwhile is not let in. */
  key: string
  labels: PathLabels
  /** The stream that the path led to until its content was replaced. */
  formerly: Stream | null
  /** It is worth following even if it has nothing new. */
  mayGrow: boolean
  /** Which verdicts are acted on; the others leave the file unread. */
  wanted(verdict: Verdict): boolean
}

export type Admission =
  | { kind: 'followed'; tail: Tail }
  | { kind: 'copy'; of: Stream; told: string }
  /** Nothing to be said about it yet: empty, or just begun. */
  | { kind: 'empty' }
  | { kind: 'unwanted' }
  /** To be asked again: it is still being written, or what it may be a copy of is being read. */
  | { kind: 'later' }
  /** An archive; decoding goes on in the background. */
  | { kind: 'decoding'; result: Promise<Admission> }
  | { kind: 'refused'; why: string }

export class Admissions {
  readonly #context: Context
  readonly #followed: FollowedFiles
  /** A stream is being taken from a file that no longer holds it. */
  readonly #taken: (tail: Tail) => void
  readonly #queue: (() => void)[] = []
  #archives = 0

  constructor(context: Context, followed: FollowedFiles, taken: (tail: Tail) => void, archiveEnded: () => void) {
    this.#context = context
    this.#followed = followed
    this.#taken = taken
    followed.onArchiveEnded = () => {
      this.#archiveDone()
      archiveEnded()
    }
  }

  /** @throws errors of the file system. */
  async admit(applicant: Applicant): Promise<Admission> {
    const { files } = this.#context
    const { file, stat } = await files.open(applicant.path)
    let admission: Admission | null = null
    try {
      if (stat.key !== applicant.key) throw new FileGone(`${applicant.path} is another file now`)
      const existing = this.#followed.at(stat.key)
      if (existing) {
        admission = { kind: 'followed', tail: existing }
        return admission
      }
      const beginning = await files.bytes(file, 0, HEAD_BYTES)
      const compression = compressionOf(beginning)
      const foreign = foreignCompressionOf(beginning)
      if (foreign) admission = { kind: 'refused', why: `is compressed with ${foreign}; gzip and zstd can be read` }
      else if (compression)
        admission = this.#mayBeWritten(stat) ? { kind: 'later' } : this.#decode(applicant, file, compression)
      else if (stat.size === 0 || beginning.length === 0 || (this.#context.follow && mayBecomeArchive(beginning)))
        admission = { kind: 'empty' }
      else admission = await this.#admitPlain(applicant, file, stat, beginning)
      return admission
    } finally {
      const kept = admission?.kind === 'followed' ? admission.tail.file === file : admission?.kind === 'decoding'
      if (!kept) files.close(file)
    }
  }

  async #admitPlain(applicant: Applicant, file: DiskFile, stat: FileStat, beginning: Uint8Array): Promise<Admission> {
    const { files, registry, buffer } = this.#context
    const content = new PlainContent(file, START, files, buffer)
    const candidate = fileCandidate(file.path, file.inode, beginning, content, stat.size)
    const verdict = this.#atOldName(applicant, await recogniseFile(candidate, registry, stat.size), stat.size)
    const settled = this.#settle(applicant, verdict, stat.size, 'plain')
    if (settled) return settled
    const { stream, mark } = this.#streamFor(applicant, verdict, file)
    content.mark = mark
    registry.setHead(stream, headOf(beginning))
    const tail = this.#followed.follow(stream, file, content, null, stat.size)
    this.#tellOpened(applicant, verdict, stat.size)
    return { kind: 'followed', tail }
  }

  /** A rotator may still be writing it: decoding what is there by now would only have to be repeated. */
  #mayBeWritten(stat: FileStat): boolean {
    return (
      this.#context.follow && Math.abs(this.#context.now() - stat.mtime_ms) < this.#context.limits.archive_settle_ms
    )
  }

  #decode(applicant: Applicant, file: DiskFile, compression: Compression): Admission {
    const result = this.#admitArchive(applicant, file, compression).then((admission) => {
      if (admission.kind !== 'followed') this.#context.files.close(file)
      this.#context.wake.up()
      return admission
    })
    return { kind: 'decoding', result }
  }

  async #admitArchive(applicant: Applicant, file: DiskFile, compression: Compression): Promise<Admission> {
    const { files, registry, limits } = this.#context
    await this.#archiveSlot()
    let followed = false
    let content = new StreamedContent(archiveInflow(file, compression, files, limits.expanded_bytes), KEPT_BYTES)
    try {
      await content.fill(HEAD_BYTES)
      const alike = new Set(registry.beginningAs(content.firstBytes))
      const candidate = archiveCandidate(file.path, file.inode, content)
      const verdict = await recogniseArchive(candidate, registry)
      if (verdict.kind === 'known') await candidate.goesBeyond(verdict.mark.offset)
      // Decoding takes its time; what begins alike and came meanwhile has not been compared with.
      if (registry.beginningAs(content.firstBytes).some((stream) => !alike.has(stream))) return { kind: 'later' }
      const ends = content.ended ? content.end : Number.POSITIVE_INFINITY
      const settled = this.#settle(applicant, verdict, ends, 'archive')
      if (settled) return settled
      const { stream, mark } = this.#streamFor(applicant, verdict, file)
      registry.setHead(stream, headOf(content.firstBytes))
      if (content.passedEnd > mark.offset) {
        content.close()
        content = new StreamedContent(archiveInflow(file, compression, files, limits.expanded_bytes), KEPT_BYTES)
      }
      await content.skipTo(mark.offset)
      const tail = this.#followed.follow(stream, file, content, compression, 0)
      followed = true
      this.#tellOpened(applicant, verdict, ends)
      return { kind: 'followed', tail }
    } finally {
      if (!followed) {
        content.close()
        this.#archiveDone()
      }
    }
  }

  /** At a path whose content was replaced, a short text that a former stream begins with as well is no copy: it was written anew. */
  #atOldName(applicant: Applicant, verdict: Verdict, size: number): Verdict {
    const rewritten = verdict.kind === 'copy' && verdict.of === applicant.formerly && size < TELLING_BYTES
    return rewritten ? { kind: 'new', from: null } : verdict
  }

  /** The answer when the file is not to be read; null when it is. */
  #settle(applicant: Applicant, verdict: Verdict, size: number, content: 'plain' | 'archive'): Admission | null {
    if (verdict.kind === 'copy') {
      const of = verdict.of.name
      const told = of === applicant.path ? 'was read before' : `is a copy of ${of}, which is read already`
      return { kind: 'copy', of: verdict.of, told }
    }
    if (verdict.kind === 'later') return { kind: 'later' }
    if (!applicant.wanted(verdict)) return { kind: 'unwanted' }
    if (verdict.kind === 'new') return null
    const { stream, mark, from } = verdict
    // Another file was found to go on with the same stream meanwhile.
    if (stream.tail !== from) return { kind: 'later' }
    // What was read in this run must be seen to end, even if nothing is left of it.
    const mustEnd = stream.wasRead && !stream.finished
    const mayGrow = applicant.mayGrow && this.#context.follow && content === 'plain'
    if (mark.offset < size || mayGrow || mustEnd) return null
    return { kind: 'copy', of: stream, told: 'was read before; it has nothing new' }
  }

  #streamFor(applicant: Applicant, verdict: Verdict, file: DiskFile): { stream: Stream; mark: Mark } {
    const { registry } = this.#context
    if (verdict.kind === 'known') {
      const { stream, mark, from } = verdict
      if (from) this.#taken(from)
      stream.labels = { ...stream.labels, ...applicant.labels }
      return { stream, mark }
    }
    const mark = verdict.kind === 'new' ? (verdict.from ?? START) : START
    return { stream: registry.create(file.path, applicant.labels, mark), mark }
  }

  #tellOpened(applicant: Applicant, verdict: Verdict, size: number): void {
    if (verdict.kind === 'known') {
      const before = verdict.mark.offset >= size ? 'has nothing new; followed from' : 'continues at'
      this.#context.tell('resumed', applicant.path, `${before} byte ${verdict.mark.offset}`)
    } else if (verdict.kind === 'new' && verdict.from) {
      const text = `has the same first ${verdict.from.offset} bytes as a file that was read; read from there`
      this.#context.tell('opened', applicant.path, text)
    } else this.#context.tell('opened', applicant.path, 'read from the start')
  }

  async #archiveSlot(): Promise<void> {
    if (this.#archives < ARCHIVES_AT_ONCE) this.#archives++
    else await new Promise<void>((done) => this.#queue.push(done))
  }

  /** Hands the slot to the next in the queue. */
  #archiveDone(): void {
    const next = this.#queue.shift()
    if (next) next()
    else this.#archives--
  }
}
