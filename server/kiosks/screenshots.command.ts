import { IsNull, LessThanOrEqual, MoreThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { Refusal } from '../contract/endpoint.ts'
import { screenshotTimes } from '../contract/kiosks.contract.ts'
import { kioskDeviceEntity, recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { KioskKey } from './find-kiosks.ts'
import { kioskScreenEntity, kioskScreenshotEntity } from './kiosk.entity.ts'
import type { KioskScreenshotRow } from './kiosk.entity.ts'
import { pictureTypeOf } from './picture-type.ts'

/**
 * Takes in the picture that was asked for, in place of an earlier one; one for each time it is asked for.
 * @returns a refusal, or nothing when it was taken: unknown-kiosk, bad-picture, no-screenshot
 */
export async function takeScreenshot(
  manager: EntityManager,
  { nowMs }: Pick<Occasion, 'nowMs'>,
  { venueId, kioskId, bytes }: KioskKey & { readonly bytes: Uint8Array },
): Promise<Refusal<'unknown-kiosk' | 'bad-picture' | 'no-screenshot'> | undefined> {
  const mediaType = pictureTypeOf(bytes)
  if (!mediaType) return { refused: 'bad-picture' }
  const key = { venueId, kioskId }
  if (!(await manager.existsBy(kioskScreenEntity, key))) return { refused: 'unknown-kiosk' }
  const screenshotWantedAt = MoreThan(new Date(nowMs - screenshotTimes.waitMs))
  const wanted = await manager.update(
    kioskScreenEntity,
    { ...key, screenshotWantedAt },
    { screenshotWantedAt: null },
  )
  if (!wanted.affected) return { refused: 'no-screenshot', detail: 'Nobody asked for one lately.' }
  const row: KioskScreenshotRow = { ...key, mediaType, bytes, takenAt: new Date(nowMs) }
  await manager.delete(kioskScreenshotEntity, key)
  await manager.insert(kioskScreenshotEntity, row)
  return undefined
}

/**
 * The last picture of a kiosk, for an operator; that they looked is recorded.
 * @returns the picture, or a refusal: unknown-kiosk, no-screenshot
 */
export async function lookAtScreenshot(
  manager: EntityManager,
  occasion: Occasion,
  key: KioskKey,
): Promise<KioskScreenshotRow | Refusal<'unknown-kiosk' | 'no-screenshot'>> {
  const { venueId, kioskId } = key
  const device = { venueId, deviceId: kioskId, revokedAt: IsNull() }
  if (!(await manager.existsBy(kioskDeviceEntity, device))) return { refused: 'unknown-kiosk' }
  const takenAt = MoreThan(new Date(occasion.nowMs - screenshotTimes.keptMs))
  const row = await manager.findOneBy(kioskScreenshotEntity, { ...key, takenAt })
  if (!row) return { refused: 'no-screenshot', detail: 'Ask for one, and look again in a few seconds.' }
  await recordAudit(manager, occasion, {
    ...{ action: 'kiosk.screenshot-seen', subject: `device:${kioskId}`, venueId },
    facts: { takenAtMs: row.takenAt.getTime() },
  })
  return row
}

/** Drops pictures that are a day old. */
export async function dropOldScreenshots(manager: EntityManager, nowMs: number): Promise<void> {
  await manager.delete(kioskScreenshotEntity, {
    takenAt: LessThanOrEqual(new Date(nowMs - screenshotTimes.keptMs)),
  })
}
