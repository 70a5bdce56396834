import { describe, expect, test } from 'vitest'
import { loadFormats } from '../../../collectors/formats/load.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { looksLikeAuthFailure } from '../../../src/signatures/auth-failure-words.ts'
import { loadPacks, PACKS_FOLDER } from '../../../src/signatures/load.ts'
import { createRandom } from '../../simulation/clock/random.ts'

const signatures = await loadPacks([PACKS_FOLDER])
const classifier = new Classifier({ formats: loadFormats(), signatures }, new Uint8Array(32), 'UTC', {
  prefilter_patience: 0,
})
const TEXTS = 12_000
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijklmnopqrstuvwxyz012345'
const { next } = createRandom(20_261_128)
const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!

/** What happens to a message on its way into a log: other spellings, other encoders, words lost or exchanged, a token in place of its name. */
const CHANGES: readonly ((text: string) => string)[] = [
  (text) => text.replace(/[ _]([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  (text) => text.replaceAll(' ', '_'),
  (text) => text.replaceAll(' ', '-'),
  (text) => text.replaceAll(' ', '.'),
  (text) => text.replaceAll(' ', '+'),
  (text) => text.toUpperCase(),
  (text) => JSON.stringify({ level: 50, msg: text }),
  (text) => JSON.stringify({ log: JSON.stringify({ message: text }) }),
  (text) => `GET /callback?error_description=${encodeURIComponent(text)} HTTP/1.1`,
  (text) => text.replace(/\b(?:jwt|token|jws)\b/i, TOKEN),
  (text) => text.replace(/openid/i, 'Open ID'),
  (text) => {
    const words = text.split(' ')
    words.splice(Math.floor(next() * words.length), 1)
    return words.join(' ')
  },
  (text) => {
    const words = text.split(' ')
    const [a, b] = [Math.floor(next() * words.length), Math.floor(next() * words.length)]
    ;[words[a], words[b]] = [words[b]!, words[a]!]
    return words.join(' ')
  },
]

describe('the prefilter', () => {
  test('turns away nothing that would be an event or a failure nobody recognises, whatever happened to the text', () => {
    const examples = signatures.packs
      .flatMap(({ proofs }) => proofs)
      .flatMap(({ examples: all }) => all.map(({ text }) => text))
      .filter((text) => text.length < 2_000)
    let turnedAway = 0
    const lost: string[] = []
    for (let n = 0; n < TEXTS; n++) {
      let text = pick(examples)
      for (let changes = 1 + Math.floor(next() * 3); changes > 0; changes--) text = pick(CHANGES)(text)
      if (classifier.mayMatch(text)) continue
      turnedAway++
      const { event, record } = classifier.classify({ text })
      if (event !== null || looksLikeAuthFailure(record)) lost.push(text)
    }
    expect(lost).toEqual([])
    expect(turnedAway).toBeGreaterThan(100)
  })
})
