import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { authtop, ENTRY, scratch } from './authtop.ts'

const home = scratch()
const COMMANDS = [
  'top',
  'collect',
  'dash',
  'failures',
  'report',
  'schedule',
  'skew',
  'findings',
  'reattribute',
  'explain',
  'classify',
  'alerts',
  'query',
  'check',
  'signatures',
  'demo',
  'completion',
]

describe('usage', () => {
  test('--version prints the version of the package', async () => {
    const { stdout, code } = await authtop(home, ['--version'])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(code).toBe(0)
  })

  test.each(COMMANDS)('help of %s has purpose, options, examples and exit codes', async (command) => {
    const { stdout, code } = await authtop(home, [command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/Usage: authtop/)
    expect(stdout).toMatch(/Examples:\n {2}\$ /)
    expect(stdout).toMatch(/Exit codes: 0/)
  })

  test('the main help names every command', async () => {
    const { stdout } = await authtop(home, ['--help'])
    for (const command of COMMANDS) expect(stdout).toContain(`  ${command}`)
  })

  test('the default command goes by the name of what it does with logs, too', async () => {
    const log = join(home, 'tail.log')
    writeFileSync(
      log,
      '{"level":50,"time":1794820320000,"msg":"x","err":{"type":"TokenExpiredError","message":"jwt expired"}}\n',
    )
    const asked = ['--no-follow', '--db', join(home, 'tail.db'), log]
    const { code, stdout } = await authtop(home, ['tail', ...asked])
    expect(code).toBe(0)
    expect(stdout).toContain('expired')
  })

  test('a mistyped command is no file: exit 2 and a suggestion', async () => {
    const { stderr, code } = await authtop(home, ['failurs'])
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean "authtop failures"?')
  })

  test.each([
    ['logs/{pod}/*.log', 'has the label {pod}; only {host} and {service}'],
    ['journal:my unit', '"my unit" is no name of a unit'],
  ])('a path that cannot mean anything, %s: exit 2 and a sentence', async (path, told) => {
    for (const command of [['collect', '--once'], ['--no-follow']]) {
      const { code, stderr } = await authtop(home, [...command, '--db', `${home}/paths.db`, path])
      expect([code, stderr]).toEqual([2, expect.stringContaining(told)])
      expect(stderr).not.toMatch(/\n\s+at /)
    }
  })

  test('a mistyped option is answered with a suggestion and exit 2', async () => {
    const { stderr, code } = await authtop(home, ['failures', '--jsn'])
    expect(code).toBe(2)
    expect(stderr).toContain('--json')
  })

  test.each([
    [['failures', '--tz', 'Mars/Olympus']],
    [['failures', '--cause', 'gremlins']],
    [['failures', '--kind', 'gremlins']],
    [['failures', '--limit', '0']],
    [['dash', '--range', 'soon']],
    [['collect']],
    [['collect', '-', 'app.log']],
    [['query']],
    [['failures', '--db', 'a.db', '--store', 'sqlite:b.db']],
    [['failures', '--store', 'gopher://x']],
  ])('%j is wrong usage: exit 2, one sentence, no stack trace', async (args) => {
    const { stderr, stdout, code } = await authtop(home, args)
    expect(code).toBe(2)
    expect(stderr.trim()).not.toBe('')
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stdout).toBe('')
  })

  test.each([[['failures']], [['dash']], [['query', 'SELECT 1']], [['check', '--unknown']]])(
    '%j without a store: exit 3 and a hint',
    async (args) => {
      const { stderr, code } = await authtop(home, [...args, '--db', `${home}/none.db`])
      expect(code).toBe(3)
      expect(stderr).toContain('none.db')
    },
  )

  test('an unsupported Node gets one sentence and exit 2', (context) => {
    const old = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
      if (!existsSync(path)) return false
      const [major, minor] = execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' })
        .split('.')
        .map(Number)
      return major! < 22 || (major === 22 && minor! < 15)
    })
    if (old === undefined) return context.skip('this machine has no Node older than 22.15')
    const { status, stderr, stdout } = spawnSync(old, [ENTRY, '--version'], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toMatch(/^authtop needs Node\.js 22\.15 or newer, this is [\d.]+; .*\n$/)
    expect(stdout).toBe('')
  })

  test.each(['bash', 'zsh', 'fish'])('the %s completion names commands and options', async (shell) => {
    const { stdout } = await authtop(home, ['completion', shell])
    for (const word of [...COMMANDS, shell === 'fish' ? 'json' : '--json']) expect(stdout).toContain(word)
  })

  test('the bash completion is bash, and completes', async () => {
    const { stdout } = await authtop(home, ['completion', 'bash'])
    const script = `${stdout}\nCOMP_WORDS=(authtop fail); COMP_CWORD=1; _authtop; printf '%s\\n' "\${COMPREPLY[@]}"`
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8', cwd: home })).toBe('failures\n')
  })
})
