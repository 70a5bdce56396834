/** What a sink's file exports: its configuration and how to open it. A new sink is one file and one line in the index. */
import type { z } from 'zod'
import type { Sink } from '../notice.ts'

export interface SinkContext {
  env: NodeJS.ProcessEnv
  /** Collector's clock, ms. */
  now(): number
}

export interface SinkType<C> {
  /** `type` in the configuration. */
  type: string
  /** One sentence for the manual. */
  about: string
  schema: z.ZodType<C>
  /** Throws SecretError where a secret is missing. */
  open(config: C, context: SinkContext): Sink
}

export function urlProblem(text: string): string | null {
  if (!URL.canParse(text)) return 'is no URL'
  return /^https?:$/.test(new URL(text).protocol) ? null : 'must begin with http:// or https://'
}
