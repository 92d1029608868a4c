import { IsNull } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import { appendOutbox } from '../outbox/index.ts'
import { recordAudit } from './audit.ts'
import type { Occasion } from './audit.ts'
import { kioskDeviceEntity } from './kiosk-device.entity.ts'

/** Takes a device its token away; every node hears of it and ends its connections. @returns false when the venue has no such kiosk, or not any more */
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
  await appendOutbox(manager, occasion, { venueId, topic: 'device.revoked', payload: { deviceId } })
  return true
}
