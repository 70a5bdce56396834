#!/usr/bin/env node
/**
 * Where the process starts: checks the runtime before anything native is loaded (better-sqlite3 13 crashes outright on
 * Node 20), then hands over. Imports nothing itself, so that even an old Node gets as far as the sentence below.
 */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const supported = major > 22 || (major === 22 && minor >= 15)

/**
 * A semi-space of the young heap, MB. Under a steady load V8 lets it grow to 32 and more, of which it holds up to four: half the
 * memory of the process. With this one the CPU's part is some 2 % larger.
 */
const SEMI_SPACE_MB = 8

/**
 * Memory outside the heap, as glibc's mallopt(3) takes it from the environment. Left to itself, glibc puts the buffers of a read
 * between smaller pieces once one was freed, in an arena for each thread, and holds a fifth of the process that nobody uses.
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' }

/** Commands that are done before a heap has grown, or should answer at once; everything else reads logs or a store, or stays. */
const BRIEF =
  '-V --version -h --help help completion classify explain check signatures export service reload schedule'.split(' ')

/**
 * V8 and glibc take that at the start of the process only, so whatever reads much starts again in its place (same pid, nothing opened
 * yet). Not where somebody chose a size, and not where there is no exec: on Windows and under Node's permission model.
 */
function startAgainWithLessMemory(): void {
  const { execArgv, execPath, argv, env } = process
  const flags = `${execArgv.join(' ')} ${env.NODE_OPTIONS ?? ''}`
  if (process.platform === 'win32' || process.permission !== undefined || process.connected) return
  if (BRIEF.includes(argv[2] ?? '') || /semi[-_]space[-_]size/.test(flags)) return
  // From the beginning, too: loading what authtop knows would otherwise collect garbage a dozen times.
  const size = [`--min-semi-space-size=${SEMI_SPACE_MB}`, `--max-semi-space-size=${SEMI_SPACE_MB}`]
  process.execve?.(execPath, [execPath, ...size, ...execArgv, ...argv.slice(1)], { ...ALLOCATOR, ...env })
}

if (supported) {
  startAgainWithLessMemory()
  const { limitHeapGrowth } = await import('./heap-growth.ts')
  limitHeapGrowth()
  const { main } = await import('./main.ts')
  await main(process.argv)
} else {
  process.stderr.write(
    `authtop needs Node.js 22.15 or newer, this is ${process.versions.node}; install a newer Node.js, or from a checkout run it with "npm start", which brings its own.\n`,
  )
  process.exitCode = 2
}
