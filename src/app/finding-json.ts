/** A finding as `findings --json` prints it (DESIGN section 8, a promise); links come on top. */
import type { Finding } from '../core/finding.ts'

export function findingJson(finding: Finding): Record<string, unknown> {
  const { kind, severity, cause, subcause, host, service, client_id, issuer, ...rest } = finding
  const { from_ms, to_ms, incidents, title, why, fix, links } = rest
  return {
    kind,
    severity,
    cause,
    subcause,
    host: host ?? null,
    service: service ?? null,
    client_id: client_id ?? null,
    issuer: issuer ?? null,
    from_ms: Math.round(from_ms),
    to_ms: Math.round(to_ms),
    incidents,
    title,
    why,
    fix,
    links,
  }
}
