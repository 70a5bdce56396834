/** A source's notice as a line: what it says is said of the stream it names; receivers name themselves in their text. */
import type { SourceNotice } from '../core/ports/source.ts'

export function sourceNoticeText({ kind, name, text }: SourceNotice): string {
  return kind === 'listening' || kind === 'dropped' ? text : `${name}: ${text}`
}
