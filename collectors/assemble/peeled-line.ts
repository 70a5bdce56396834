/** One line without its wrapper: what a wrapper's `peel` answers. */
import type { Envelope } from '../../src/core/log-record.ts'

export interface PeeledLine {
  text: string
  envelope: Envelope
  /** The wrapper split a longer line here; the next line of the same origin goes on. */
  partial: boolean
  /** Lines of different origins never form one record. */
  origin: string
}

/** What a wrapper needs for stamps without a year or zone. */
export interface PeelContext {
  zone: (local_ms: number) => number
  /** About now, ms. */
  reference_ms: number
}

/** Null when the line is not wrapped so. */
export type Peel = (line: string, context: PeelContext) => PeeledLine | null

/** Puts what an inner wrapper said over what an outer one said. */
export function nest(outer: PeeledLine, inner: PeeledLine): PeeledLine {
  return {
    text: inner.text,
    envelope: nestEnvelope(outer.envelope, inner.envelope),
    partial: outer.partial || inner.partial,
    origin: `${outer.origin}\n${inner.origin}`,
  }
}

export function nestEnvelope(outer: Envelope | undefined, inner: Envelope): Envelope {
  return outer === undefined ? inner : { ...outer, ...inner, wrapper: `${outer.wrapper}+${inner.wrapper}` }
}
