/**
 * The figures as one JSON document, as src/core/report.ts describes them. Strings are as the logs had them (JSON escapes
 * control characters itself), so that a program can look them up again.
 */
import type { Report } from '../../src/core/report.ts'

export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
