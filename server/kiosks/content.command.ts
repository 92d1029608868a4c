import { createHash } from 'node:crypto'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import type { ContentTerms } from '../contract/kiosk-values.ts'
import { maxContent } from '../contract/kiosks.contract.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { appendOutbox } from '../outbox/index.ts'
import { venueTimeZone } from '../venues/index.ts'
import { contentEntity, pictureEntity } from './kiosk.entity.ts'
import type { ContentRow } from './kiosk.entity.ts'
import { presentCard } from './kiosk.presenter.ts'
import { pictureTypeOf } from './picture-type.ts'

/** A picture that no content shows is dropped after this. */
const unusedPictureMs = 24 * 3_600_000

/**
 * Makes an announcement or a card; the place it leads to is one of the map: whoever calls has looked.
 * @returns the content, or a refusal: unknown-picture, too-much-content
 */
export async function createContent(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, terms }: { readonly venueId: VenueId; readonly terms: ContentTerms },
): Promise<ContentRow | Refusal<'unknown-picture' | 'too-much-content'>> {
  await lockVenue(manager, venueId)
  const count = await manager.countBy(contentEntity, { venueId })
  if (count >= maxContent) return { refused: 'too-much-content', facts: { maxContent } }
  if (!(await hasPicture(manager, venueId, terms))) return { refused: 'unknown-picture' }
  const row: ContentRow = {
    venueId,
    contentId: occasion.newId(),
    ...columnsOf(await keptTerms(manager, venueId, terms)),
    createdAt: new Date(occasion.nowMs),
    createdBy: occasion.actor,
  }
  await manager.insert(contentEntity, row)
  await recordChange(manager, occasion, row, 'content.created')
  return row
}

interface ContentKey {
  readonly venueId: VenueId
  readonly contentId: string
}

/** Writes content anew. @returns the content, or a refusal: unknown-content, unknown-picture */
export async function changeContent(
  manager: EntityManager,
  occasion: Occasion,
  key: ContentKey,
  terms: ContentTerms,
): Promise<ContentRow | Refusal<'unknown-content' | 'unknown-picture'>> {
  const row = await manager.findOne(contentEntity, { where: key, lock: { mode: 'pessimistic_write' } })
  if (!row) return { refused: 'unknown-content' }
  if (!(await hasPicture(manager, key.venueId, terms))) return { refused: 'unknown-picture' }
  const columns = columnsOf(await keptTerms(manager, key.venueId, terms))
  await manager.update(contentEntity, key, columns)
  const changed = { ...row, ...columns }
  await recordChange(manager, occasion, changed, 'content.changed')
  return changed
}

/** Takes content off the screens for good. @returns false when there is none */
export async function removeContent(
  manager: EntityManager,
  occasion: Occasion,
  key: ContentKey,
): Promise<boolean> {
  const row = await manager.findOne(contentEntity, { where: key, lock: { mode: 'pessimistic_write' } })
  if (!row) return false
  await manager.delete(contentEntity, key)
  await recordChange(manager, occasion, row, 'content.removed')
  return true
}

/** With the zone of the venue's clocks where none is named. */
async function keptTerms(
  manager: EntityManager,
  venueId: VenueId,
  terms: ContentTerms,
): Promise<ContentRow['terms']> {
  const timeZone = terms.timeZone ?? (await venueTimeZone(manager, venueId))
  if (timeZone === undefined) throw new Error(`there is no venue ${venueId}`)
  return { ...terms, timeZone }
}

function columnsOf(terms: ContentRow['terms']): Pick<ContentRow, 'terms' | 'untilAt'> {
  return { terms, untilAt: terms.untilMs === undefined ? null : new Date(terms.untilMs) }
}

async function hasPicture(
  manager: EntityManager,
  venueId: VenueId,
  { picture: hash }: ContentTerms,
): Promise<boolean> {
  return hash === undefined || manager.existsBy(pictureEntity, { venueId, hash })
}

/** One at a time for a venue, so that a bound holds. */
async function lockVenue(manager: EntityManager, venueId: VenueId): Promise<void> {
  await manager.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR NO KEY UPDATE', [venueId])
}

async function recordChange(
  manager: EntityManager,
  occasion: Occasion,
  row: ContentRow,
  action: 'content.created' | 'content.changed' | 'content.removed',
): Promise<void> {
  const { venueId, contentId, terms } = row
  const facts = { kind: terms.kind, title: terms.title.zh }
  await recordAudit(manager, occasion, { action, subject: `content:${contentId}`, venueId, facts })
  const card = action === 'content.removed' ? null : presentCard(row)
  await appendOutbox(manager, occasion, { venueId, topic: action, payload: { contentId, card } })
}

/**
 * Takes a picture in; the same one twice is kept once.
 * @returns its hash, or a refusal: bad-picture, too-much-content
 */
export async function addPicture(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, bytes }: { readonly venueId: VenueId; readonly bytes: Uint8Array },
): Promise<{ readonly hash: string } | Refusal<'bad-picture' | 'too-much-content'>> {
  const mediaType = pictureTypeOf(bytes)
  if (!mediaType) return { refused: 'bad-picture' }
  const hash = createHash('sha256').update(bytes).digest('hex')
  await lockVenue(manager, venueId)
  // Handed in again it is fresh again: it must not be dropped before its content is made.
  const createdAt = new Date(occasion.nowMs)
  const { affected } = await manager.update(pictureEntity, { venueId, hash }, { createdAt })
  if (affected) return { hash }
  const count = await manager.countBy(pictureEntity, { venueId })
  if (count >= maxContent) return { refused: 'too-much-content', facts: { maxContent } }
  await manager.insert(pictureEntity, { venueId, hash, mediaType, bytes, createdAt })
  await recordAudit(manager, occasion, {
    ...{ action: 'picture.added', subject: `picture:${hash}`, venueId, facts: { bytes: bytes.length } },
  })
  return { hash }
}

/** Drops pictures that no content shows and that were handed in a day ago. */
export async function dropUnusedPictures(manager: EntityManager, nowMs: number): Promise<void> {
  await manager.query(
    `DELETE FROM content_picture p WHERE created_at < $1 AND NOT EXISTS (
       SELECT FROM content_card c WHERE c.venue_id = p.venue_id AND c.terms->>'picture' = p.hash)`,
    [new Date(nowMs - unusedPictureMs)],
  )
}
