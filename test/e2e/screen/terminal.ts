/** A real terminal (tmux) with a shell in it, in which a test types and of which it reads the screen. */
import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'

const socket = `authtop-test-${process.pid}`
export const missing = spawnSync('tmux', ['-V']).error !== undefined
if (missing && process.env.AUTHTOP_E2E_ALL === '1') throw new Error('tmux is missing; apt-get install tmux')

export const tmux = (...args: string[]) => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })
afterAll(() => spawnSync('tmux', ['-L', socket, 'kill-server']))

export class Screen {
  readonly #name: string
  /** @param home folder that stands for the user's. */
  constructor(home: string, name: string, command: string, columns = 80, rows = 24) {
    this.#name = name
    const env = `env HOME=${home} XDG_STATE_HOME=${home}/state XDG_CONFIG_HOME=${home}/config LANG=C.UTF-8`
    tmux('-f', '/dev/null', 'new-session', '-d', '-s', name, '-x', String(columns), '-y', String(rows), `${env} sh`)
    tmux('send-keys', '-t', name, `${command}; echo "ended with $?"`, 'Enter')
  }
  text(): string {
    return tmux('capture-pane', '-p', '-t', this.#name)
  }
  press(...keys: string[]): void {
    tmux('send-keys', '-t', this.#name, ...keys)
  }
  async shows(pattern: RegExp): Promise<string> {
    for (let i = 0; i < 400; i++) {
      const text = this.text()
      if (pattern.test(text)) return text
      await sleep(100)
    }
    throw new Error(`${pattern} never came; the screen:\n${this.text()}`)
  }
  /** As a person does who sees that nothing happened: a pager that is just ending takes the key for itself. */
  async pressUntil(key: string, pattern: RegExp): Promise<void> {
    for (let i = 0; i < 40; i++) {
      this.press(key)
      await sleep(1_000)
      if (pattern.test(this.text())) return
    }
    throw new Error(`${pattern} never came; the screen:\n${this.text()}`)
  }
}
