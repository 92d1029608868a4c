import { componentsOf, SegmentGrid } from '../geometry/index.ts'
import { profileRules } from '../routes/profiles.ts'
import type { Profile } from '../routes/profiles.ts'
import { ridesOf } from '../routes/rides.ts'
import type { RoutingTables } from '../routes/tables.ts'

/** How the places of a venue hang together for one profile. */
export interface Reach {
  /** By place: from where most places are it can be walked to, and it can be left for there. */
  readonly isReached: readonly boolean[]
  readonly isLeft: readonly boolean[]
}

/**
 * Reachability of every place from and to the piece of ground that most places hang together with. Pieces
 * of ground are one step each, as everything in a piece reaches everything; rides lead from piece to piece.
 * O(pieces × rides + doors × pieces of their level).
 */
export function reachOf(tables: RoutingTables, profile: Profile): Reach {
  const rule = profileRules[profile]
  const pieceByDoor = piecesOfDoors(tables, rule.network)
  const rides = ridesOf(tables, new Map(pieceByDoor)).filter(({ connector }) =>
    rule.connectors.has(tables.connectors[connector]!.kind),
  )
  const places = tables.places.map(({ doors }) => doors.flatMap((door) => pieceByDoor.get(door) ?? []))
  const onward = rides.map(({ from, to }) => [from, to] as const)
  const back = rides.map(({ from, to }) => [to, from] as const)
  let best: Reach = { isReached: places.map(() => false), isLeft: places.map(() => false) }
  let most = -1
  for (const hub of new Set(places.flat())) {
    const reached = flood(hub, onward)
    const left = flood(hub, back)
    const isReached = places.map((pieces) => pieces.some((piece) => reached.has(piece)))
    const isLeft = places.map((pieces) => pieces.some((piece) => left.has(piece)))
    const both = isReached.filter((each, k) => each && isLeft[k]).length
    if (both <= most) continue
    most = both
    best = { isReached, isLeft }
  }
  return best
}

/** The piece of ground before each door, numbered over all levels; doors on none are left out. */
function piecesOfDoors(tables: RoutingTables, network: 0 | 1): ReadonlyMap<number, number> {
  const pieces = tables.networks[network]!.levels.flatMap(({ walls }, level) =>
    componentsOf(walls).map(({ rings }) => ({ level, grid: new SegmentGrid(rings, 3) })),
  )
  const byDoor = new Map<number, number>()
  tables.doors.forEach(({ level, outsideX, outsideY }, door) => {
    const piece = pieces.findIndex((each) => each.level === level && each.grid.contains(outsideX, outsideY))
    if (piece >= 0) byDoor.set(door, piece)
  })
  return byDoor
}

function flood(start: number, steps: readonly (readonly [number, number])[]): ReadonlySet<number> {
  const reached = new Set([start])
  for (let before = 0; before < reached.size;) {
    before = reached.size
    for (const [from, to] of steps) if (reached.has(from)) reached.add(to)
  }
  return reached
}
