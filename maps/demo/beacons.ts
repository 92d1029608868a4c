import { areaOfRingsM2, difference, distanceToRingsM, ringsContain } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import type { Json, Xy } from '../model/index.ts'
import type { BuiltLevel } from './building.ts'
import { boundsOfRing, onLattice } from './shapes.ts'
import { toSite } from './site.ts'
import { between, randomUuid } from './random.ts'
import type { Random } from './random.ts'

/** The mall's own UUID, drawn once by chance: a factory default would let strangers' beacons in. */
const beaconUuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'

/** Public floor for one beacon. Source: Meridian's planning guide, one for 900 square feet. */
const floorPerBeaconM2 = 90
/** Steps of the grid of places among which is chosen; the narrow passages to the toilets run along x. */
const [stepXM, stepYM] = [2, 1.2]
/** From a wall at least. */
const offWallM = 0.5
const [ceilingM, garageCeilingM] = [3.4, 2.5]

/**
 * The beacons of all levels as a FeatureCollection of points with `level_id`, `uuid`, `major` (the level:
 * 1 to 5 above, 11 and 12 below), `minor` (counted along the level), `txPowerDbm` (measured at 1 m),
 * `intervalMs` and `mountHeightM`.
 */
export function beaconsOf(random: Random, levels: readonly BuiltLevel[]): Json {
  return { type: 'FeatureCollection', features: levels.flatMap((level) => beaconsOn(random, level)) }
}

function beaconsOn(random: Random, level: BuiltLevel): Json[] {
  const rings = publicFloor(level)
  const count = Math.round(areaOfRingsM2(rings) / floorPerBeaconM2)
  const isGarage = level.ordinal < 0
  return spreadOver(rings, count).map((place, i) => ({
    id: randomUuid(random),
    type: 'Feature',
    feature_type: 'beacon',
    geometry: { type: 'Point', coordinates: toSite(place, level.lie) },
    properties: {
      level_id: level.feature.id,
      uuid: beaconUuid,
      major: isGarage ? 10 - level.ordinal : level.ordinal + 1,
      minor: i + 1,
      txPowerDbm: Math.round(between(random, -61, -57)),
      intervalMs: isGarage ? 500 : 300,
      mountHeightM: isGarage ? garageCeilingM : ceilingM,
    },
  }))
}

/** Where people and cars go on a level: the walkways, or, below, everything between the cores. */
function publicFloor(level: BuiltLevel): Ring[] {
  if (level.ordinal >= 0) return level.walkways.flatMap(({ rings }) => rings)
  const solid = level.rooms.filter(({ is }) => is.use !== 'bay').map(({ ring }) => ring)
  return difference([level.outline], solid)
}

/**
 * Places spread evenly over a floor: first always the one furthest from all chosen, then each moved to the
 * middle of what is nearest to it, once: more evens the middle out and bares the corners.
 * Source: farthest-point sampling (Gonzalez 1985), a step of Lloyd's relaxation (1982), on a grid.
 */
function spreadOver(rings: readonly Ring[], count: number): Xy[] {
  const candidates = gridOn(rings)
  const chosen = furthestApart(candidates, count)
  const parts = chosen.map((): Xy[] => [])
  for (const place of candidates) parts[nearest(chosen, place)]!.push(place)
  return parts.map((part) => {
    const middle = {
      x: part.reduce((sum, { x }) => sum + x, 0) / part.length,
      y: part.reduce((sum, { y }) => sum + y, 0) / part.length,
    }
    return part[nearest(part, middle)]!
  })
}

function gridOn(rings: readonly Ring[]): Xy[] {
  const [west, south, east, north] = boundsOfRing(rings.flat())
  const places: Xy[] = []
  for (let x = west + stepXM / 2; x < east; x += stepXM) {
    for (let y = south + stepYM / 2; y < north; y += stepYM) {
      const place = { x: onLattice(x), y: onLattice(y) }
      const isFree = ringsContain(rings, x, y) && distanceToRingsM(rings, x, y) >= offWallM
      if (isFree) places.push(place)
    }
  }
  return places
}

function furthestApart(candidates: readonly Xy[], count: number): Xy[] {
  const chosen = candidates.slice(0, 1)
  const away = candidates.map((place) => distance(place, chosen[0]!))
  while (chosen.length < Math.min(count, candidates.length)) {
    let furthest = 0
    for (let i = 1; i < away.length; i++) if (away[i]! > away[furthest]!) furthest = i
    const next = candidates[furthest]!
    chosen.push(next)
    candidates.forEach((place, i) => (away[i] = Math.min(away[i]!, distance(place, next))))
  }
  return chosen
}

function nearest(places: readonly Xy[], to: Xy): number {
  let best = 0
  for (let i = 1; i < places.length; i++) {
    if (distance(places[i]!, to) < distance(places[best]!, to)) best = i
  }
  return best
}

/** Squared, as only the order matters. */
function distance(a: Xy, b: Xy): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2
}
