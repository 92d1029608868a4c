import { IsNull } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { DeviceRole, Refusal } from '../contract/endpoint.ts'
import { databaseErrorFacts } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { recordAudit } from './audit.ts'
import type { Occasion } from './audit.ts'
import { kioskDeviceEntity } from './kiosk-device.entity.ts'
import type { KioskDeviceRow } from './kiosk-device.entity.ts'
import { newToken, tokenHash } from './opaque-tokens.ts'

/** Devices of one venue that are not revoked. */
export const maxDevices = 500

/**
 * Makes a kiosk or another system known; its token is given once and kept nowhere.
 * @returns the device and its token, or a refusal: unknown-venue, too-many-devices
 */
export async function createDevice(
  database: Database,
  occasion: Occasion,
  { venueId, name, role }: { readonly venueId: VenueId; readonly name: string; readonly role: DeviceRole },
): Promise<
  { readonly device: KioskDeviceRow; readonly token: string } | Refusal<'unknown-venue' | 'too-many-devices'>
> {
  const token = newToken(role)
  const device: KioskDeviceRow = {
    venueId,
    deviceId: occasion.newId(),
    name,
    role,
    tokenHash: tokenHash(token),
    createdAt: new Date(occasion.nowMs),
    createdBy: occasion.actor,
    lastSeenAt: null,
    revokedAt: null,
  }
  try {
    return await database.transaction(async (manager) => {
      const count = await manager.countBy(kioskDeviceEntity, { venueId, revokedAt: IsNull() })
      if (count >= maxDevices) return { refused: 'too-many-devices', facts: { maxDevices } }
      await manager.insert(kioskDeviceEntity, device)
      await recordAudit(manager, occasion, {
        action: 'device.created',
        subject: `device:${device.deviceId}`,
        venueId,
        facts: { role },
      })
      return { device, token }
    })
  } catch (error) {
    if (databaseErrorFacts(error)?.constraint === 'kiosk_device_venue') return { refused: 'unknown-venue' }
    throw error
  }
}
