/**
 * Names that only this machine or its own network gives out. A page in a browser can make a name of its own point at 127.0.0.1
 * (DNS rebinding) and then speaks to whatever listens there; it cannot make its requests bear one of these.
 */

/** RFC 6761 (localhost), RFC 6762 (local), ICANN's reservation of 2024 (internal: `host.docker.internal`). */
const OWN = /(?:^|\.)(?:localhost|local|internal)$/

const IPV4 = /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/

/** In brackets, as a URL writes it (RFC 3986 §3.2.2). */
const IPV6 = /^\[[0-9a-f:.%]{2,60}\](?::[0-9]{1,5})?$/i

/** An address of this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (IPV4.test(host) && host.startsWith('127.'))
}

/** @param host `Host` of a request (RFC 9110 §7.2), with or without a port; absent in HTTP/1.0 */
export function isLocalName(host: string | undefined): boolean {
  if (host === undefined) return true
  if (IPV6.test(host)) return true
  const name = host.replace(/:[0-9]{1,5}$/, '').toLowerCase()
  // Nobody can own a name without a dot; service names of Docker and Kubernetes are such.
  return IPV4.test(name) || /^[a-z0-9_-]{1,63}$/.test(name) || OWN.test(name)
}

/** @param origin `Origin` of a request (RFC 6454 §7): only browsers send it, `null` where they hide whose page it is */
export function isLocalOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true
  return URL.canParse(origin) && isLocalName(new URL(origin).host)
}
