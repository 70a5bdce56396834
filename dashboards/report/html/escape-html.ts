/**
 * Text for HTML, in content and in quoted attributes. Control and direction characters become visible text first, so that
 * a name from a log can neither end an element nor turn a line around.
 */
import { toPrintable } from '../../terminal/printable.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return toPrintable(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!)
}
