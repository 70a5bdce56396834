/** `--tz ZONE`: for log stamps without a zone, and for the times that are shown. */
import { UserError } from './exit-code.ts'

export const ZONE_HELP =
  'IANA zone for log stamps that carry none and for shown times, e.g. Europe/Paris (default: UTC)'

export function checkZone(zone: string | undefined): string {
  if (zone === undefined) return 'UTC'
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    throw new UserError(`"${zone}" is no IANA time zone`, 'zones look like UTC, Europe/Paris or America/New_York')
  }
}
