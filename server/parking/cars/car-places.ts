import { In, MoreThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { carPlaceEntity } from '../parking.entity.ts'
import type { CarPlaceRow } from '../parking.entity.ts'
import type { SaidPlace } from './combine-places.ts'

/** A bay is this large, half its diagonal: who names it says no more. */
export const bayRadiusM = 3
/** What was said without a ticket to go by is forgotten after this. */
export const placeKeptMs = 36 * 3_600_000

/** Whose car it is: of a plate by its hash, or of a shopper. */
export type Whose = `plate:${string}` | `visitor:${string}`

/**
 * Writes down where a source says that a car stands. Each source has one word on a car, the latest; the sources
 * are kept apart and combined only when somebody asks.
 * @returns false when the source has said something later already
 */
export async function sayCarPlace(
  manager: EntityManager,
  { venueId, whose, said }: { readonly venueId: VenueId; readonly whose: Whose; readonly said: SaidPlace },
): Promise<boolean> {
  const rows: readonly unknown[] = await manager.query(
    `INSERT INTO parking_car_place AS known
       (venue_id, whose, source, at, level_id, x, y, radius_m, confidence, bay_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (venue_id, whose, source) DO UPDATE SET at = EXCLUDED.at, level_id = EXCLUDED.level_id,
       x = EXCLUDED.x, y = EXCLUDED.y, radius_m = EXCLUDED.radius_m, confidence = EXCLUDED.confidence,
       bay_id = EXCLUDED.bay_id
       WHERE known.at <= EXCLUDED.at
     RETURNING whose`,
    [
      ...[venueId, whose, said.source, new Date(said.atMs), said.levelId, said.x, said.y],
      ...[said.radiusM, said.confidence, said.bayId ?? null],
    ],
  )
  return rows.length > 0
}

/** What is known of the cars of some, newest first; nothing from before `sinceMs`. */
export async function carPlacesOf(
  manager: EntityManager,
  {
    venueId,
    whose,
    sinceMs,
  }: { readonly venueId: VenueId; readonly whose: readonly Whose[]; readonly sinceMs: number },
): Promise<SaidPlace[]> {
  const rows = await manager.find(carPlaceEntity, {
    where: { venueId, whose: In(whose), at: MoreThan(new Date(sinceMs)) },
    order: { at: 'DESC' },
  })
  return rows.map(saidOf)
}

/** Forgets what was said of somebody's car. */
export async function forgetCarPlaces(
  manager: EntityManager,
  key: { readonly venueId?: VenueId; readonly whose: Whose },
): Promise<void> {
  await manager.delete(carPlaceEntity, key)
}

/**
 * Forgets what a car's owners said of it, once it has left: said between its entry and its exit, and not of
 * another car of theirs that drove in later and is still inside.
 * @param beforeEntryMs how long before the entry something may have been said of this stay
 */
export async function forgetPlacesOfStay(
  manager: EntityManager,
  { venueId, ticketId }: { readonly venueId: VenueId; readonly ticketId: string },
  { plateHashes, beforeEntryMs }: { readonly plateHashes: readonly string[]; readonly beforeEntryMs: number },
): Promise<void> {
  await manager.query(
    `DELETE FROM parking_car_place p USING parking_ticket t, parking_own_plate o
     WHERE t.venue_id = $1 AND t.ticket_id = $2 AND o.venue_id = $1 AND o.plate_hash = ANY($3)
       AND p.venue_id = $1 AND p.whose = 'visitor:' || o.visitor_id
       AND p.at >= t.entered_at - $4 * interval '1 ms' AND p.at <= t.ended_at
       AND NOT EXISTS (
         SELECT FROM parking_own_plate other JOIN parking_ticket later
           ON later.venue_id = other.venue_id AND later.plate_hash = other.plate_hash
         WHERE other.venue_id = $1 AND other.visitor_id = o.visitor_id AND later.ended_at IS NULL
           AND later.entered_at > t.entered_at AND later.entered_at - $4 * interval '1 ms' <= p.at)`,
    [venueId, ticketId, plateHashes, beforeEntryMs],
  )
}

function saidOf({ source, at, levelId, x, y, radiusM, confidence, bayId }: CarPlaceRow): SaidPlace {
  const place = { source, atMs: at.getTime(), levelId, x, y, radiusM, confidence }
  return bayId === null ? place : { ...place, bayId }
}
