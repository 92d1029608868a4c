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

/** Takes down that a plate is a shopper's; naming it again gives the same. */
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
  if (same) return same
  if (known.length >= maxOwnPlates) return { refused: 'too-many-plates', facts: { maxOwnPlates } }
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
