/** What a pushed record is known again by, in the place of a file's offset. */
import { hash } from 'node:crypto'

/** 53 bits of SHA-256: the integers that JavaScript and SQLite both hold exactly. Two of 10 million differ almost surely (10^-2 %). */
export function identityOf(content: string): number {
  const hex = hash('sha256', content, 'hex')
  return Number.parseInt(hex.slice(0, 13), 16) * 2 + (Number.parseInt(hex[13]!, 16) & 1)
}

/** A stream's id that later runs make again from the same name: `otlp:3fa9c1d2e4b5a697`. */
export function streamId(kind: string, name: string): string {
  return `${kind}:${hash('sha256', name, 'hex').slice(0, 16)}`
}
