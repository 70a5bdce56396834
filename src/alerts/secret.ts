/**
 * A secret of the configuration: given in place, by environment variable or by file; read when a sink opens, never printed.
 * Invariant: whatever shows a value of this class (log, JSON, error) shows `[redacted]`.
 */
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { z } from 'zod'

export const secretSchema = z.union([
  z.string().min(1),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
])
export type SecretSource = z.infer<typeof secretSchema>

export class SecretError extends Error {
  override readonly name = 'SecretError'
}

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Throws {@link SecretError} where the variable or file is missing or empty. */
  static read(source: SecretSource, env: NodeJS.ProcessEnv): Secret {
    if (typeof source === 'string') return new Secret(source)
    if ('env' in source) {
      const value = env[source.env]
      if (!value) throw new SecretError(`the environment variable ${source.env} is not set`)
      return new Secret(value)
    }
    try {
      const value = readFileSync(source.file, 'utf8').trim()
      if (value === '') throw new SecretError(`the secret file ${source.file} is empty`)
      return new Secret(value)
    } catch (error) {
      if (error instanceof SecretError) throw error
      throw new SecretError(`cannot read the secret file ${source.file} (${(error as NodeJS.ErrnoException).code})`)
    }
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }

  [inspect.custom](): string {
    return '[redacted]'
  }
}
