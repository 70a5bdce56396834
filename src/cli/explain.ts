/** `authtop explain`: the seven steps, the cause and the remedy for one text. */
import { randomBytes } from 'node:crypto'
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import { explanationText } from '../../dashboards/terminal/explanation-text.ts'
import { codeText, listText, tokenText } from '../../dashboards/terminal/knowledge-text.ts'
import { Classifier } from '../app/classifier.ts'
import { eventJson } from '../app/event-json.ts'
import { type Explanation, explain } from '../app/explain.ts'
import { explainToken, isToken } from '../app/explain-token.ts'
import { loadKnowledge } from '../app/knowledge.ts'
import { lookUpCode } from '../app/look-up-code.ts'
import { sourcesOf } from '../app/sources-of.ts'
import type { Signature } from '../signatures/signature.ts'
import { UserError } from './exit-code.ts'
import { print } from './output.ts'
import { readInstant } from './period-option.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options {
  json?: boolean
  list?: boolean
  at?: string
  tz?: string
}

export function explainCommand(program: Command): void {
  program
    .command('explain')
    .summary('what a log line, message, code or token means')
    .description(
      'Takes a log line, a multi-line record, an error message or an HTTP response through the seven steps (read, redact, decode, recognise, append, attribute, present) and says what failed, why and what to do. A bare code (AADSTS50173, IDX10223, fertft, invalid_grant, stale_jwks) is looked up, a JWT is decoded. Nothing is stored or sent.',
    )
    .argument('[text...]', 'the text; none or "-" reads standard input')
    .option('--json', 'one JSON array, one object per record')
    .option('--list', 'list every cause and every known message and code')
    .option('--at <time>', 'judge a JWT as of this time instead of now, e.g. 2026-11-16T09:12:01Z')
    .option('--tz <zone>', ZONE_HELP)
    .addHelpText(
      'after',
      `
Examples:
  $ authtop explain 'JsonWebTokenError: jwt audience invalid. expected: orders-api'
  $ tail -1 app.log | authtop explain -
  $ authtop explain IDX10223
  $ authtop explain --list | less
  $ authtop explain 'WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"'

Exit codes: 0 fine, 2 wrong usage, 3 cannot read.`,
    )
    .action(async (words: string[], options: Options) => {
      const zone = checkZone(options.tz)
      if (options.list) return listKnown(options)
      const fromStdin = words.length === 0 || (words.length === 1 && words[0] === '-')
      if (fromStdin && words.length === 0 && process.stdin.isTTY)
        throw new UserError('nothing to explain', 'give a text, or pipe one in')
      const input = fromStdin ? await readAll(process.stdin) : words.join(' ')
      if (input.trim() === '') throw new UserError('nothing to explain', 'give a text, or pipe one in')
      const knowledge = await loadKnowledge(process.env)
      const classifier = new Classifier(knowledge, randomBytes(32), zone)
      if (isToken(input)) {
        const token = explainToken(input, classifier.redactor, readInstant(options.at, zone))
        if (token !== null) return print(options.json ? `${JSON.stringify(token)}\n` : `${tokenText(token, zone)}\n`)
      }
      const code = lookUpCode(input, knowledge.signatures.signatures)
      if (code !== null)
        return print(
          options.json
            ? `${JSON.stringify({ code: input.trim(), verdicts: code.verdicts, signatures: code.signatures.map(known) })}\n`
            : `${codeText(
                input.trim(),
                code.signatures,
                code.verdicts,
                sourcesOf(
                  code.signatures.slice(0, SYSTEMS_LINKED).map((s) => s.id),
                  knowledge.signatures,
                ),
              )}\n`,
        )
      const explanations = explain(input, knowledge, classifier, Date.now(), zone)
      await print(
        options.json
          ? `${JSON.stringify(explanations.map(asJson))}\n`
          : `${explanations.map((e) => explanationText(e, zone)).join('\n\n')}\n`,
      )
    })
}

async function listKnown(options: Options): Promise<void> {
  const { signatures } = (await loadKnowledge(process.env)).signatures
  await print(options.json ? `${JSON.stringify(signatures.map(known))}\n` : `${listText(signatures)}\n`)
}

/** Emitters of one code whose own pages are named. */
const SYSTEMS_LINKED = 2

function known({ id, system, symptom, kind, outcome, cause, subcause }: Signature) {
  return { id, system, symptom, kind, outcome, cause, subcause }
}

function asJson(e: Explanation): Record<string, unknown> {
  return {
    ...eventJson(e.recognised, e.decoded.format, e.decoded.logged_writer_ms),
    redacted: e.redacted.text,
    tokens: e.redacted.tokens,
    alternatives: e.alternatives,
    ...(e.template === null ? {} : { template: e.template }),
    ...(e.verdict === null ? {} : { verdict: e.verdict }),
    ...(e.remedy === null ? {} : { remedy: e.remedy }),
    ...(e.sources.length === 0 ? {} : { sources: e.sources }),
  }
}
