/**
 * A process that writes numbered lines as fast as it can be read and rotates its log when told to, in the way it was
 * started for. Its parent learns how many lines there were in all.
 */
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'

export type RotationKind = 'rename' | 'compress' | 'copytruncate' | 'refill' | 'delete' | 'symlink'

const [path = '', kind = 'rename'] = process.argv.slice(2) as [string, RotationKind]
let number = 0
let rotations = 0
let stopping = false
let fd = open()

function open(): number {
  if (kind !== 'symlink') return fs.openSync(path, 'a')
  const target = join(dirname(path), `app-2026-11-${String(rotations + 10).padStart(3, '0')}.log`)
  const opened = fs.openSync(target, 'a')
  fs.symlinkSync(target, `${path}.tmp`)
  fs.renameSync(`${path}.tmp`, path)
  return opened
}

function writeLines(count: number): void {
  let text = ''
  for (let n = 0; n < count; n++) text += `line ${number++} ${'x'.repeat((number * 7) % 120)}\n`
  // Two writes, so that a reader meets unfinished lines.
  const middle = Math.floor(text.length * 0.6)
  fs.writeSync(fd, text.slice(0, middle))
  fs.writeSync(fd, text.slice(middle))
}

/** Names count down, so that nothing already rotated has to be renamed; the log is long since elsewhere for a reader. */
function rotate(): void {
  rotations++
  const old = `${path}.${rotations}`
  if (kind === 'rename' || kind === 'compress') {
    fs.renameSync(path, old)
    // Writers do not reopen at once.
    writeLines(3)
    fs.closeSync(fd)
    fd = open()
    if (kind === 'compress') compress(old)
  } else if (kind === 'copytruncate' || kind === 'refill') {
    fs.copyFileSync(path, old)
    const size = fs.fstatSync(fd).size
    fs.ftruncateSync(fd, 0)
    if (kind === 'refill') while (fs.fstatSync(fd).size <= size) writeLines(20)
  } else if (kind === 'delete') {
    fs.unlinkSync(path)
    writeLines(3)
    fs.closeSync(fd)
    fd = open()
  } else {
    fs.closeSync(fd)
    fd = open()
  }
}

function compress(old: string): void {
  const even = rotations % 2 === 0
  const bytes = fs.readFileSync(old)
  fs.writeFileSync(`${old}.${even ? 'gz' : 'zst'}`, even ? gzipSync(bytes) : zstdCompressSync(bytes))
  const { atime, mtime } = fs.statSync(old)
  fs.utimesSync(`${old}.${even ? 'gz' : 'zst'}`, atime, mtime)
  fs.unlinkSync(old)
}

function work(): void {
  if (stopping) {
    fs.closeSync(fd)
    process.send?.({ total: number }, () => process.disconnect())
    return
  }
  writeLines(1 + (number % 9))
  setTimeout(work, 1)
}

process.on('message', (message) => {
  if (message === 'rotate') {
    rotate()
    process.send?.({ rotated: rotations, from: number })
  } else stopping = true
})
work()
