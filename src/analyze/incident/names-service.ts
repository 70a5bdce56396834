/** Does a path name a service? Gateways mostly route by the first words of a path, and services are mostly called so. */

/** Segments looked at: `/api/v1/orders/17` names its service third. */
const SEGMENTS = 4
/** Shorter words are no names; characters. */
const SHORTEST = 3

/** Said of all services alike. */
const GENERIC: ReadonlySet<string> = new Set(['api', 'app', 'rest', 'svc', 'service', 'services', 'public', 'internal'])

export function namesService(path: string, service: string): boolean {
  const name = plain(service)
  if (name.length < SHORTEST) return false
  return path
    .split('/', SEGMENTS + 1)
    .map(plain)
    .some(
      (segment) =>
        segment.length >= SHORTEST && !GENERIC.has(segment) && (name.startsWith(segment) || segment.startsWith(name)),
    )
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '')
}
