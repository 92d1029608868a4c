import { areaOfRingsM2, distanceToRingsM, ringsContain } from '../../maps/geometry/index.ts'
import type { Xy } from '../../maps/model/index.ts'
import type { Doorway, PlanLevel } from './building.ts'

/** Why a beacon is to hang where it is. */
export type PlaceReason = 'lobby' | 'crossing' | 'front' | 'corridor' | 'hall' | 'kept' | 'gap'

/** A place for a beacon, in metres of the site. */
export interface ProposedPlace extends Xy {
  readonly reason: PlaceReason
  readonly mount: 'ceiling' | 'wall' | 'pillar'
  readonly mountHeightM: number
  /** The shop or lift it hangs before, for the person who looks for the place. */
  readonly beside?: Doorway
}

/** Walkable floor for one beacon. **Source** Meridian's planning guide: one for 900 square feet; here a little denser, as they are quieter. */
export const areaPerBeaconM2 = 80

const gridM = 1
/** A bracket, and the hand that holds the drill, need that much from the wall's edge. */
const offEdgeM = 0.4
/** Nearer to a wall than this it is screwed to the wall. */
const wallM = 1.5
const [ceilingM, garageCeilingM, pillarM] = [3, 2.5, 2.8]
/** From the middle of what it serves a beacon may be moved this far to a better place. */
const moveM = 3
/** Nearer to each other than this two beacons tell little more than one. */
const apartM = 7
/** Where there is no ceiling above it is moved further. */
const moveOffVoidM = 7
const rounds = 4
/** Doors nearer to each other than this share a lobby. */
const lobbyM = 10
/** At most this share of a level's beacons is bound to lobbies; the rest covers the floor. */
const lobbyShare = 0.25
const directions = 16
const corridorM = 9
const besideM = 6

/**
 * Places for a level's beacons: one for about every 80 m² of walkable floor, lobbies first, each at a spot a person
 * can name and reach. What hangs already stays and counts.
 *
 * The next place is always the floor furthest from all chosen; each then moves to the middle of what is nearest to it,
 * and from there to the best spot within three metres: a crossing, a lift lobby, a shop's front; never under a void,
 * where there is no ceiling. No randomness: the same map gives the same places.
 * @param kept where beacons hang already, metres of the site
 * @returns the new places only. Complexity: O(floor in m² × places).
 * **Source** farthest-point sampling (T. Gonzalez 1985, Theoretical Computer Science 38:293), S. Lloyd 1982; the choice of spots own.
 */
export function proposePlaces(level: PlanLevel, kept: readonly Xy[] = []): ProposedPlace[] {
  const floor = gridOn(level)
  const wanted = Math.max(1, Math.round(areaOfRingsM2(level.standing) / areaPerBeaconM2))
  const count = Math.min(Math.max(0, wanted - kept.length), floor.length)
  if (count === 0) return []
  const fixed: Xy[] = [...kept]
  const anchors = lobbiesOf(level, floor, kept).slice(0, Math.ceil(count * lobbyShare))
  fixed.push(...anchors)
  let free = furthest(floor, fixed, count - anchors.length)
  for (let round = 0; round < rounds; round++) free = centred(floor, fixed, free)
  const places = anchors.map((anchor) => spotAt(level, anchor))
  for (const [index, place] of free.entries()) {
    const others = [...fixed, ...places, ...free.slice(index + 1)]
    places.push(spotAt(level, bestSpot({ level, floor, others }, place)))
  }
  return places
}

/** A place for one more beacon at or near a point. */
export function placeNear(level: PlanLevel, point: Xy): ProposedPlace {
  return { ...spotAt(level, point), reason: 'gap' }
}

function gridOn({ standing, ground }: PlanLevel): Xy[] {
  const [west, south, east, north] = boundsOf(standing.flat())
  const places: Xy[] = []
  for (let x = west + gridM / 2; x < east; x += gridM) {
    for (let y = south + gridM / 2; y < north; y += gridM) {
      if (ground.contains(x, y) && !ground.nearest(x, y, offEdgeM)) places.push({ x, y })
    }
  }
  return places
}

/** West, south, east, north of some points; all zero without any. */
export function boundsOf(points: readonly Xy[]): readonly [number, number, number, number] {
  if (points.length === 0) return [0, 0, 0, 0]
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of points) {
    west = Math.min(west, x)
    south = Math.min(south, y)
    east = Math.max(east, x)
    north = Math.max(north, y)
  }
  return [west, south, east, north]
}

/** One spot for each lift lobby that has no beacon yet. */
function lobbiesOf(level: PlanLevel, floor: readonly Xy[], kept: readonly Xy[]): Xy[] {
  const taken: Xy[] = [...kept]
  const lobbies: Xy[] = []
  for (const door of level.doorways) {
    if (door.kind !== 'lobby' || taken.some((other) => distanceM(other, door) < lobbyM)) continue
    const index = nearestOf(floor, door)
    const spot = floor[index]
    if (!spot || distanceM(spot, door) > moveM || isOpenAbove(level, spot)) continue
    taken.push(spot)
    lobbies.push(spot)
  }
  return lobbies
}

