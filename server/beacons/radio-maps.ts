import { createHash } from 'node:crypto'
import type { EntityManager } from 'typeorm'
import type { Archive, VenueId } from '../../maps/model/index.ts'
import { createWalkableArea, floorsOf } from '../../maps/walkable/index.ts'
import { cellSizeM, encodeRadioMap, gridOf, mapOfRegistry } from '../../positioning/index.ts'
import type { CellGrid, LevelExtent } from '../../positioning/index.ts'
import type { PlacedBeacon } from './beacon-types.ts'
import type { BeaconMap } from './live-registry.ts'

/** Cells of a grid, walkable or not; the largest malls have some 400,000. A frame that lies far off makes more. */
const maxGridCells = 4_000_000
const hashDigits = 32

/** The radio map in force at a venue. */
export interface RadioMapInForce {
  readonly source: 'survey' | 'registry'
  readonly hash: string
  readonly bytes: Uint8Array
}

/**
 * The radio maps in force, in memory: the surveyed one that is active, otherwise one made from where the beacons hang. The
 * grid of a published map takes some half a second and is kept until the next one.
 */
export class RadioMaps {
  readonly #readArchive: (map: BeaconMap) => Promise<Archive | undefined>
  readonly #onUnusable: (facts: Readonly<Record<string, unknown>>) => void
  readonly #inForce = new Map<VenueId, RadioMapInForce>()
  readonly #grids = new Map<VenueId, { readonly versionId: string; readonly grid: CellGrid | undefined }>()

  constructor(parts: {
    readonly readArchive: (map: BeaconMap) => Promise<Archive | undefined>
    readonly onUnusable: (facts: Readonly<Record<string, unknown>>) => void
  }) {
    this.#readArchive = parts.readArchive
    this.#onUnusable = parts.onUnusable
  }

  get(venueId: VenueId): RadioMapInForce | undefined {
    return this.#inForce.get(venueId)
  }

  /** The grid of the published map; undefined while there is no radio map of the registry. */
  grid(venueId: VenueId): CellGrid | undefined {
    return this.#grids.get(venueId)?.grid
  }

  forget(venueId: VenueId): void {
    this.#inForce.delete(venueId)
    this.#grids.delete(venueId)
  }

  /** Takes in the surveyed map that is active, or makes one of the beacons that hang; with neither there is none. */
  async load(manager: EntityManager, map: BeaconMap, placed: readonly PlacedBeacon[]): Promise<void> {
    const { venueId } = map
    const grid = placed.length > 0 ? await this.#gridOf(map) : undefined
    const rows: readonly { readonly hash: string; readonly bytes: Buffer }[] = await manager.query(
      'SELECT hash, bytes FROM radio_map WHERE venue_id = $1 AND active',
      [venueId],
    )
    const [surveyed] = rows
    if (surveyed) this.#inForce.set(venueId, { source: 'survey', ...surveyed })
    else if (grid) this.#inForce.set(venueId, { source: 'registry', ...ofRegistry(grid, placed) })
    else this.#inForce.delete(venueId)
  }

  async #gridOf(map: BeaconMap): Promise<CellGrid | undefined> {
    const known = this.#grids.get(map.venueId)
    if (known?.versionId === map.versionId) return known.grid
    const archive = await this.#readArchive(map)
    const grid = archive && venueGrid(archive)
    if (archive && !grid) this.#onUnusable({ venueId: map.venueId, versionId: map.versionId, maxGridCells })
    this.#grids.set(map.venueId, { versionId: map.versionId, grid })
    return grid
  }
}

function ofRegistry(grid: CellGrid, placed: readonly PlacedBeacon[]): { hash: string; bytes: Uint8Array } {
  const placements = placed.map(({ id, levelId, x, y, powerDbm }) => ({ id, level: levelId, x, y, powerDbm }))
  const bytes = encodeRadioMap(mapOfRegistry(grid, placements))
  return { hash: hashOf(bytes), bytes }
}

/** The content address of a radio map. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, hashDigits)
}

/**
 * The grid of a venue over all ground a person can stand on; levels are known by their ids, all seen from the frame of
 * the lowest. Undefined when a frame makes the grid absurdly large.
 */
export function venueGrid(archive: Archive): CellGrid | undefined {
  const floors = floorsOf(archive)
  const [base] = floors
  if (!base) return undefined
  const area = createWalkableArea(floors.map(({ levelId, standing }) => ({ name: levelId, standing })))
  const extents = floors.map(({ levelId, frame, standing }): LevelExtent => {
    const size = { widthM: 1, heightM: 1 }
    for (const { x, y } of standing.flat()) {
      size.widthM = Math.max(size.widthM, x)
      size.heightM = Math.max(size.heightM, y)
    }
    return {
      id: levelId,
      ...size,
      originXM: (frame.originLon - base.frame.originLon) * frame.metresPerDegreeLon,
      originYM: (frame.originLat - base.frame.originLat) * frame.metresPerDegreeLat,
    }
  })
  const cells = extents.reduce((sum, { widthM, heightM }) => sum + (widthM * heightM) / cellSizeM ** 2, 0)
  return cells > maxGridCells ? undefined : gridOf(extents, area)
}
