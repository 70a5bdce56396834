/**
 * Looks over a JSON body before it is parsed: JSON.parse builds whatever it is given, and `[[],[],…` grows fiftyfold.
 * Says nothing about whether it is JSON; that is the parser's to say.
 */
import { JSON_NODES_LIMIT, NESTING_LIMIT } from '../limits.ts'
import { MalformedTelemetry } from '../telemetry.ts'

const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92

/** OTLP's own levels (resource, scope, span, event, attribute, value), each an array and an object, on top of the values'. */
const JSON_NESTING_LIMIT = 2 * NESTING_LIMIT

/** @throws MalformedTelemetry when it is nested too deep or has too many parts. */
export function checkJson(bytes: Uint8Array): void {
  let depth = 0
  let nodes = 0
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]
    if (c === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++
    } else if (c === 91 || c === 123) {
      nodes++
      if (++depth > JSON_NESTING_LIMIT) throw new MalformedTelemetry(`nested more than ${JSON_NESTING_LIMIT} deep`)
    } else if (c === 93 || c === 125) depth--
    else if (c === COMMA) nodes++
  }
  if (nodes > JSON_NODES_LIMIT) throw new MalformedTelemetry(`more than ${JSON_NODES_LIMIT} values`)
}