function furthest(floor: readonly Xy[], fixed: readonly Xy[], count: number): Xy[] {
  const away = new Float64Array(floor.length).fill(Infinity)
  const note = (chosen: Xy): void => {
    floor.forEach((place, i) => (away[i] = Math.min(away[i]!, squaredM(place, chosen))))
  }
  fixed.forEach(note)
  const chosen: Xy[] = []
  while (chosen.length < count) {
    let best = 0
    for (let i = 1; i < away.length; i++) if (away[i]! > away[best]!) best = i
    const next = floor[best]
    if (!next) break
    chosen.push(next)
    note(next)
  }
  return chosen
}

/** Every free place moves to the floor nearest to the middle of what is nearer to it than to any other place. */
function centred(floor: readonly Xy[], fixed: readonly Xy[], free: readonly Xy[]): Xy[] {
  const all = [...fixed, ...free]
  const sums = all.map(() => ({ x: 0, y: 0, count: 0 }))
  for (const place of floor) {
    const sum = sums[nearestOf(all, place)]!
    sum.x += place.x
    sum.y += place.y
    sum.count++
  }
  return free.map((place, i) => {
    const { x, y, count } = sums[fixed.length + i]!
    return count === 0 ? place : floor[nearestOf(floor, { x: x / count, y: y / count })]!
  })
}

/** The best spot near the middle of what a beacon serves. */
function bestSpot(
  { level, floor, others }: { level: PlanLevel; floor: readonly Xy[]; others: readonly Xy[] },
  middle: Xy,
): Xy {
  const reachM = isOpenAbove(level, middle) ? moveOffVoidM : moveM
  let best = middle
  let least = Infinity
  for (const place of floor) {
    const movedM = distanceM(place, middle)
    if (movedM > reachM) continue
    const crowdM = others.reduce((most, other) => Math.max(most, apartM - distanceM(other, place)), 0)
    const cost = movedM + crowdM + costOf(level, place)
    if (cost >= least) continue
    least = cost
    best = place
  }
  return best
}

/** What speaks against a spot, in metres one would walk to avoid it. */
function costOf(level: PlanLevel, place: Xy): number {
  if (isOpenAbove(level, place)) return 50
  const reason = reasonOf(level, place)
  return reason === 'crossing' ? -2.5 : reason === 'lobby' ? -2 : reason === 'front' ? -1 : 0
}

function spotAt(level: PlanLevel, place: Xy): ProposedPlace {
  const wall = level.ground.nearest(place.x, place.y, wallM)
  const nearest = level.doorways.reduce<Doorway | undefined>(
    (best, door) => (!best || distanceM(door, place) < distanceM(best, place) ? door : best),
    undefined,
  )
  const mount = isOpenAbove(level, place) ? (wall ? 'wall' : 'pillar') : wall ? 'wall' : 'ceiling'
  return {
    ...place,
    reason: reasonOf(level, place),
    mount,
    mountHeightM: mount === 'pillar' ? pillarM : level.isGarage ? garageCeilingM : ceilingM,
    ...(nearest && distanceM(nearest, place) < besideM * 2 ? { beside: nearest } : {}),
  }
}

function reasonOf(level: PlanLevel, place: Xy): PlaceReason {
  const isNear = (kind: Doorway['kind'], reachM: number) =>
    level.doorways.some((door) => door.kind === kind && distanceM(door, place) < reachM)
  if (isNear('lobby', besideM / 2)) return 'lobby'
  const ways = waysFrom(level, place)
  if (ways === 'hall') return 'hall'
  if (ways >= 3) return 'crossing'
  return isNear('front', besideM / 2) ? 'front' : 'corridor'
}

/** In how many directions one can go on for some metres: 2 in a corridor, 3 and more where corridors meet. */
function waysFrom({ ground }: PlanLevel, { x, y }: Xy): number | 'hall' {
  const clear = Array.from({ length: directions }, (_, i) => {
    const way = (2 * Math.PI * i) / directions
    return ground.isClear(x, y, x + corridorM * Math.cos(way), y + corridorM * Math.sin(way))
  })
  const open = clear.filter(Boolean).length
  if (open > directions * 0.7) return 'hall'
  return clear.filter((is, i) => is && !clear[(i + 1) % directions]).length
}

function isOpenAbove({ openAbove }: PlanLevel, { x, y }: Xy): boolean {
  return openAbove.some((ring) => ringsContain([ring], x, y) || distanceToRingsM([ring], x, y) < 0.3)
}

function nearestOf(places: readonly Xy[], to: Xy): number {
  let best = 0
  let least = Infinity
  for (let i = 0; i < places.length; i++) {
    const away = squaredM(places[i]!, to)
    if (away >= least) continue
    least = away
    best = i
  }
  return best
}

function squaredM(a: Xy, b: Xy): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2
}

function distanceM(a: Xy, b: Xy): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
