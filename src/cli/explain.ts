/** `authtop explain`: the seven steps, the cause and the remedy for one text. */
import { randomBytes } from 'node:crypto'
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import { explanationText } from '../../dashboards/terminal/explanation-text.ts'
import { Classifier } from '../app/classifier.ts'
import { eventJson } from '../app/event-json.ts'
import { type Explanation, explain } from '../app/explain.ts'
import { loadKnowledge } from '../app/knowledge.ts'
import { UserError } from './exit-code.ts'
import { print } from './output.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options {
  json?: boolean
  tz?: string
}

export function explainCommand(program: Command): void {
  program
    .command('explain')
    .summary('why a log line or message means what it means')
    .description(
      'Takes a log line, a multi-line record or an error message through the seven steps (read, redact, decode, recognise, append, attribute, present) and says what failed, why and what to do. Nothing is stored or sent.',
    )
    .argument('[text...]', 'the text; none or "-" reads standard input')
    .option('--json', 'one JSON array, one object per record')
    .option('--tz <zone>', ZONE_HELP)
    .addHelpText(
      'after',
      `
Examples:
  $ authtop explain 'JsonWebTokenError: jwt audience invalid. expected: orders-api'
  $ tail -1 app.log | authtop explain -
  $ authtop explain 'WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"'

Exit codes: 0 fine, 2 wrong usage, 3 cannot read.`,
    )
    .action(async (words: string[], options: Options) => {
      const zone = checkZone(options.tz)
      const fromStdin = words.length === 0 || (words.length === 1 && words[0] === '-')
      if (fromStdin && words.length === 0 && process.stdin.isTTY)
        throw new UserError('nothing to explain', 'give a text, or pipe one in')
      const input = fromStdin ? await readAll(process.stdin) : words.join(' ')
      if (input.trim() === '') throw new UserError('nothing to explain', 'give a text, or pipe one in')
      const knowledge = await loadKnowledge(process.env)
      const classifier = new Classifier(knowledge, randomBytes(32), zone)
      const explanations = explain(input, knowledge, classifier, Date.now(), zone)
      await print(
        options.json
          ? `${JSON.stringify(explanations.map(asJson))}\n`
          : `${explanations.map((e) => explanationText(e, zone)).join('\n\n')}\n`,
      )
    })
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
  }
}
