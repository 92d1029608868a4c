import type { Destination } from '../model/index.ts'
import { symbolKindOf } from './drawn-kind.ts'
import type { SymbolFeature, SymbolKind } from './level-map.ts'
import { symbolKinds } from './level-map.ts'

/** Amenities of one kind closer than this share a symbol; toilets lie farther apart by their doors. */
const sharedWithinM: Readonly<Partial<Record<SymbolKind, number>>> & { readonly default: number } = {
  default: 9,
  toilet: 14,
}

/**
 * One symbol for each amenity of a level, those of a kind that stand close together merged into one at
 * the member nearest to their middle. In the order in which they claim room: lifts first.
 *
 * @param destinations the destinations of one level. O(n²) in the amenities of one kind; a level has few
 */
export function symbolsOf(destinations: readonly Destination[]): SymbolFeature[] {
  return symbolKinds.flatMap((kind) => {
    const members = destinations.filter((destination) => symbolKindOf(destination) === kind)
    return groupsWithin(members, sharedWithinM[kind] ?? sharedWithinM.default).map((group) =>
      symbolFor(kind, group),
    )
  })
}

/** Greedy: each joins the first group whose first member is near enough, so a row never chains up. */
function groupsWithin(members: readonly Destination[], distanceM: number): Destination[][] {
  const groups: Destination[][] = []
  for (const member of members) {
    const group = groups.find(([first]) => first && distance(first, member) <= distanceM)
    if (group) group.push(member)
    else groups.push([member])
  }
  return groups
}

function symbolFor(kind: SymbolKind, group: readonly Destination[]): SymbolFeature {
  const middle = {
    x: group.reduce((sum, { x }) => sum + x, 0) / group.length,
    y: group.reduce((sum, { y }) => sum + y, 0) / group.length,
  }
  const chosen = group.reduce((best, one) => (distance(one, middle) < distance(best, middle) ? one : best))
  const others = group.map(({ id }) => id).filter((id) => id !== chosen.id)
  return {
    type: 'Feature',
    id: chosen.id,
    properties: { k: 'symbol', t: kind, ...(others.length === 0 ? {} : { d: others }) },
    geometry: { type: 'Point', coordinates: [...chosen.lonLat] },
  }
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
