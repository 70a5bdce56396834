/** Does the software itself say of a record that nothing is wrong? Leaves what follows from that to recogniser.ts and sense/. */
import type { LogRecord } from '../core/log-record.ts'

/** OpenTelemetry severity number of WARN. */
export const WARN = 13

/** Below WARN; a record without a severity says nothing. */
export function isCalm({ severity }: Pick<LogRecord, 'severity'>): boolean {
  return severity !== undefined && severity < WARN
}

/** Words without which a calm record that tells of something withdrawn, missing or expired tells of daily business. */
const REFUSAL =
  /\b(?:reject|refus|den(?:y|ied)\b|unauthori[sz]ed|unauthenticated|forbidden|40[0-3]\b|fail|invalid(?!ated)|errors?\b|cannot|could not|couldn't|unable|not allowed|abort|presented|(?<!\bwill )attempt(?:ed)? (?:to|with))/i

export function speaksOfRefusal(text: string): boolean {
  return REFUSAL.test(text)
}

/** What was done instead: the fault was expected. */
const GOING_ON =
  /->|\bnothing to\b|(?:^|[^\w\s]|\s(?:so|and|now|then))\s*(?:attempting to|trying|skipping|skipped|ignoring|ignored|allowing|creating|using|continuing|falling back|proceeding|retrying|re-?attempting|defaulting|assuming|generating|fetching|requesting|loading|will (?:be )?(?:retr|try|continu|keep|use|create|fetch|refresh))/i

export function goesOn(text: string): boolean {
  return GOING_ON.test(text)
}
