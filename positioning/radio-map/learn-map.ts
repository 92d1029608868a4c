import type { CellGrid } from '../cell-grid.ts'
import type { PositioningEvent } from '../events.ts'
import type { RecordedWalk } from '../recorded-walk.ts'
import type { WalkableRaster } from '../walkable-raster.ts'
import { locateWalk } from './locate-walk.ts'
import { RadioMapBuilder } from './map-builder.ts'
import type { BeaconPlacement } from './path-loss.ts'
import type { RadioMap } from './radio-map.ts'
import { RadioModel } from './radio-model.ts'

/** What a map can be learned from; each part may be empty. */
export interface MapSources {
  readonly grid: CellGrid
  readonly walkable: WalkableRaster
  /** What the registry knows of beacons. */
  readonly placements?: readonly BeaconPlacement[]
  /** Walks with waypoints. */
  readonly survey: readonly RecordedWalk[]
  /** Events of walks whose places nobody noted. */
  readonly unlabelled?: readonly (readonly PositioningEvent[])[]
}

/** Each round locates the unlabelled walks anew with the map of the round before. */
const rounds = 2
/** What a second of a located walk counts beside a second of survey. */
const locatedWeight = 0.5

/**
 * Builds a radio map from all that is known of a venue. Unlabelled walks are located by the engine over
 * their whole length, and only the stretches where it is sure are added. Deterministic.
 * **Source** self-training; rounds as in expectation maximisation, Dempster, Laird, Rubin (1977).
 */
export function learnMap(sources: MapSources): RadioMap {
  const surveyed = (): RadioMapBuilder => {
    const builder = new RadioMapBuilder(sources.grid, sources.placements)
    for (const walk of sources.survey) builder.addSurvey(walk)
    return builder
  }
  let map = surveyed().build()
  if ((sources.unlabelled ?? []).length === 0) return map
  for (let round = 1; round <= rounds; round++) {
    const model = new RadioModel(map)
    const builder = surveyed()
    for (const events of sources.unlabelled ?? []) {
      const located = locateWalk({ model, walkable: sources.walkable, seed: round }, events, locatedWeight)
      if (located) builder.add(located)
    }
    map = builder.build()
  }
  return map
}
