import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { failuresCommand } from '../../../../dashboards/report/failures-command.ts'

const CONTEXT = { range: { from_ms: Date.UTC(2026, 9, 18, 22), to_ms: Date.UTC(2026, 9, 25, 23) }, db: null }

describe('the command behind a figure', () => {
  it('names period and conditions', () => {
    expect(failuresCommand({ ...CONTEXT, db: 'eu.db' }, { cause: ['skew'], host: ['api-1'] })).toBe(
      'authtop failures --db eu.db --since 2026-10-18T22:00:00Z --until 2026-10-25T23:00:00Z --cause skew --host api-1',
    )
  })

  it.each(['$(reboot)', "a'b", '; rm -rf /', '`id`', '$HOME', '<script>', '=cmd()', '-x', 'two words', '*', '\\'])(
    'a shell passes %j on as it is and runs nothing',
    (value) => {
      const command = failuresCommand(CONTEXT, { client_id: [value] })!
      const script = command.replace('authtop failures', 'printf "%s\\n"')
      const last = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n').at(-1)
      expect(last === value || last === `--client=${value}`).toBe(true)
    },
  )

  it.each(['a,b', '!web', 'a\u001b[31m', 'a\nb', '\u202egnp', '(other)'])(
    'there is none for %j, which the filters could not carry',
    (value) => {
      expect(failuresCommand(CONTEXT, { client_id: [value] })).toBeUndefined()
    },
  )
})
