/** Fills the holes of a message template, `Token {TokenId} expired {@Details}` (messagetemplates.org; .NET logging). */
import type { AttributeValue } from '../../src/core/log-record.ts'

/** A hole without a value stays as it is written. */
export function renderTemplate(template: string, value: (name: string) => AttributeValue | undefined): string {
  return template.replace(
    /\{\{|\}\}|\{[@$]?([A-Za-z_]\w{0,100})(?:,[^{}:]{1,10})?(?::[^{}]{1,40})?\}/g,
    (hole, name: string) => {
      if (name === undefined) return hole[0]!
      const found = value(name)
      return found === undefined ? hole : String(found)
    },
  )
}
