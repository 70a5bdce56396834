/** The bench's end of one machine of clients: commands in, answers out. */
import { createInterface } from 'node:readline'
import type { Child } from './child.ts'

export interface Credentials {
  client_id: string
  client_secret: string
}

export interface Answer {
  /** 0: no answer came. */
  status: number
  request_id?: string
  access_token?: string
  refresh_token?: string
}

export class ClientHost {
  readonly hostname: string
  readonly logs: boolean
  readonly #child: Child
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #count = 0

  constructor(hostname: string, logs: boolean, child: Child) {
    this.hostname = hostname
    this.logs = logs
    this.#child = child
    createInterface({ input: child.process.stdout! }).on('line', (line) => {
      const { n, ...answer } = JSON.parse(line)
      this.#waiting.get(n)?.(answer)
      this.#waiting.delete(n)
    })
  }

  do(deed: 'token' | 'revoke' | 'call', command: object): Promise<Answer> {
    const n = this.#count++
    this.#child.process.stdin!.write(`${JSON.stringify({ n, deed, ...command })}\n`)
    return new Promise((resolve) => this.#waiting.set(n, resolve))
  }
}
