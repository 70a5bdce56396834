/** `authtop alerts silence`: whom not to tell about what, and for how long; also while a collector runs. */
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { formatInstant } from '../../../dashboards/format-time.ts'
import { toPrintable } from '../../../dashboards/terminal/printable.ts'
import { durationMs } from '../../core/duration.ts'
import { openDesk, openReader } from '../../store/index.ts'
import { UserError } from '../exit-code.ts'
import { print } from '../output.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from '../store-option.ts'
import { checkZone, ZONE_HELP } from '../zone-option.ts'

interface Options extends StoreOptions {
  for: string
  comment: string
  end?: string
  tz?: string
}

/** Random part of an id; 32 bits among a handful of silences. */
const ID_BYTES = 4

export function alertsSilence(alerts: Command): void {
  const command = alerts
    .command('silence')
    .summary('do not notify about some alerts for a while')
    .description(
      'Silences alerts whose labels are equal to all of the given ones; they are still recorded. Without labels, lists the silences in force.',
    )
    .argument('[label=value...]', 'for example rule=skew_spike host=api-1; "rule" names the rule')
    .option('--for <duration>', 'how long: 30m, 2h, 7d', '2h')
    .option('--comment <text>', 'why', '')
    .option('--end <id>', 'end a silence now')
    .option('--tz <zone>', ZONE_HELP)
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop alerts silence host=api-1 --for 4h --comment 'NTP maintenance'
  $ authtop alerts silence

Exit codes: 0 fine, 2 wrong usage, 3 cannot read or write the store.`,
  )
  command.action(async (labels: string[], options: Options) => {
    const zone = checkZone(options.tz)
    const location = storeLocation(options, process.env)
    const now = Date.now()
    if (labels.length === 0 && options.end === undefined) {
      const reader = await openReader(location)
      try {
        for (const s of await reader.silences(now))
          await print(
            `${s.id}  until ${formatInstant(s.to_ms, zone)}  ${toPrintable(
              Object.entries(s.matchers)
                .map(([k, v]) => `${k}=${v}`)
                .join(' '),
            )}  ${toPrintable(s.comment)}\n`,
          )
      } finally {
        await reader.close()
      }
      return
    }
    const length = durationMs(options.for)
    if (length === null || length <= 0)
      throw new UserError(`"${options.for}" is no length of time`, 'write for example 30m, 2h or 7d')
    const matchers = Object.fromEntries(labels.map(matcher))
    const desk = await openDesk(location)
    try {
      if (options.end !== undefined) {
        if (!(await desk.unsilence(options.end, now)))
          throw new UserError(`there is no silence ${options.end} in force`)
        return
      }
      const id = randomBytes(ID_BYTES).toString('hex')
      await desk.silence({ id, matchers, from_ms: now, to_ms: now + length, comment: options.comment })
      await print(`${id}\n`)
    } finally {
      await desk.close()
    }
  })
}

function matcher(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1) throw new UserError(`"${text}" is not label=value`, 'for example host=api-1')
  return [text.slice(0, at), text.slice(at + 1)]
}
