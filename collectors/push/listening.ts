/** Where a receiver listens and whom it lets in. */
import type { PushSecrets } from '../../src/core/ports/push-source.ts'

export interface Listening extends PushSecrets {
  /** Address to bind. */
  host: string
  /** 0: any free one. */
  port: number
}
