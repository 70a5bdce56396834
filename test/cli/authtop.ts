/** Runs the built command as its users do, in an environment of its own: nothing of the machine's home is read or written. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export const ENTRY = join(import.meta.dirname, '../../dist/src/cli/entry.js')

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

/** A folder that is gone after the tests of the file. A process that is just ending may still write into it: removing is tried again. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'authtop-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return folder
}

export function environment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    LANG: 'C.UTF-8',
  }
}

export function authtop(
  home: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  more: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    env: { ...environment(home), ...more },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    // A command that refuses its arguments ends without reading.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

export function ndjson(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
