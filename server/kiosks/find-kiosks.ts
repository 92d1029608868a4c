import { In, IsNull } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import { kioskDeviceEntity } from '../identities/index.ts'
import { venueTimeZone } from '../venues/index.ts'
import { kioskScreenEntity, kioskScreenshotEntity } from './kiosk.entity.ts'
import type { KioskScreenRow } from './kiosk.entity.ts'

export interface KioskKey {
  readonly venueId: VenueId
  readonly kioskId: string
}

/** A kiosk that may speak, with what its device says of it. */
export interface FoundKiosk {
  readonly screen: KioskScreenRow
  readonly name: string
  /** Of the venue, whose clocks all hours of the kiosk are read on. */
  readonly timeZone: string
  readonly screenshotAt: Date | undefined
}

/** @returns undefined when the venue has no such kiosk, or it was revoked */
export async function findKiosk(manager: EntityManager, key: KioskKey): Promise<FoundKiosk | undefined> {
  return (await findAll(manager, key.venueId, key.kioskId))[0]
}

/** The kiosks of a venue by name, without those that were revoked. */
export async function findKiosks(manager: EntityManager, venueId: VenueId): Promise<FoundKiosk[]> {
  return findAll(manager, venueId)
}

async function findAll(manager: EntityManager, venueId: VenueId, kioskId?: string): Promise<FoundKiosk[]> {
  const devices = await manager.findBy(kioskDeviceEntity, {
    ...{ venueId, role: 'kiosk', revokedAt: IsNull() },
    ...(kioskId === undefined ? {} : { deviceId: kioskId }),
  })
  const timeZone = await venueTimeZone(manager, venueId)
  if (timeZone === undefined) return []
  const names = new Map(devices.map(({ deviceId, name }) => [deviceId, name]))
  const ids = { venueId, kioskId: In([...names.keys()]) }
  const screens = await manager.findBy(kioskScreenEntity, ids)
  const pictures = await manager.find(kioskScreenshotEntity, {
    select: { kioskId: true, takenAt: true },
    where: ids,
  })
  const takenAt = new Map(pictures.map((picture) => [picture.kioskId, picture.takenAt]))
  return screens
    .map((screen) => ({
      screen,
      name: names.get(screen.kioskId) ?? '',
      timeZone,
      screenshotAt: takenAt.get(screen.kioskId),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'zh-CN', { numeric: true }))
}
