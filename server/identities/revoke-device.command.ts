import { IsNull } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import { recordAudit } from './audit.ts'
import type { Occasion } from './audit.ts'
import { kioskDeviceEntity } from './kiosk-device.entity.ts'

/** Takes a kiosk its token away. @returns false when the venue has no such kiosk, or not any more */
export async function revokeDevice(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, deviceId }: { readonly venueId: VenueId; readonly deviceId: string },
): Promise<boolean> {
  const { affected } = await manager.update(
    kioskDeviceEntity,
    { venueId, deviceId, revokedAt: IsNull() },
    { revokedAt: new Date(occasion.nowMs) },
  )
  if (!affected) return false
  await recordAudit(manager, occasion, {
    action: 'device.revoked',
    subject: `device:${deviceId}`,
    venueId,
  })
  return true
}
