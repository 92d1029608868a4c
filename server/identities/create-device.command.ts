import { IsNull } from 'typeorm'
import type { EntityManager } from 'typeorm'
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

/** A device about to be made known. */
export interface NewDevice {
  readonly venueId: VenueId
  readonly name: string
  readonly role: DeviceRole
}

/**
 * Makes a kiosk or another system known; its token is given once and kept nowhere.
 * @returns the device and its token, or a refusal: unknown-venue, too-many-devices
 */
export async function createDevice(
  database: Database,
  occasion: Occasion,
  device: NewDevice,
): Promise<MadeDevice | Refusal<'unknown-venue' | 'too-many-devices'>> {
  try {
    return await database.transaction((manager) => insertDevice(manager, occasion, device))
  } catch (error) {
    if (databaseErrorFacts(error)?.constraint === 'kiosk_device_venue') return { refused: 'unknown-venue' }
    throw error
  }
}

export interface MadeDevice {
  readonly device: KioskDeviceRow
  readonly token: string
}

/**
 * The same within a transaction, of a venue that is there.
 * @param token a token of one's own; a new one otherwise
 */
export async function insertDevice(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, name, role }: NewDevice,
  token = newToken(role),
): Promise<MadeDevice | Refusal<'too-many-devices'>> {
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
}

/**
 * Gives a device that has not used its token another one, in place of it: the answer that held it was lost.
 * @returns undefined when the device has used its token, or was revoked
 */
export async function reissueToken(
  manager: EntityManager,
  { venueId, deviceId }: { readonly venueId: VenueId; readonly deviceId: string },
): Promise<string | undefined> {
  const token = newToken('kiosk')
  const unused = { venueId, deviceId, lastSeenAt: IsNull(), revokedAt: IsNull() }
  const { affected } = await manager.update(kioskDeviceEntity, unused, { tokenHash: tokenHash(token) })
  return affected ? token : undefined
}

/** Calls a device something else. */
export async function renameDevice(
  manager: EntityManager,
  {
    venueId,
    deviceId,
    name,
  }: { readonly venueId: VenueId; readonly deviceId: string; readonly name: string },
): Promise<void> {
  await manager.update(kioskDeviceEntity, { venueId, deviceId }, { name })
}
