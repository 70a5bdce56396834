/** Feeds text to an assembler as a source would: whole lines, in batches that end where told. */
import { type AssemblerOptions, RecordAssembler } from '../../../../collectors/assemble/assembler.ts'
import { loadFormatSources } from '../../../../collectors/formats/load.ts'
import type { RawRecord } from '../../../../src/core/log-record.ts'

export const formats = loadFormatSources()

/** All records of a stream that holds `content` and ends; `cuts`: indexes of lines before which a new batch begins. */
export function assemble(
  content: string | Uint8Array,
  cuts: ReadonlySet<number> = new Set(),
  options: AssemblerOptions = {},
): RawRecord[] {
  const bytes = Buffer.from(content)
  const assembler = new RecordAssembler('s', formats, options)
  const records: RawRecord[] = []
  let start = 0
  let line = 0
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(10, at)
    at = newline < 0 ? bytes.length : newline + 1
    line++
    if (at < bytes.length && !cuts.has(line)) continue
    records.push(...assembler.push(batch(bytes.subarray(start, at), start, at === bytes.length)))
    start = at
  }
  return records
}

export function batch(bytes: Uint8Array, offset: number, ended = false) {
  return { stream: 's', bytes, offset, end: offset + bytes.length, cut_bytes: 0, more: !ended, ended }
}

export function texts(content: string | Uint8Array, options?: AssemblerOptions): string[] {
  return assemble(content, undefined, options).map((r) => r.text)
}
