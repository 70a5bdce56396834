/**
 * How likely a difference of two rounded stamps is, given the offset between their clocks: the likelihood behind every
 * one-way estimate. A later stamp minus an earlier one is offset + delay + rounding, where the earlier stamp lost
 * U[0, early) and the later one is cut to a multiple of `late`; the delay is short (exponential, a "fresh" token) or
 * anything (uniform, an aged one). Tabulated once per pair of resolutions; lookups cost a subtraction and a load.
 */

/** Resolutions of the earlier stamp (`iat`) and of the later one (the log), ms. */
export interface Resolution {
  early_ms: number
  late_ms: number
}

/** Mean delay of a fresh token between the two stamps, ms: unknown, so five values are weighed against each other. */
export const DELAY_MEANS_MS = [5, 25, 80, 250, 1000] as const
/** How plausible each is before any data: same machine, same site, same country, slow client, very slow client. */
const DELAY_LOG_PRIOR = [0.27, 0.27, 0.24, 0.15, 0.07].map(Math.log)
/** Aged tokens per second of age for each fresh one; from "nearly all fresh" to "tokens of all ages". */
export const AGED_PER_FRESH = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 4] as const

/**
 * Probability density (per second) of a difference that no delay explains: a forged or foreign claim, a mangled stamp.
 * About one difference in a hundred, spread over hours. Keeps one bad record from deciding an offset.
 */
const OUTLIER_PER_S = 2e-6

/** Mass of all outliers, relative to one fresh token: without it a line that explains nothing would cost nothing. */
const OUTLIER_MASS = 0.01

/** Differences this far beyond the edge are aged for every delay mean; ms. */
const FLAT_AFTER_MS = 6_000
const CELLS_PER_RESOLUTION = 100
const FINEST_STEP_MS = 4

/** One hypothesis about delays, tabulated over z = difference − offset. */
export interface DelayTable {
  /** ln of the mass in [z, z + late), relative to one fresh token. */
  readonly logMass: Float32Array
  /** Mass in (−∞, z), same unit. */
  readonly mass: Float32Array
  /** Mass of fresh ones alone in [z, z + late). */
  readonly freshMass: Float32Array
  readonly logPrior: number
  readonly delay_ms: number
  readonly aged: number
  /** Beyond the table: mass of one cell, its ln, and mass per ms. */
  readonly flatLogMass: number
  readonly flatPerMs: number
  readonly lastMass: number
}

export class RoundingModel {
  readonly resolution: Resolution
  readonly step_ms: number
  readonly zero_ms: number
  readonly end_ms: number
  private readonly perStep: number
  private readonly size: number
  readonly outlierLogMass: number
  /** Index: delay × AGED_PER_FRESH.length + aged. */
  readonly tables: readonly DelayTable[]

  constructor(resolution: Resolution) {
    this.resolution = resolution
    const { early_ms, late_ms } = resolution
    this.step_ms = Math.max(FINEST_STEP_MS, Math.max(early_ms, late_ms) / CELLS_PER_RESOLUTION)
    this.zero_ms = -(late_ms + 2 * this.step_ms)
    this.size = Math.ceil((early_ms + FLAT_AFTER_MS - this.zero_ms) / this.step_ms)
    this.end_ms = this.zero_ms + (this.size - 1) * this.step_ms
    this.perStep = 1 / this.step_ms
    this.outlierLogMass = Math.log((OUTLIER_PER_S * late_ms) / 1000)
    this.tables = DELAY_MEANS_MS.flatMap((delay_ms, d) =>
      AGED_PER_FRESH.map((aged) => this.tabulate(delay_ms, aged, DELAY_LOG_PRIOR[d]!)),
    )
  }

  logMass(table: DelayTable, z_ms: number): number {
    if (z_ms < this.zero_ms) return this.outlierLogMass
    return z_ms < this.end_ms ? table.logMass[this.index(z_ms)]! : table.flatLogMass
  }

  /** Expected mass below z, outliers included. */
  massBelow(table: DelayTable, z_ms: number): number {
    if (z_ms < this.zero_ms) return OUTLIER_MASS
    if (z_ms < this.end_ms) return table.mass[this.index(z_ms)]!
    return table.lastMass + (z_ms - this.end_ms) * table.flatPerMs
  }

  /** Share of the mass at z that fresh tokens make up: 0 … 1. */
  freshShare(table: DelayTable, z_ms: number): number {
    if (z_ms < this.zero_ms || z_ms >= this.end_ms) return 0
    const i = this.index(z_ms)
    return table.freshMass[i]! / Math.exp(table.logMass[i]!)
  }

  /** Truncation rounds, since z lies within the table; the innermost operation of every fit. */
  private index(z_ms: number): number {
    return ((z_ms - this.zero_ms) * this.perStep + 0.5) | 0
  }

  private tabulate(delay_ms: number, aged: number, logPrior: number): DelayTable {
    const { early_ms, late_ms } = this.resolution
    const logMass = new Float32Array(this.size)
    const mass = new Float32Array(this.size)
    const freshMass = new Float32Array(this.size)
    const outlier = Math.exp(this.outlierLogMass)
    const fresh = (z: number) => freshBelow(z, early_ms, delay_ms)
    const old = (z: number) => (aged / 1000) * agedBelow(z, early_ms)
    for (let i = 0; i < this.size; i++) {
      const z = this.zero_ms + i * this.step_ms
      freshMass[i] = fresh(z + late_ms) - fresh(z)
      logMass[i] = Math.log(freshMass[i]! + old(z + late_ms) - old(z) + outlier)
      mass[i] = fresh(z) + old(z) + OUTLIER_MASS
    }
    const flatPerMs = aged / 1000
    return {
      logMass,
      mass,
      freshMass,
      logPrior,
      delay_ms,
      aged,
      flatLogMass: Math.log(flatPerMs * late_ms + outlier),
      flatPerMs,
      lastMass: mass[this.size - 1]!,
    }
  }
}

/** P(U[0, early) + Exp(delay) ≤ z). */
function freshBelow(z: number, early: number, delay: number): number {
  const integral = (v: number) => (v <= 0 ? 0 : v + delay * Math.expm1(-v / delay))
  return (integral(z) - integral(z - early)) / early
}

/** ∫ P(U[0, early) ≤ v) dv up to z, ms. */
function agedBelow(z: number, early: number): number {
  if (z <= 0) return 0
  return z < early ? (z * z) / (2 * early) : z - early / 2
}

const models = new Map<string, RoundingModel>()

/** Models are pure functions of the resolutions and shared by all hosts. */
export function roundingModel(resolution: Resolution): RoundingModel {
  const key = `${resolution.early_ms}/${resolution.late_ms}`
  let model = models.get(key)
  if (model === undefined) {
    model = new RoundingModel(resolution)
    models.set(key, model)
  }
  return model
}

/** Classes a stamp's resolution is rounded up to, so that the number of models stays small; ms. */
const RESOLUTION_CLASSES = [1, 10, 100, 1000, 60_000] as const

export function resolutionClass(resolution_ms: number): number {
  return RESOLUTION_CLASSES.find((c) => resolution_ms <= c) ?? 60_000
}
