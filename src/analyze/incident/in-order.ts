/**
 * Chooses among pairs that nothing but time speaks for. A gateway writes its lines in the order in which the host behind it
 * answered, so pairs of one log and one host must not cross: of all such choices the one that pairs most, and nearest in time.
 * Leaves finding the candidates, and what is surer than time, to others. Invariant: each line and each reason at most once.
 */
import { byPlace, type Draft, type Fit } from './draft-index.ts'

/** A bare line and what may be its reason. */
export interface Wish extends Fit {
  of: Draft
}

/** What a pair is worth, less its distance in time; ms. More than any distance, or a pair would be given up for a nearer one. */
const WORTH_MS = 4_000
/** Pairs of one log and one host weighed together; others follow in the next round. Cells of the table. */
const MOST_CELLS = 1_000_000

export function inOrder(wishes: readonly Wish[]): Wish[] {
  const lines = new Set(wishes.map(({ of }) => of))
  const sizes = new Map<string, number>()
  for (const { spoken } of lines) for (const { stream } of spoken) sizes.set(stream, (sizes.get(stream) ?? 0) + 1)
  const placeOf: PlaceOf = (draft) => {
    const most = Math.max(...draft.spoken.map(({ stream }) => sizes.get(stream) ?? 0))
    return draft.spoken.find(({ stream }) => (sizes.get(stream) ?? 0) === most)
  }
  const groups = Map.groupBy(wishes, ({ of, draft }) => `${placeOf(of)?.stream}\u001f${draft.incident.host}`)
  return [...groups.values()].flatMap((group) => uncrossed(group, placeOf))
}

/** Where a draft stands in the log that tells of most of them: a caller's line beside the gateway's is none of another order. */
type PlaceOf = (draft: Draft) => Draft['spoken'][number] | undefined

const ownPlace: PlaceOf = ({ incident, spoken }) => spoken.find(({ host }) => host === incident.host) ?? spoken[0]

function uncrossed(wishes: readonly Wish[], placeOf: PlaceOf): Wish[] {
  const lines = [...new Set(wishes.map(({ of }) => of))].sort((a, b) => byPlace(placeOf(a), placeOf(b)))
  const reasons = [...new Set(wishes.map(({ draft }) => draft))].sort(
    (a, b) => a.incident.time_ms - b.incident.time_ms || byPlace(ownPlace(a), ownPlace(b)),
  )
  if (lines.length * reasons.length > MOST_CELLS) return [...wishes]
  const columnOf = new Map(reasons.map((reason, i) => [reason, i]))
  const rows = Map.groupBy(wishes, ({ of }) => of)
  const width = reasons.length + 1
  /** Best worth of the first i lines and j reasons. */
  const best = new Float64Array((lines.length + 1) * width)
  const taken = new Map<number, Wish>()
  for (let i = 1; i <= lines.length; i++) {
    const row = new Map(rows.get(lines[i - 1]!)!.map((wish) => [columnOf.get(wish.draft)! + 1, wish]))
    for (let j = 1; j < width; j++) {
      const here = i * width + j
      best[here] = Math.max(best[here - width]!, best[here - 1]!)
      const wish = row.get(j)
      if (wish === undefined) continue
      const worth = best[here - width - 1]! + WORTH_MS - wish.apart - wish.off
      if (worth <= best[here]!) continue
      best[here] = worth
      taken.set(here, wish)
    }
  }
  const chosen: Wish[] = []
  for (let i = lines.length, j = reasons.length; i > 0 && j > 0; ) {
    const here = i * width + j
    const wish = taken.get(here)
    if (wish !== undefined) {
      chosen.push(wish)
      i--
      j--
    } else if (best[here] === best[here - width]) i--
    else j--
  }
  return chosen
}
