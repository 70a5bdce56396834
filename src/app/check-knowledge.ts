/**
 * Proves packs by running them: every example is won by its own signature, or by one of another emitter that says the
 * same of it, and by none of the same rank that says otherwise; yields what it states;
 * and passes the prefilter; no near miss is won; another signature's text in fields a remote party fills in changes nothing;
 * no pattern is slow on a hostile line. Used by `authtop check` and by the tests, through the very classifier of production.
 */
import { unwrapRecord } from '../../collectors/assemble/unwrap.ts'
import type { AuthEvent } from '../core/auth-event.ts'
import { isCaptureName } from '../signatures/capture.ts'
import type { Pack, Signature } from '../signatures/signature.ts'
import type { Classifier } from './classifier.ts'

export interface KnowledgeProblem {
  /** Signature id. */
  place: string
  text: string
}

/** A hostile line of this size must not take a pattern longer than {@link SLOW_MS}. */
const HOSTILE_LENGTH = 64 * 1024
/** Generous, because the machine may be busy; a catastrophic pattern takes minutes. */
const SLOW_MS = 500
/** Tries a slow pattern has; the quickest counts. */
const TRIES = 3

export function checkPacks(packs: readonly Pack[], classifier: Classifier): KnowledgeProblem[] {
  const problems: KnowledgeProblem[] = []
  for (const pack of packs) {
    for (const signature of pack.signatures) {
      for (const name of captureNames(signature))
        if (!isCaptureName(name))
          problems.push({ place: signature.id, text: `"${name}" is no capture name; see docs/packs.md` })
      const slow = slowest(signature)
      if (slow > SLOW_MS)
        problems.push({ place: signature.id, text: `pattern took ${Math.round(slow)} ms on a hostile line` })
    }
    for (const proof of pack.proofs) {
      const own = pack.signatures.find((s) => s.id === proof.id)!
      for (const example of proof.examples) {
        const problem = exampleProblem(own, example.text, example.gives, classifier)
        if (problem !== null) problems.push({ place: proof.id, text: `${problem}; example: ${excerpt(example.text)}` })
      }
      for (const text of proof.not) {
        const { event } = classifier.classify(unwrapRecord(text))
        if (event?.signature === proof.id)
          problems.push({ place: proof.id, text: `wins its near miss: ${excerpt(text)}` })
      }
    }
  }
  return problems
}

function exampleProblem(
  own: Signature,
  text: string,
  gives: Readonly<Record<string, string | number | null>>,
  classifier: Classifier,
): string | null {
  const { event, record } = classifier.classify(unwrapRecord(text))
  if (event === null) return `not recognised (format ${record.format})`
  if (event.signature !== own.id) return sameVerdict(own, event) ? null : `${event.signature} wins instead`
  if (!classifier.mayMatch(text)) return 'the prefilter would drop it'
  const rivals = classifier
    .matches(record)
    .filter(({ signature }) => signature.id !== own.id && ties(signature, event))
    .map(({ signature }) => signature.id)
  if (rivals.length > 0) return `${rivals.join(', ')} fits just as well with another meaning`
  for (const [field, wanted] of Object.entries(gives)) {
    const got = event[field as keyof AuthEvent] ?? event.evidence[field as keyof AuthEvent['evidence']] ?? null
    if (got !== wanted) return `${field} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`
  }
  return null
}

/** Same rank, other verdict: then luck would decide. */
function ties(rival: Signature, event: AuthEvent): boolean {
  return rival.specificity === event.specificity && !sameVerdict(rival, event)
}

/** Emitters quote the libraries inside them: whoever of the two is recognised, the reader is told the same. */
function sameVerdict(a: Signature, event: AuthEvent): boolean {
  return a.cause === event.cause && a.subcause === event.subcause && a.outcome === event.outcome
}

function captureNames(signature: Signature): string[] {
  const groups = [...(signature.pattern ?? '').matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map((m) => m[1]!)
  return [...groups, ...Object.keys(signature.fields)]
}

/** Milliseconds the pattern needs for lines built from its own literals and from what usually hurts. */
function slowest(signature: Signature): number {
  const patterns = [signature.pattern, signature.also].filter((source) => source !== undefined)
  const literal = signature.contains[0] ?? signature.any[0] ?? 'token'
  let worst = 0
  for (const seed of [literal, `${literal} `, ' ', 'a', '"', '\\"', '1', 'a.', `${literal}: "`, '=', ', ']) {
    const line = seed.repeat(Math.ceil(HOSTILE_LENGTH / seed.length)).slice(0, HOSTILE_LENGTH)
    for (const source of patterns) {
      const pattern = new RegExp(source, signature.flags)
      // The matcher shows a pattern at most a window; the check shows it the same. Of CPU time, which a busy machine stretches little.
      let best = Number.POSITIVE_INFINITY
      for (let tries = 0; tries < TRIES && best > SLOW_MS; tries++) {
        const start = process.cpuUsage()
        pattern.test(line.slice(0, 4096))
        const { user, system } = process.cpuUsage(start)
        best = Math.min(best, (user + system) / 1000)
      }
      worst = Math.max(worst, best)
    }
  }
  return worst
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}
