/**
 * Loads the dashboard and Ink with it. Ink takes one function from es-toolkit's index of four hundred files, which is a third of
 * the time to the first frame, so that function's own file is loaded in its place.
 */
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

const INDEX = 'es-toolkit/compat'
/** Beside the index; has all that Ink imports from there. */
const THROTTLE = './function/throttle.mjs'

export async function loadDashboard(): Promise<typeof import('../../dashboards/terminal/run-dashboard.tsx')> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      if (specifier !== INDEX || context.parentURL?.includes('/ink/') !== true) return found
      const url = new URL(THROTTLE, found.url)
      return existsSync(url) ? { ...found, url: url.href } : found
    },
  })
  try {
    return await import('../../dashboards/terminal/run-dashboard.tsx')
  } finally {
    hooks.deregister()
  }
}
