/** A store's location as it may be shown and written down: without a password. */
export function shownLocation(location: string): string {
  return location.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#]*@/i, '$1@')
}

/** Whether a location names a server and no file. */
export function isDistant(location: string): boolean {
  return location.includes('://') && !/^sqlite:/i.test(location)
}
