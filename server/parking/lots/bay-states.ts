import type { EntityManager } from 'typeorm'
import type { Json, LevelId, UnitId, VenueId } from '../../../maps/model/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { appendOutbox } from '../../outbox/index.ts'
import { bayStateEntity } from '../parking.entity.ts'
import type { BayStateRow } from '../parking.entity.ts'
import type { Bay, ParkingMap } from './parking-map.ts'

/** What a guidance system says of one bay. */
export interface ToldBay {
  readonly bay: Bay
  readonly state: BayStateRow['state']
  readonly atMs: number
}

/** How many bays of a level are free; `known` of them the guidance system has told of. */
export interface LevelCount {
  readonly levelId: LevelId
  readonly level: string
  readonly bays: number
  readonly known: number
  readonly free: number
  readonly accessibleFree: number
  readonly chargingFree: number
}

/**
 * Takes in what a guidance system says. Of two states of a bay the later one holds, whichever comes last; the
 * counts of the levels that changed are told to the world.
 * @returns how many bays changed
 */
export async function tellBayStates(
  manager: EntityManager,
  occasion: Occasion,
  { map, told }: { readonly map: ParkingMap; readonly told: readonly ToldBay[] },
): Promise<number> {
  const { venueId } = map
  const latest = new Map<UnitId, ToldBay>()
  for (const one of told) {
    const before = latest.get(one.bay.id)
    if (!before || one.atMs >= before.atMs) latest.set(one.bay.id, one)
  }
  // One batch after the other: counts told last are of the states told last.
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`parking bays ${venueId}`])
  const rows = [...latest.values()]
  const changed: readonly { readonly bay_id: UnitId }[] = await manager.query(
    `INSERT INTO parking_bay_state AS known (venue_id, bay_id, state, at)
     SELECT $1, bay_id, state, at FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS told (bay_id, state, at)
     ON CONFLICT (venue_id, bay_id) DO UPDATE SET state = EXCLUDED.state, at = EXCLUDED.at
       WHERE known.at < EXCLUDED.at
     RETURNING bay_id`,
    [
      venueId,
      rows.map(({ bay }) => bay.id),
      rows.map(({ state }) => state),
      rows.map(({ atMs }) => new Date(atMs)),
    ],
  )
  if (changed.length === 0) return 0
  const levels = new Set(changed.map(({ bay_id: id }) => map.bay(id)?.levelId))
  const counts = await countsOf(manager, map)
  await appendOutbox(manager, occasion, {
    venueId,
    topic: 'parking.counts',
    payload: { levels: counts.filter(({ levelId }) => levels.has(levelId)).map(countJson) },
  })
  return changed.length
}

/** The counts of all levels that have bays, in the order in which the map lists them. */
export async function countsOf(manager: EntityManager, map: ParkingMap): Promise<LevelCount[]> {
  const states = await statesOf(manager, map.venueId)
  const byLevel = new Map<LevelId, Bay[]>()
  for (const bay of map.bays) byLevel.set(bay.levelId, [...(byLevel.get(bay.levelId) ?? []), bay])
  return [...byLevel].map(([levelId, bays]) => {
    const free = bays.filter(({ id }) => states.get(id)?.state === 'free')
    return {
      levelId,
      level: bays[0]!.level,
      bays: bays.length,
      known: bays.filter(({ id }) => states.has(id)).length,
      free: free.length,
      accessibleFree: free.filter(({ isAccessible }) => isAccessible).length,
      chargingFree: free.filter(({ canCharge }) => canCharge).length,
    }
  })
}

/** What is known of the bays of a venue. */
export async function statesOf(
  manager: EntityManager,
  venueId: VenueId,
): Promise<ReadonlyMap<UnitId, BayStateRow>> {
  const rows = await manager.findBy(bayStateEntity, { venueId })
  return new Map(rows.map((row) => [row.bayId, row]))
}

/** The counts of a level as they stand in the live stream `floor:VENUE` under `parking:LEVEL`. */
export function countJson(count: LevelCount): Readonly<Record<string, Json>> {
  return { ...count }
}
