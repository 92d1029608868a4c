import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { Refusal } from '../../contract/endpoint.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { ownPlateEntity } from '../parking.entity.ts'
import { isPlate, readPlate } from '../plates/index.ts'
import type { PlateVault } from '../plates/index.ts'
import { ownPlateContext } from '../stays/rebuild-stays.ts'
import { ownPlatesOf } from './find-cars.ts'
import type { OwnPlate } from './find-cars.ts'

/** Plates one shopper may name in a venue. */
export const maxOwnPlates = 3
/** Plates one shopper may name in a day, those removed again counted: a phone is no way to look up plates. */
const maxNamedADay = 5
const dayMs = 24 * 3_600_000

/** Takes down that a plate is a shopper's; naming it again gives the same, and keeps it for longer. */
export async function addOwnPlate(
  manager: EntityManager,
  occasion: Occasion,
  wish: { readonly venueId: VenueId; readonly visitorId: string; readonly typed: string },
  vault: PlateVault,
): Promise<OwnPlate | Refusal<'no-plate' | 'too-many-plates'>> {
  const { venueId, visitorId, typed } = wish
  const plate = readPlate(typed)
  if (!isPlate(plate))
    return { refused: 'no-plate', detail: 'Type the whole plate, with its province: 浙A12345.' }
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`own-plates ${visitorId}`])
  const known = await ownPlatesOf(manager, vault, { venueId, visitorId })
  const same = known.find((one) => one.plate.text === plate.text)
  if (same) {
    const createdAt = new Date(occasion.nowMs)
    await manager.update(ownPlateEntity, { venueId, visitorId, plateId: same.plateId }, { createdAt })
    return { ...same, createdAtMs: occasion.nowMs }
  }
  if (known.length >= maxOwnPlates) return { refused: 'too-many-plates', facts: { maxOwnPlates } }
  const [{ named }]: readonly [{ readonly named: number }] = await manager.query(
    'SELECT count(*)::integer AS named FROM parking_plate_naming WHERE visitor_id = $1 AND at > $2',
    [visitorId, new Date(occasion.nowMs - dayMs)],
  )
  if (named >= maxNamedADay) return { refused: 'too-many-plates', facts: { maxNamedADay } }
  await manager.query('INSERT INTO parking_plate_naming (visitor_id, at) VALUES ($1, $2)', [
    visitorId,
    new Date(occasion.nowMs),
  ])
  const plateId = occasion.newId()
  await manager.insert(ownPlateEntity, {
    ...{ venueId, visitorId, plateId, createdAt: new Date(occasion.nowMs) },
    plateHash: vault.hashOf(plate, venueId),
    plateSealed: vault.seal(plate, ownPlateContext(venueId, visitorId)),
  })
  await recordAudit(manager, occasion, {
    action: 'parking.plate-added',
    subject: `visitor:${visitorId}`,
    venueId,
    facts: { plate: plateId },
  })
  return { plateId, plate, createdAtMs: occasion.nowMs }
}

/** Forgets a plate of a shopper. @returns false when there is none */
export async function removeOwnPlate(
  manager: EntityManager,
  occasion: Occasion,
  key: { readonly venueId: VenueId; readonly visitorId: string; readonly plateId: string },
): Promise<boolean> {
  const { affected } = await manager.delete(ownPlateEntity, key)
  if (!affected) return false
  await recordAudit(manager, occasion, {
    action: 'parking.plate-removed',
    subject: `visitor:${key.visitorId}`,
    venueId: key.venueId,
    facts: { plate: key.plateId },
  })
  return true
}
