import type { EntityManager } from 'typeorm'
import type { LevelId, VenueId } from '../../../maps/model/index.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { exitEntity } from '../parking.entity.ts'
import type { CarExit, ParkingMap } from './parking-map.ts'

/** An exit for cars, and who says that it is there. */
export interface KnownExit extends CarExit {
  readonly by: 'map' | 'operator'
}

/**
 * The exits of a venue: of a level those an operator named, else those the map draws. Few surveyed maps draw where
 * cars leave, and none can be guessed from the rest.
 */
export async function exitsOf(manager: EntityManager, map: ParkingMap): Promise<KnownExit[]> {
  const { venueId } = map
  const rows = await manager.find(exitEntity, { where: { venueId }, order: { place: 'ASC' } })
  const named = rows.map(({ name, levelId, x, y }): KnownExit => ({ name, levelId, x, y, by: 'operator' }))
  const levels = new Set<LevelId>(named.map(({ levelId }) => levelId))
  const drawn = map.exits.filter(({ levelId }) => !levels.has(levelId))
  return [...named, ...drawn.map((exit) => ({ ...exit, by: 'map' as const }))]
}

/** Says which exits there are, in place of those that were named before; none: the map's hold again. */
export async function setExits(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, exits }: { readonly venueId: VenueId; readonly exits: readonly CarExit[] },
): Promise<void> {
  // Two who set them at once follow one another.
  await manager.query('SELECT FROM venue WHERE venue_id = $1 FOR UPDATE', [venueId])
  await manager.delete(exitEntity, { venueId })
  await manager.insert(
    exitEntity,
    exits.map(({ name, levelId, x, y }, place) => ({ venueId, place, name: { ...name }, levelId, x, y })),
  )
  await recordAudit(manager, occasion, {
    action: 'parking.exits-set',
    subject: `venue:${venueId}`,
    venueId,
    facts: { exits: exits.length },
  })
}
