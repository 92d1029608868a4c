import { decodeRadioMap } from '../../../positioning/radio-map/codec.ts'
import type {
  Point,
  Ring,
  SimulatedVenue,
  VenueSketch,
  BeaconSketch,
} from '../../../positioning/simulate/index.ts'
import { mallRadio, radioField } from '../../../positioning/simulate/index.ts'
import { decodeRoutingTables, Router } from '../../../maps/routes/offline.ts'
import type { LevelId } from '../../../maps/model/index.ts'

/** A venue the preview can walk through, and what it needs to plan a walk. */
export interface WalkableVenue {
  readonly simulated: SimulatedVenue
  readonly router: Router
  /** Beacons of the venue by the radio map; none where only walks were surveyed. */
  readonly beaconCount: number
}

/** Between two floors, metres; the map does not say. */
const storeyM = 5
/** A beacon hangs so high, and speaks this often, where the radio map says nothing else. */
const mount = { heightM: 3, intervalMs: 500 } as const

/**
 * What a phone would meet in a venue: its floors from the route tables, its beacons from the registry part
 * of the radio map. The radio is the simulator's: walls and slabs weaken it.
 *
 * @param tablesText route tables as the server serves them
 * @param radioMap bytes of the radio map in force
 * @throws Error when the tables are of another format
 */
export function simulatedVenue(tablesText: string, radioMap: Uint8Array): WalkableVenue {
  const decoded = decodeRoutingTables(tablesText)
  if (!('tables' in decoded)) throw new Error('route tables of another format')
  const router = Router.of(decoded.tables)
  const { levels } = decoded.tables
  const lowest = Math.min(...levels.map(({ ordinal }) => ordinal))
  const sketch: VenueSketch = {
    levels: levels.map(({ id, ordinal, standing }) => {
      const [outline = [], ...rooms] = [...standing].sort((a, b) => areaOf(b) - areaOf(a))
      return { id, elevationM: (ordinal - lowest) * storeyM, outline, rooms, voids: [] }
    }),
    connectors: router.tables.connectors.map((connector) => ({
      id: connector.id,
      kind: kindOf(connector.kind),
      stops: connector.stops.flatMap(({ level, doors }) => {
        const door = router.tables.doors[doors[0] ?? -1]
        const id = levels[level]?.id
        return door && id !== undefined ? [{ level: id, x: door.outsideX, y: door.outsideY }] : []
      }),
    })),
  }
  const beacons = decodeRadioMap(radioMap).placements.map(({ id, level, x, y, powerDbm }): BeaconSketch => ({
    id,
    level,
    x,
    y,
    powerAt1mDbm: powerDbm,
    ...mount,
  }))
  const simulated = { sketch, beacons, field: radioField(sketch, mallRadio, 1) }
  return { simulated, router, beaconCount: beacons.length }
}

/** Where somebody is on a level of a venue. */
export interface Spot extends Point {
  readonly levelId: LevelId
}

function kindOf(kind: string): 'lift' | 'escalator' | 'stairs' {
  return kind === 'escalator' || kind === 'stairs' ? kind : 'lift'
}

function areaOf(ring: Ring): number {
  let twice = 0
  let last = ring[ring.length - 1]
  for (const corner of ring) {
    if (last) twice += last.x * corner.y - corner.x * last.y
    last = corner
  }
  return Math.abs(twice) / 2
}
