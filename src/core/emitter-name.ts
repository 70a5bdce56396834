/** How a person is told who wrote a record. */

/** `system` of signatures that anybody's words fit. */
export const ANYBODY = 'unknown'

export function emitterName(system: string): string {
  return system === ANYBODY ? 'an emitter without a pack' : system
}
