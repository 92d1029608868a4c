import type { CellGrid } from '../cell-grid.ts'
import type { PositioningEvent } from '../events.ts'
import type { RecordedWalk } from '../recorded-walk.ts'
import type { WalkableRaster } from '../walkable-raster.ts'
import { locateWalk } from './locate-walk.ts'
import { RadioMapBuilder, type LocatedWalk } from './map-builder.ts'
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
/** From the second round on a walk is located by what the walks of the other groups say. */
const groups = 3
/** What a second of a located walk counts beside a second of survey. */
const locatedWeight = 1

/**
 * Builds a radio map from all that is known of a venue. Unlabelled walks are located by the engine over
 * their whole length and added where it is sure enough, spread over all paths they may have taken. A
 * walk is never located by a map that it is part of, or its first error would prove itself right.
 * Deterministic. O(rounds x seconds of unlabelled walking).
 * **Source** self-training; rounds as in expectation maximisation, Dempster, Laird, Rubin (1977);
 * leaving out own.
 */
export function learnMap(sources: MapSources): RadioMap {
  const unlabelled = sources.unlabelled ?? []
  let located: readonly (readonly LocatedWalk[])[] = unlabelled.map(() => [])
  if (unlabelled.length === 0) return mapOf(sources, located)
  for (let round = 1; round <= rounds; round++) {
    const models = Array.from({ length: round === 1 ? 1 : groups }, (_, group) => {
      const others = located.filter((_walk, i) => round === 1 || i % groups !== group)
      return new RadioModel(mapOf(sources, others))
    })
    located = unlabelled.map((events, i) => {
      const model = models[i % models.length]!
      return locateWalk({ model, walkable: sources.walkable, seed: round }, events, locatedWeight)
    })
  }
  return mapOf(sources, located)
}

function mapOf(
  { grid, placements, survey }: MapSources,
  located: readonly (readonly LocatedWalk[])[],
): RadioMap {
  const builder = new RadioMapBuilder(grid, placements)
  for (const walk of survey) builder.addSurvey(walk)
  for (const paths of located) for (const path of paths) builder.add(path)
  return builder.build()
}
