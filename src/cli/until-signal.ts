/** Ctrl-C, SIGTERM and SIGHUP ask for a clean end; a second one ends at once. */

export function untilSignal(): AbortSignal {
  const abort = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => {
      abort.abort()
      process.once(name, () => process.exit(128 + (name === 'SIGINT' ? 2 : name === 'SIGTERM' ? 15 : 1)))
    })
  return abort.signal
}
