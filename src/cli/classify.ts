/** `authtop classify`: records in, NDJSON events out; a pure filter without a store. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { RecordAssembler } from '../../collectors/assemble/assembler.ts'
import { unwrapRecord } from '../../collectors/assemble/unwrap.ts'
import { type FormatMemory, newFormatMemory } from '../../collectors/decode/format-memory.ts'
import { openFileSource } from '../../collectors/file/file-source.ts'
import { openStdinSource } from '../../collectors/stdin/stdin-source.ts'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { type Classifiable, Classifier, type Layout } from '../app/classifier.ts'
import { eventJson } from '../app/event-json.ts'
import { type Knowledge, loadKnowledge } from '../app/knowledge.ts'
import type { AuthEvent } from '../core/auth-event.ts'
import type { RawRecord } from '../core/log-record.ts'
import type { LogSource, SourceNotice } from '../core/ports/source.ts'
import { EXIT, UserError } from './exit-code.ts'
import { note, print } from './output.ts'
import { addPrivacyOption, type PrivacyOptions } from './privacy-option.ts'
import { sourceNoticeText } from './source-notice.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options extends PrivacyOptions {
  jsonl?: boolean
  all?: boolean
  tz?: string
}

/** By its descriptor, because a worker thread's `process.stdin` is not the process's. */
const STDIN = 0

/** A result is written in pieces of this size; characters. */
const FLUSH_AT = 64 * 1024

export function classifyCommand(program: Command): void {
  const command = program
    .command('classify')
    .summary('records in, NDJSON events out; no store')
    .description(
      'Reads log records and writes one JSON object per recognised auth event. Nothing is stored; secrets are replaced by fingerprints that hold for this run only.',
    )
    .argument('[path...]', 'files to read; none or "-" reads standard input', [])
    .option('--jsonl', 'input is one JSON object per line: {"id":"…","record":"…"}; a record may contain newlines')
    .option(
      '--all',
      'answer for every record, also for those that are no auth event; with --jsonl exactly one line per input line, in order',
    )
    .option('--tz <zone>', ZONE_HELP)
  addPrivacyOption(command)
    .addHelpText(
      'after',
      `
Output, one object per line: id, recognised, kind, outcome, cause, subcause, confidence, system, signature, format,
time_ms, service, host, issuer, audience, client_id, subject, token, request_id, trace_id, evidence{…}, message.

Examples:
  $ authtop classify app.log
  $ kubectl logs deploy/orders | authtop classify -
  $ printf '%s\\n' '{"id":"1","record":"JsonWebTokenError: jwt malformed"}' | authtop classify --jsonl --all

Exit codes: 0 fine, 2 wrong usage, 3 cannot read.`,
    )
    .action(async (paths: string[], options: Options) => {
      const missing = paths.find((path) => path !== '-' && !/[*?[{]/.test(path) && !existsSync(path))
      if (missing !== undefined) throw new UserError(`there is no file ${missing}`, undefined, EXIT.io)
      const zone = checkZone(options.tz)
      const knowledge = await loadKnowledge(process.env)
      const classifier = new Classifier(knowledge, randomBytes(32), zone, { privacy: options.privacy })
      const input = await openInput(paths)
      const out = new LineWriter()
      if (options.jsonl) await classifyJsonl(input, classifier, zone, options.all ?? false, out)
      else await classifyText(input, knowledge, classifier, zone, options.all ?? false, out)
      await out.flush()
      await input.close()
    })
}

async function openInput(paths: string[]): Promise<LogSource> {
  const options = { follow: false, known: [], notice: noticed, now: Date.now }
  return paths.length === 0 || (paths.length === 1 && paths[0] === '-')
    ? openStdinSource(STDIN, options)
    : openFileSource(paths, options)
}

function noticed(notice: SourceNotice): void {
  if (notice.kind !== 'opened' && notice.kind !== 'ended') note(toPrintable(sourceNoticeText(notice)))
}

/** Text records: assembled and decoded per stream, as the collector does it. */
async function classifyText(
  input: LogSource,
  knowledge: Knowledge,
  classifier: Classifier,
  zone: string,
  all: boolean,
  out: LineWriter,
): Promise<void> {
  const streams = new Map<string, { assembler: RecordAssembler; memory: FormatMemory }>()
  const answer = async (records: RawRecord[], memory: FormatMemory) => {
    for (const raw of records) {
      const may = classifier.mayMatch(raw.text)
      if (!all && !may) continue
      const { event, record } = judge(classifier, raw, may, memory)
      if (event === null && !all) continue
      out.line(JSON.stringify(eventJson(event, record.format, record.logged_writer_ms)))
      if (out.full) await out.flush()
    }
  }
  for await (const batch of input.batches(new AbortController().signal)) {
    let work = streams.get(batch.stream)
    if (work === undefined) {
      work = {
        assembler: new RecordAssembler(batch.stream, knowledge.formats, { zone, now: Date.now }),
        memory: newFormatMemory(),
      }
      streams.set(batch.stream, work)
    }
    await answer(work.assembler.push(batch), work.memory)
  }
  for (const { assembler, memory } of streams.values()) await answer(assembler.flush(), memory)
}

/** One JSON object per line, each record judged by itself. Every input line is answered when `all` is set, bad ones too. */
async function classifyJsonl(
  input: LogSource,
  classifier: Classifier,
  zone: string,
  all: boolean,
  out: LineWriter,
): Promise<void> {
  for await (const batch of input.batches(new AbortController().signal)) {
    if (batch.bytes.length === 0) continue
    const lines = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length)
      .toString('utf8')
      .split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const line of lines) {
      const { id, text } = readJsonLine(line)
      const may = classifier.mayMatch(text)
      if (!all && !may) continue
      const { event, record } = judge(classifier, unwrapRecord(text, zone), may, newFormatMemory())
      if (event === null && !all) continue
      out.line(JSON.stringify(eventJson(event, record.format, record.logged_writer_ms, id)))
      if (out.full) await out.flush()
    }
  }
}

/** Of a record that no signature can match only layout and time are wanted. */
function judge(
  classifier: Classifier,
  raw: Classifiable,
  may: boolean,
  memory: FormatMemory,
): { event: AuthEvent | null; record: Layout } {
  return may ? classifier.classify(raw, memory) : { event: null, record: classifier.layoutOf(raw, memory) }
}

/** A line that is no such object is itself the record: other people's logs are often already JSON lines. */
function readJsonLine(line: string): { id: string | undefined; text: string } {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && 'record' in value) {
      const { id, record } = value as { id?: unknown; record: unknown }
      return {
        id: id === undefined || id === null ? undefined : String(id),
        text: typeof record === 'string' ? record : JSON.stringify(record),
      }
    }
  } catch {
    // Not JSON: judged as text below.
  }
  return { id: undefined, text: line }
}

class LineWriter {
  #pending = ''
  line(text: string): void {
    this.#pending += `${text}\n`
  }

  get full(): boolean {
    return this.#pending.length >= FLUSH_AT
  }

  async flush(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    if (text !== '') await print(text)
  }
}
