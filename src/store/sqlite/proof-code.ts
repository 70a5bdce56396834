/** A clock proof as one integer and back: offset_ms * 32 + kind * 3 + mover. Stored numbers are never renumbered. */
import { CLOCK_MOVERS, CLOCK_PROOF_KINDS, type ClockProof } from '../../core/clock-proof.ts'

const SIZE = 32

export function encodeProof(proof: ClockProof | undefined): number | null {
  if (proof === undefined || !Number.isFinite(proof.offset_ms)) return null
  const code = CLOCK_PROOF_KINDS.indexOf(proof.kind) * CLOCK_MOVERS.length + CLOCK_MOVERS.indexOf(proof.mover)
  return Math.round(proof.offset_ms) * SIZE + code
}

export function decodeProof(code: number | null): ClockProof | null {
  if (code === null) return null
  const offset_ms = Math.floor(code / SIZE)
  const rest = code - offset_ms * SIZE
  return {
    kind: CLOCK_PROOF_KINDS[Math.floor(rest / CLOCK_MOVERS.length)]!,
    offset_ms,
    mover: CLOCK_MOVERS[rest % CLOCK_MOVERS.length]!,
  }
}
