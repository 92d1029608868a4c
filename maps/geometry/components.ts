import { ringsContain, signedAreaM2 } from './ring.ts'
import type { Ring } from './ring.ts'

/** One connected piece of an area: its outer ring first, then its holes. */
export interface Component {
  readonly rings: readonly Ring[]
  readonly areaM2: number
}

/** The connected pieces of oriented rings that do not overlap, the largest first. */
export function componentsOf(rings: readonly Ring[]): Component[] {
  const outers = rings
    .filter((ring) => signedAreaM2(ring) > 0)
    .map((outer) => ({ outer, holes: [] as Ring[], areaM2: signedAreaM2(outer) }))
    .sort((a, b) => a.areaM2 - b.areaM2)
  for (const hole of rings) {
    const areaM2 = signedAreaM2(hole)
    const first = hole[0]
    if (areaM2 >= 0 || !first) continue
    // Smallest first: a hole belongs to the innermost outer ring around it.
    const around = outers.find(({ outer, areaM2: whole }) => whole > -areaM2 && isWithin(hole, outer))
    around?.holes.push(hole)
  }
  return outers
    .map(({ outer, holes, areaM2 }) => ({
      rings: [outer, ...holes],
      areaM2: holes.reduce((sum, hole) => sum + signedAreaM2(hole), areaM2),
    }))
    .sort((a, b) => b.areaM2 - a.areaM2)
}

/** Most corners decide: a hole may touch its outer ring in a corner. */
function isWithin(hole: Ring, outer: Ring): boolean {
  const votes = hole.filter(({ x, y }) => ringsContain([outer], x, y)).length
  return votes * 2 > hole.length
}
