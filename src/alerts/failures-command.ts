/**
 * The command that lists the incidents behind an alert, safe to paste into a shell: names come from logs, and whoever writes
 * a log must not write commands. What cannot be given to the command is left out: it shows more then, not less.
 */

/** Options of `authtop failures` by label. */
const OPTIONS: Readonly<Record<string, string>> = {
  cause: 'cause',
  subcause: 'subcause',
  host: 'host',
  service: 'service',
  client_id: 'client',
  issuer: 'issuer',
}

/** What a shell takes as it stands. */
const PLAIN = /^[\w.:/@+%-]+$/

/** `labels`: alternatives by label; those the command has no option for are left out. */
export function failuresCommand(labels: Readonly<Record<string, readonly string[]>>, since_ms: number): string {
  const options = Object.entries(labels).flatMap(([label, values]) => {
    const option = OPTIONS[label]
    // A comma separates values, and an empty one is none.
    if (option === undefined || values.length === 0 || values.some((v) => v === '' || v.includes(','))) return []
    return [`--${option} ${shellWord(values.join(','))}`]
  })
  return ['authtop failures', ...options, `--since ${new Date(Math.max(0, since_ms)).toISOString()}`].join(' ')
}

function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
