/**
 * A temporary folder of logs, and sources over it with limits that make tests quick. Removes itself after each test.
 */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type FileOptions, openFileSource } from '../../../../collectors/file/file-source.ts'
import type { StreamState } from '../../../../src/core/source-status.ts'
import { SourceReader } from '../../../contract/source/source-reader.ts'

const QUICK: FileOptions = {
  watched_poll_ms: 100,
  poll_ms: 30,
  read_pause_ms: 5,
  rotated_grace_ms: 200,
  partial_line_ms: 10_000,
  archive_settle_ms: 0,
  lost_search_ms: 300,
}

export class LogFolder {
  readonly path: string

  constructor() {
    this.path = fs.mkdtempSync(join(tmpdir(), 'authtop-files-'))
    onTestFinished(() => fs.rmSync(this.path, { recursive: true, force: true }))
  }

  at(name: string): string {
    return join(this.path, name)
  }

  write(name: string, content: string | Uint8Array): void {
    fs.mkdirSync(join(this.at(name), '..'), { recursive: true })
    fs.writeFileSync(this.at(name), content)
  }

  append(name: string, content: string | Uint8Array): void {
    fs.appendFileSync(this.at(name), content)
  }

  rename(from: string, to: string): void {
    fs.renameSync(this.at(from), this.at(to))
  }

  read(name: string): Buffer {
    return fs.readFileSync(this.at(name))
  }

  /** Reads what is there, to the end. */
  async once(
    patterns: string | string[],
    known: readonly StreamState[] = [],
    options: FileOptions = {},
  ): Promise<SourceReader> {
    const reader = await this.#start(patterns, known, options, false)
    await reader.end()
    return reader
  }

  /** Follows until the test stops it. */
  async follow(
    patterns: string | string[],
    known: readonly StreamState[] = [],
    options: FileOptions = {},
  ): Promise<SourceReader> {
    const reader = await this.#start(patterns, known, options, true)
    onTestFinished(() => reader.stop())
    return reader
  }

  async #start(patterns: string | string[], known: readonly StreamState[], options: FileOptions, follow: boolean) {
    const paths = [patterns].flat().map((pattern) => (pattern.startsWith('/') ? pattern : `${this.path}/${pattern}`))
    const reader = new SourceReader()
    const source = await openFileSource(paths, {
      ...QUICK,
      ...options,
      follow,
      known,
      notice: reader.notice,
      now: Date.now,
    })
    return reader.start(source)
  }
}

export function kinds(reader: SourceReader): string[] {
  return reader.notices.map(({ kind }) => kind)
}

export function numbered(count: number, word = 'line'): string {
  return Array.from({ length: count }, (_, n) => `${word} ${n}\n`).join('')
}
