import type { Destination } from '../model/index.ts'
import { levelNumberOf } from './level-words.ts'

/** Where the person stands: a level by id or label, and metres in that level's frame. */
export interface SearchPlace {
  readonly level: string
  readonly x: number
  readonly y: number
}

/** What a level up or down counts against metres on the flat: about the walk to a lift and back. */
const levelCostM = 60

const metresPerDegree = (Math.PI * 6378137) / 180

/**
 * Straight metres from a place to every destination, with `levelCostM` for each level between. Levels may
 * have frames of their own, so the place is first put on the globe by a destination of its level.
 *
 * @returns undefined when no destination is on the place's level: then nothing is known of its frame
 * Complexity: linear. Source: own.
 */
export function distancesFrom(
  place: SearchPlace,
  destinations: readonly Destination[],
): Float64Array | undefined {
  const wanted = place.level.toLowerCase()
  const here = destinations.find((one) => one.levelId === place.level || one.level.toLowerCase() === wanted)
  if (!here) return undefined
  const perDegreeLon = metresPerDegree * Math.cos((here.lonLat[1] / 180) * Math.PI)
  const hereNumber = levelNumberOf(here.level)
  const distances = new Float64Array(destinations.length)
  const costOfLevel = new Map<string, number>()
  destinations.forEach((one, i) => {
    if (one.levelId === here.levelId) {
      distances[i] = Math.hypot(one.x - place.x, one.y - place.y)
      return
    }
    let cost = costOfLevel.get(one.level)
    if (cost === undefined) {
      cost = levelCostM * levelsBetween(hereNumber, levelNumberOf(one.level))
      costOfLevel.set(one.level, cost)
    }
    const east = (one.lonLat[0] - here.lonLat[0]) * perDegreeLon + here.x - place.x
    const north = (one.lonLat[1] - here.lonLat[1]) * metresPerDegree + here.y - place.y
    distances[i] = Math.hypot(east, north) + cost
  })
  return distances
}

/** Levels between two numbers where 1 stands on -1; 1 when either has no number. */
function levelsBetween(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return 1
  return Math.max(1, Math.abs(a - b) - (a > 0 === b > 0 ? 0 : 1))
}
