import type { CellGrid } from '../cell-grid.ts'
import type { BeaconPlacement } from './path-loss.ts'

/** Values by beacon and cell where there are any: beacon `b` owns the entries from `first[b]` to `first[b + 1]`. */
export interface BeaconCells {
  readonly first: Uint32Array
  readonly cell: Uint32Array
}

/**
 * What was heard where, gathered by cell: the sufficient statistics of every model the engine builds.
 * No walk, no time and no order survive in it, so it can be sent to any phone.
 */
export interface RadioMap {
  readonly grid: CellGrid
  /** Identities, in order of their number. */
  readonly beacons: readonly string[]
  /** Seconds that surveyors spent in each cell, weighted. */
  readonly seconds: Float32Array
  /** Sightings and the sum of their rssi in dBm by beacon and cell. */
  readonly heard: BeaconCells & { readonly count: Float32Array; readonly rssiSum: Float32Array }
  /** Fingerprints taken in each cell, weighted. */
  readonly prints: Float32Array
  /** Sum of the unit fingerprints' components by beacon and cell. */
  readonly printed: BeaconCells & { readonly value: Float32Array }
  /** What the registry knows of beacons, for where nobody surveyed. */
  readonly placements: readonly BeaconPlacement[]
}

/** A map of a venue nobody has surveyed: the registry's beacons and nothing else. */
export function mapOfRegistry(grid: CellGrid, placements: readonly BeaconPlacement[]): RadioMap {
  const ids = placements.map(({ id }) => id)
  const first = new Uint32Array(ids.length + 1)
  const none = { first, cell: new Uint32Array(0) }
  return {
    grid,
    beacons: ids,
    seconds: new Float32Array(grid.cellCount),
    heard: { ...none, count: new Float32Array(0), rssiSum: new Float32Array(0) },
    prints: new Float32Array(grid.cellCount),
    printed: { ...none, value: new Float32Array(0) },
    placements,
  }
}
