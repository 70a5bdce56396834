/** The common part of sinks that send one JSON body to one secret URL. */

import { httpPost } from '../http-post.ts'
import type { Notice, Sink } from '../notice.ts'
import { Secret, type SecretSource } from '../secret.ts'
import { type SinkContext, urlProblem } from './sink-type.ts'

export interface HttpRequestPlan {
  /** Added to the configured URL. */
  path?: string
  headers?: Readonly<Record<string, string>>
  body: unknown
}

export function httpSink(
  source: SecretSource,
  timeout_ms: number,
  { env, now }: SinkContext,
  plan: (notice: Notice) => HttpRequestPlan,
): Sink {
  const url = Secret.read(source, env)
  return {
    send: async (notice, signal) => {
      const problem = urlProblem(url.reveal())
      if (problem !== null) return { ok: false, retry: false, error: `the url ${problem}` }
      const { path = '', headers, body } = plan(notice)
      return httpPost(
        {
          url: url.reveal().replace(/\/$/, path === '' ? '/' : '') + path,
          ...(headers !== undefined && { headers }),
          body: JSON.stringify(body),
          timeout_ms,
          now_ms: now(),
        },
        signal,
      )
    },
  }
}
