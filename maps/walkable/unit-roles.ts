import { areaOfRingsM2 } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'

/**
 * What a unit is to a walker.
 * - `open`: floor that is walked on; not cut out of the level.
 * - `rest`: seating; a person may stand in it, a route goes round it.
 * - `room`: has walls and doors; routes end at its door.
 * - `connector`: leads to another level.
 * - `void`, `solid`: nothing to walk on, nothing to walk to.
 */
export type UnitRole = 'open' | 'rest' | 'room' | 'connector' | 'void' | 'solid'

const roles: Readonly<Record<string, UnitRole>> = {
  walkway: 'open',
  lobby: 'open',
  footbridge: 'open',
  platform: 'open',
  terrace: 'open',
  unenclosedarea: 'open',
  lounge: 'rest',
  waitingroom: 'rest',
  elevator: 'connector',
  escalator: 'connector',
  movingwalkway: 'connector',
  stairs: 'connector',
  steps: 'connector',
  ramp: 'connector',
  opentobelow: 'void',
  brick: 'solid',
  column: 'solid',
  concrete: 'solid',
  drywall: 'solid',
  glass: 'solid',
  structure: 'solid',
  vegetation: 'solid',
  'walkway.island': 'solid',
  wood: 'solid',
}

/** A bay is far smaller; a `parking` unit larger than this is a hall of bays with its aisles. */
const largestBayM2 = 60

/**
 * The role of a unit by its IMDF category (OGC 20-094, unit categories); what the list does not name is a
 * room.
 * @param rings the unit's rings in metres.
 */
export function unitRoleOf(category: string, rings: readonly Ring[]): UnitRole {
  if (category === 'parking' && areaOfRingsM2(rings) > largestBayM2) return 'open'
  return roles[category] ?? 'room'
}
