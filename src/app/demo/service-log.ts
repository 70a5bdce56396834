/** What a service of the demo says about a request; each implementation is one real log layout. */
import type { JWTPayload } from 'jose'
import type { HttpAnswer, HttpRequest } from './http-exchange.ts'

export interface ServiceLog {
  accepted(request: HttpRequest, payload: JWTPayload): void
  refused(request: HttpRequest, error: Error): void
  completed(request: HttpRequest, answer: HttpAnswer): void
  /** Something about the service itself: start, deploy, new keys. */
  told(message: string, fields: Readonly<Record<string, unknown>>): void
}
