import { LessThanOrEqual, MoreThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { handoffLifeMs } from '../contract/navigation.contract.ts'
import { Fault } from '../http/index.ts'
import { tokenHash } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { newCode } from '../platform/codes.ts'
import { handoffEntity } from './handoff.entity.ts'
import type { HandoffRow, HandoffWay } from './handoff.entity.ts'

/** 13 of 30 signs: 63 random bits, in a QR code of the third size with a short address. */
const codeLength = 13
/** Ways of a venue that may wait or be open at once: some two a second, all day. */
const maxHandoffs = 20_000

/**
 * Makes a code for a way. It is not recorded who made it: nothing here is about a person.
 * @throws Fault busy when the venue has as many as it may have
 */
export async function createHandoff(
  manager: EntityManager,
  { nowMs, newId }: Pick<Occasion, 'nowMs' | 'newId'>,
  { venueId, way }: { readonly venueId: VenueId; readonly way: HandoffWay },
): Promise<{ readonly code: string; readonly expiresAtMs: number }> {
  const now = new Date(nowMs)
  const alive = await manager.countBy(handoffEntity, { venueId, expiresAt: MoreThan(now) })
  if (alive >= maxHandoffs) throw new Fault('busy', { headers: { 'retry-after': '60' } })
  const code = newCode(codeLength)
  const expiresAtMs = nowMs + handoffLifeMs.unopened
  await manager.insert(handoffEntity, {
    venueId,
    handoffId: newId(),
    codeHash: tokenHash(code),
    way,
    createdAt: now,
    expiresAt: new Date(expiresAtMs),
    phoneHash: null,
  })
  return { code, expiresAtMs }
}

/** A way as a phone holds it. */
export type OpenedHandoff = Pick<HandoffRow, 'venueId' | 'way' | 'expiresAt'>

/**
 * Opens a way on a phone: the first phone keeps it, and may open it again until it expires. Of two at once one
 * is the first, as one statement looks and binds.
 * @param phone a random key that the phone made
 */
export async function openHandoff(
  manager: EntityManager,
  nowMs: number,
  { code, phone }: { readonly code: string; readonly phone: string },
): Promise<OpenedHandoff | Refusal<'unknown-handoff' | 'handoff-taken'>> {
  const [codeHash, phoneHash, now] = [tokenHash(code), tokenHash(phone), new Date(nowMs)]
  await manager.query(
    `UPDATE handoff SET phone_hash = $2, expires_at = $3
     WHERE code_hash = $1 AND phone_hash IS NULL AND expires_at > $4`,
    [codeHash, phoneHash, new Date(nowMs + handoffLifeMs.opened), now],
  )
  const row = await manager.findOneBy(handoffEntity, { codeHash, expiresAt: MoreThan(now) })
  if (!row) return { refused: 'unknown-handoff' }
  return row.phoneHash === phoneHash ? row : { refused: 'handoff-taken' }
}

/**
 * How a way stands for a phone, without opening it.
 * @param phone its key, if it has one
 */
export async function lookAtHandoff(
  manager: EntityManager,
  nowMs: number,
  { code, phone }: { readonly code: string; readonly phone: string | undefined },
): Promise<OpenedHandoff | 'unopened' | Refusal<'unknown-handoff' | 'handoff-taken'>> {
  const now = new Date(nowMs)
  const row = await manager.findOneBy(handoffEntity, { codeHash: tokenHash(code), expiresAt: MoreThan(now) })
  if (!row) return { refused: 'unknown-handoff' }
  if (row.phoneHash === null) return 'unopened'
  const isOwn = phone !== undefined && row.phoneHash === tokenHash(phone)
  return isOwn ? row : { refused: 'handoff-taken' }
}

/** Drops what has expired. @returns how many */
export async function dropExpiredHandoffs(manager: EntityManager, nowMs: number): Promise<number> {
  const { affected } = await manager.delete(handoffEntity, { expiresAt: LessThanOrEqual(new Date(nowMs)) })
  return affected ?? 0
}
