/**
 * What can be said of a span or log record before it is decoded: may any signature match in what it would be rendered as? Most
 * spans are not about authentication, and decoding, rendering and searching one costs ten times the look.
 * Knows what `render-record.ts` makes telling text of: names and values, texts as they stand, numbers as they are written. How
 * they stand in bytes is for protobuf-glance.ts and json-glance.ts.
 */
import { HTTP_STATUS } from '../is-failed.ts'
import { isSilent, SILENT_AT_ZERO } from '../silent-attributes.ts'

/** Lists within lists that are looked through; deeper ones are decoded. */
export const LISTS_WITHIN = 3
/** Names of attributes remembered with what is to be said of them; senders have some hundreds. */
const KEYS_KEPT = 2_000
/** Numbers below this are remembered: status codes, ports. */
const NUMBERS_KEPT = 1_024

/** False proves that no signature can match in this text (UTF-8, from where to where). */
export type MayMatch = (bytes: Uint8Array, from: number, to: number) => boolean

export type KeyMeaning = 'silent' | 'silent at zero' | 'http status' | 'its value counts' | 'tells'

interface Key {
  bytes: Buffer
  meaning: KeyMeaning
}

export class Glance {
  readonly textTells: MayMatch
  /** Do `true` and `false` tell something? */
  readonly flagsTell: boolean
  /** By a hash of their bytes, which costs a tenth of making them text. */
  readonly #keys = new Map<number, Key>()
  readonly #numbers = new Uint8Array(NUMBERS_KEPT)

  constructor(mayMatch: MayMatch) {
    this.textTells = mayMatch
    this.flagsTell = this.wordTells('true') || this.wordTells('false')
  }

  /** What is to be said of an attribute by its name (UTF-8, from where to where). */
  meaningOf(bytes: Buffer, from: number, to: number): KeyMeaning {
    let hash = to - from
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0
    const known = this.#keys.get(hash)
    if (known !== undefined && isAt(bytes, from, to, known.bytes)) return known.meaning
    const name = bytes.toString('utf8', from, to)
    const tells = this.textTells(bytes, from, to)
    const meaning = tells && !isSilent(name, 0) ? 'tells' : meaningOf(name)
    if (this.#keys.size >= KEYS_KEPT) this.#keys.clear()
    this.#keys.set(hash, { bytes: Buffer.from(bytes.subarray(from, to)), meaning })
    return meaning
  }

  /** @param number NaN where it is negative or has more than 53 bits. */
  numberTells(number: number): boolean {
    if (!Number.isFinite(number)) return true
    if (!Number.isInteger(number) || number < 0 || number >= NUMBERS_KEPT) return this.wordTells(String(number))
    let known = this.#numbers[number]
    if (known === 0) {
      known = this.wordTells(String(number)) ? 2 : 1
      this.#numbers[number] = known
    }
    return known === 2
  }

  wordTells(text: string): boolean {
    const bytes = Buffer.from(text)
    return this.textTells(bytes, 0, bytes.length)
  }
}

function meaningOf(name: string): KeyMeaning {
  if (name === SILENT_AT_ZERO) return 'silent at zero'
  if (isSilent(name)) return 'silent'
  return HTTP_STATUS.includes(name) ? 'http status' : 'its value counts'
}

function isAt(bytes: Uint8Array, from: number, to: number, wanted: Uint8Array): boolean {
  if (to - from !== wanted.length) return false
  for (let i = 0; i < wanted.length; i++) if (bytes[from + i] !== wanted[i]) return false
  return true
}
