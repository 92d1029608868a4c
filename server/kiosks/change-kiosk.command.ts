import { In } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { Json, LevelId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { screenshotTimes } from '../contract/kiosks.contract.ts'
import type { KioskSettings } from '../contract/kiosk-values.ts'
import { recordAudit, renameDevice } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { appendOutbox } from '../outbox/index.ts'
import { findKiosk } from './find-kiosks.ts'
import type { FoundKiosk, KioskKey } from './find-kiosks.ts'
import { contentEntity, kioskScreenEntity } from './kiosk.entity.ts'
import { presentSettings } from './kiosk.presenter.ts'

/** What an operator sets anew; what is absent stays. */
export interface KioskChange {
  readonly name?: string
  readonly place?: { readonly levelId: LevelId; readonly x: number; readonly y: number }
  readonly headingDeg?: number
  readonly orientation?: KioskSettings['orientation']
  readonly brightness?: KioskSettings['brightness']
  readonly playlist?: KioskSettings['playlist']
}

/** @returns the kiosk as it is now, or a refusal: unknown-kiosk, unknown-content */
export async function changeKiosk(
  manager: EntityManager,
  occasion: Occasion,
  key: KioskKey,
  change: KioskChange,
): Promise<FoundKiosk | Refusal<'unknown-kiosk' | 'unknown-content'>> {
  const locked = await lockKiosk(manager, key)
  if (!locked) return { refused: 'unknown-kiosk' }
  const { name, place, playlist, ...plain } = change
  if (Array.isArray(playlist)) {
    const ids = [...new Set(playlist.map(({ contentId }) => contentId))]
    const known = await manager.countBy(contentEntity, { venueId: key.venueId, contentId: In(ids) })
    if (known < ids.length) return { refused: 'unknown-content' }
  }
  if (name !== undefined) await renameDevice(manager, { ...key, deviceId: key.kioskId, name })
  await manager.update(kioskScreenEntity, key, {
    ...plain,
    ...place,
    ...(playlist === undefined ? {} : { playlist }),
    revision: locked.screen.revision + 1,
  })
  const kiosk = await findKiosk(manager, key)
  if (!kiosk) return { refused: 'unknown-kiosk' }
  const facts = { changed: Object.keys(change).sort() }
  await recordAudit(manager, occasion, {
    ...{ action: 'kiosk.changed', subject: `device:${key.kioskId}`, venueId: key.venueId, facts },
  })
  await tellKiosk(manager, occasion, key, { settings: presentSettings(kiosk) })
  return kiosk
}

/** Has a kiosk load its page anew. @returns false when there is no such kiosk */
export async function askForReload(
  manager: EntityManager,
  occasion: Occasion,
  key: KioskKey,
): Promise<boolean> {
  if (!(await lockKiosk(manager, key))) return false
  await manager.update(kioskScreenEntity, key, { reloadAt: new Date(occasion.nowMs) })
  await recordAudit(manager, occasion, {
    ...{ action: 'kiosk.reload-asked', subject: `device:${key.kioskId}`, venueId: key.venueId },
  })
  await tellKiosk(manager, occasion, key, { reload: { atMs: occasion.nowMs } })
  return true
}

/** Asks a kiosk for a picture of what it shows. @returns false when there is no such kiosk */
export async function askForScreenshot(
  manager: EntityManager,
  occasion: Occasion,
  key: KioskKey,
): Promise<boolean> {
  if (!(await lockKiosk(manager, key))) return false
  const { nowMs: atMs } = occasion
  await manager.update(kioskScreenEntity, key, { screenshotWantedAt: new Date(atMs) })
  await recordAudit(manager, occasion, {
    ...{ action: 'kiosk.screenshot-asked', subject: `device:${key.kioskId}`, venueId: key.venueId },
  })
  await tellKiosk(manager, occasion, key, { screenshot: { atMs, untilMs: atMs + screenshotTimes.waitMs } })
  return true
}

/** One change of a kiosk at a time: a revision is never given twice. */
async function lockKiosk(manager: EntityManager, key: KioskKey): Promise<FoundKiosk | undefined> {
  await manager.findOne(kioskScreenEntity, { where: key, lock: { mode: 'pessimistic_write' } })
  return findKiosk(manager, key)
}

/** Values of `kiosk:ID`, told after the commit. */
async function tellKiosk(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, kioskId }: KioskKey,
  set: Readonly<Record<string, Json>>,
): Promise<void> {
  await appendOutbox(manager, occasion, { venueId, topic: 'kiosk.changed', payload: { kioskId, set } })
}
