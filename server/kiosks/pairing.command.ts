import { randomBytes } from 'node:crypto'
import { LessThanOrEqual, MoreThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { LevelId, VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import type { KioskSettings } from '../contract/kiosk-values.ts'
import { Fault } from '../http/index.ts'
import { insertDevice, recordAudit, reissueToken, tokenHash } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { groupedCode, newCode, plainCode } from '../platform/codes.ts'
import { findKiosk } from './find-kiosks.ts'
import type { FoundKiosk } from './find-kiosks.ts'
import { kioskPairingEntity, kioskScreenEntity } from './kiosk.entity.ts'

/** Eight of 30 signs: 39 random bits, which only an operator may try, for ten minutes. */
const codeLength = 8
export const pairingMs = 10 * 60_000
/** Screens that may wait at once, of everybody. */
const maxPairings = 5_000

/** What a new screen is given; code and secret are kept as hashes. */
export interface BegunPairing {
  readonly pairingId: string
  readonly code: string
  readonly secret: string
  readonly expiresAtMs: number
}

/** @throws Fault busy when too many screens wait */
export async function beginPairing(
  manager: EntityManager,
  { nowMs, newId }: Pick<Occasion, 'nowMs' | 'newId'>,
): Promise<BegunPairing> {
  await manager.delete(kioskPairingEntity, { expiresAt: LessThanOrEqual(new Date(nowMs)) })
  if ((await manager.count(kioskPairingEntity)) >= maxPairings) {
    throw new Fault('busy', { headers: { 'retry-after': '60' } })
  }
  const code = newCode(codeLength)
  const secret = randomBytes(32).toString('base64url')
  const [pairingId, expiresAtMs] = [newId(), nowMs + pairingMs]
  await manager.insert(kioskPairingEntity, {
    pairingId,
    codeHash: tokenHash(code),
    secretHash: tokenHash(secret),
    expiresAt: new Date(expiresAtMs),
    venueId: null,
    kioskId: null,
  })
  return { pairingId, code: groupedCode(code), secret, expiresAtMs }
}

/** Where an operator says that a screen stands, and how it is called. */
export interface KioskWish {
  readonly venueId: VenueId
  readonly name: string
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
  readonly headingDeg: number
  readonly orientation: KioskSettings['orientation']
}

/**
 * Binds the code that a screen shows: the screen is a kiosk of the venue from then on. Of two operators who bind
 * one code at once the second is told that the code is none, as the row is locked until the first is done.
 * @returns the kiosk, or a refusal: wrong-code, too-many-devices
 */
export async function bindPairing(
  manager: EntityManager,
  occasion: Occasion,
  { code, ...wish }: KioskWish & { readonly code: string },
): Promise<FoundKiosk | Refusal<'wrong-code' | 'too-many-devices'>> {
  const pairing = await manager.findOne(kioskPairingEntity, {
    where: { codeHash: tokenHash(plainCode(code)), expiresAt: MoreThan(new Date(occasion.nowMs)) },
    lock: { mode: 'pessimistic_write' },
  })
  if (pairing?.kioskId !== null) return { refused: 'wrong-code' }
  const made = await makeKiosk(manager, occasion, wish)
  if ('refused' in made) return made
  const { kioskId, venueId } = made.screen
  await manager.update(kioskPairingEntity, { pairingId: pairing.pairingId }, { venueId, kioskId })
  return made
}

/**
 * Makes a kiosk at a place.
 * @param token the demo's; a new one otherwise, which nobody ever learns: the screen gets its own
 */
export async function makeKiosk(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, name, ...place }: KioskWish,
  token?: string,
): Promise<FoundKiosk | Refusal<'too-many-devices'>> {
  const made = await insertDevice(manager, occasion, { venueId, name, role: 'kiosk' }, token)
  if ('refused' in made) return made
  const { deviceId: kioskId } = made.device
  const screen = {
    ...{ venueId, kioskId, ...place },
    brightness: { hours: [], otherwisePercent: 100 },
    playlist: 'all',
    revision: 1,
    pairedAt: new Date(occasion.nowMs),
    ...{ reloadAt: null, screenshotWantedAt: null, health: null, heardAt: null },
  } as const
  await manager.insert(kioskScreenEntity, { ...screen, brightness: { hours: [], otherwisePercent: 100 } })
  await recordAudit(manager, occasion, {
    action: 'kiosk.bound',
    subject: `device:${kioskId}`,
    venueId,
    facts: { name, levelId: place.levelId },
  })
  const found = await findKiosk(manager, { venueId, kioskId })
  if (!found) throw new Error(`kiosk ${kioskId} is not there after it was made`)
  return found
}

/**
 * What became of a code, for the screen that knows the secret. Until its token has been used, a bound screen gets a
 * new one with each answer: one of them may have been lost.
 */
export async function pollPairing(
  manager: EntityManager,
  nowMs: number,
  { pairingId, secret }: { readonly pairingId: string; readonly secret: string },
): Promise<
  | { readonly state: 'waiting'; readonly expiresAtMs: number }
  | { readonly state: 'bound'; readonly token: string; readonly kiosk: FoundKiosk }
  | Refusal<'unknown-pairing'>
> {
  const pairing = await manager.findOneBy(kioskPairingEntity, {
    ...{ pairingId, secretHash: tokenHash(secret) },
    expiresAt: MoreThan(new Date(nowMs)),
  })
  if (!pairing) return { refused: 'unknown-pairing' }
  const { venueId, kioskId, expiresAt } = pairing
  if (venueId === null || kioskId === null) return { state: 'waiting', expiresAtMs: expiresAt.getTime() }
  const token = await reissueToken(manager, { venueId, deviceId: kioskId })
  const kiosk = token === undefined ? undefined : await findKiosk(manager, { venueId, kioskId })
  return token !== undefined && kiosk ? { state: 'bound', token, kiosk } : { refused: 'unknown-pairing' }
}
