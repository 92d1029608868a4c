import type { EntityManager } from 'typeorm'
import type { Database } from '../database/index.ts'
import type { Json, VenueId } from '../../maps/model/index.ts'
import type { PersonalDataHolder } from '../visitors/index.ts'
import { forgetCarPlaces, placeKeptMs } from './cars/car-places.ts'
import { maxOwnPlates } from './cars/own-plates.command.ts'
import type { PlateVault } from './plates/index.ts'
import { ownPlateContext } from './stays/rebuild-stays.ts'

const dayMs = 24 * 3_600_000
/** A plate is kept this long after the car left: until then somebody may ask about a stay or a payment. */
export const plateKeptMs = 30 * dayMs
/** A car is thought to have left unseen when it has been inside for this long. */
const givenUpAfterMs = 60 * dayMs
/** A plate that a shopper named is theirs for this long after they named it last. */
const ownPlateKeptMs = 365 * dayMs
/** Quotes that nobody began to pay are kept for questions about them. */
const quoteKeptMs = 30 * dayMs
/** Notices of a payment provider come for a day; their numbers are kept for a while longer. */
const noticeKeptMs = 30 * dayMs
/** Rows that one statement takes. */
const batch = 2000

/**
 * Forgets what has served its time: plates of cars that left a month ago, the events they were seen in, where
 * cars stood, numbers of notices, quotes nobody paid, plates shoppers named a year ago. What was paid stays,
 * without a plate. A car nobody saw leaving is given up first, so that nothing is kept without end.
 * @returns rows forgotten
 */
export async function forgetOld({ dataSource }: Database, nowMs: number): Promise<number> {
  const before = (ms: number) => new Date(nowMs - ms)
  let forgotten = 0
  const run = async (sql: string, parameters: readonly unknown[]) => {
    for (;;) {
      const rows: readonly unknown[] = await dataSource.query(`WITH gone AS (${sql}) SELECT 1 FROM gone`, [
        ...parameters,
      ])
      forgotten += rows.length
      if (rows.length < batch) return
    }
  }
  await run(
    `UPDATE parking_ticket SET ended_at = entered_at + $2 * interval '1 ms', ended_by = 'given-up', unpaid_fen = NULL
     WHERE (venue_id, ticket_id) IN (
       SELECT venue_id, ticket_id FROM parking_ticket WHERE ended_at IS NULL AND entered_at < $1
       LIMIT ${String(batch)})
     RETURNING 1`,
    [before(givenUpAfterMs), givenUpAfterMs],
  )
  await run(
    `DELETE FROM parking_ticket_token WHERE (venue_id, token, ticket_id) IN (
       SELECT k.venue_id, k.token, k.ticket_id FROM parking_ticket_token k
       JOIN parking_ticket t ON t.venue_id = k.venue_id AND t.ticket_id = k.ticket_id
       WHERE t.ended_by = 'given-up' LIMIT ${String(batch)})
     RETURNING 1`,
    [],
  )
  await run(
    `UPDATE parking_ticket SET plate_hash = NULL, plate_sealed = NULL, picture = NULL
     WHERE (venue_id, ticket_id) IN (
       SELECT venue_id, ticket_id FROM parking_ticket
       WHERE ended_at < $1 AND (plate_hash IS NOT NULL OR picture IS NOT NULL) LIMIT ${String(batch)})
     RETURNING 1`,
    [before(plateKeptMs)],
  )
  await run(
    `DELETE FROM parking_barrier_event WHERE (venue_id, event_id) IN (
       SELECT e.venue_id, e.event_id FROM parking_barrier_event e
       LEFT JOIN parking_ticket t ON t.venue_id = e.venue_id AND t.ticket_id = e.ticket_id
       WHERE e.at < $1 AND (t.ticket_id IS NULL OR t.ended_at < $1) LIMIT ${String(batch)})
     RETURNING 1`,
    [before(plateKeptMs)],
  )
  await run(
    `DELETE FROM parking_car_place WHERE (venue_id, whose, source) IN (
       SELECT venue_id, whose, source FROM parking_car_place p WHERE at < $1 AND NOT EXISTS (
         SELECT FROM parking_ticket t WHERE t.venue_id = p.venue_id AND t.ended_at IS NULL
           AND (p.whose = 'plate:' || t.plate_hash OR EXISTS (
             SELECT FROM parking_own_plate o WHERE o.venue_id = t.venue_id AND o.plate_hash = t.plate_hash
               AND p.whose = 'visitor:' || o.visitor_id))) LIMIT ${String(batch)})
     RETURNING 1`,
    [before(placeKeptMs)],
  )
  await run(
    `DELETE FROM parking_notice WHERE (venue_id, method, notice_id) IN (
       SELECT venue_id, method, notice_id FROM parking_notice WHERE received_at < $1 LIMIT ${String(batch)})
     RETURNING 1`,
    [before(noticeKeptMs)],
  )
  await run(
    `DELETE FROM parking_quote WHERE (venue_id, quote_id) IN (
       SELECT venue_id, quote_id FROM parking_quote q WHERE expires_at < $1 AND NOT EXISTS (
         SELECT FROM parking_payment p WHERE p.venue_id = q.venue_id AND p.quote_id = q.quote_id)
       LIMIT ${String(batch)})
     RETURNING 1`,
    [before(quoteKeptMs)],
  )
  await run(
    `DELETE FROM parking_own_plate WHERE (venue_id, visitor_id, plate_id) IN (
       SELECT venue_id, visitor_id, plate_id FROM parking_own_plate WHERE created_at < $1 LIMIT ${String(batch)})
     RETURNING 1`,
    [before(ownPlateKeptMs)],
  )
  await run(
    `DELETE FROM parking_plate_naming WHERE ctid IN (
       SELECT ctid FROM parking_plate_naming WHERE at < $1 LIMIT ${String(batch)})
     RETURNING 1`,
    [before(dayMs)],
  )
  return forgotten
}

/** Forgets what a shopper's phone noticed; what they said themselves stays. */
export async function forgetTrail({ dataSource }: Database, visitorId: string): Promise<void> {
  await dataSource.query(`DELETE FROM parking_car_place WHERE whose = $1 AND source = 'trail'`, [
    `visitor:${visitorId}`,
  ])
}

/**
 * What parking keeps of a shopper: their plates, what they said of their car, and which payments were theirs.
 * Erasing keeps the payment without them: the mall has to keep its books.
 */
export function parkingHolder(vault: PlateVault): PersonalDataHolder {
  return {
    name: 'parking',
    async exportOf(manager, visitorId) {
      const plates: readonly { venue_id: VenueId; plate_sealed: string; created_at: Date }[] =
        await manager.query(
          'SELECT venue_id, plate_sealed, created_at FROM parking_own_plate WHERE visitor_id = $1',
          [visitorId],
        )
      const places: readonly Record<string, Json>[] = await manager.query(
        `SELECT venue_id, source, at::text, level_id, x, y, radius_m FROM parking_car_place WHERE whose = $1`,
        [`visitor:${visitorId}`],
      )
      const payments: readonly Record<string, Json>[] = await manager.query(
        `SELECT venue_id, payment_id, state, received_fen, paid_at::text FROM parking_payment WHERE visitor_id = $1`,
        [visitorId],
      )
      if (plates.length + places.length + payments.length === 0) return null
      return {
        plates: plates.map(({ venue_id: venueId, plate_sealed: sealed, created_at: at }) => ({
          venueId,
          plate: vault.open(sealed, ownPlateContext(venueId, visitorId))?.text ?? null,
          since: at.toISOString(),
        })),
        places,
        payments,
      }
    },
    async erase(manager: EntityManager, visitorId: string) {
      await manager.query('DELETE FROM parking_own_plate WHERE visitor_id = $1', [visitorId])
      await manager.query('DELETE FROM parking_plate_naming WHERE visitor_id = $1', [visitorId])
      await forgetCarPlaces(manager, { whose: `visitor:${visitorId}` })
      await manager.query('UPDATE parking_payment SET visitor_id = NULL WHERE visitor_id = $1', [visitorId])
    },
    async join(manager, { fromId, toId }) {
      // Sealed for the one id, a plate cannot be handed on as it is.
      const plates: readonly {
        venue_id: VenueId
        plate_id: string
        plate_sealed: string
        plate_hash: string
      }[] = await manager.query(
        'SELECT venue_id, plate_id, plate_sealed, plate_hash FROM parking_own_plate WHERE visitor_id = $1',
        [fromId],
      )
      for (const { venue_id: venueId, plate_id: plateId, plate_sealed: sealed, plate_hash: hash } of plates) {
        const plate = vault.open(sealed, ownPlateContext(venueId, fromId))
        if (!plate) continue
        await manager.query(
          `INSERT INTO parking_own_plate (venue_id, visitor_id, plate_id, plate_hash, plate_sealed, created_at)
           SELECT $1, $2, $3, $4, $5, created_at FROM parking_own_plate WHERE venue_id = $1 AND plate_id = $3
           ON CONFLICT DO NOTHING`,
          [venueId, toId, plateId, hash, vault.seal(plate, ownPlateContext(venueId, toId))],
        )
      }
      await manager.query('DELETE FROM parking_own_plate WHERE visitor_id = $1', [fromId])
      await manager.query('UPDATE parking_plate_naming SET visitor_id = $2 WHERE visitor_id = $1', [
        fromId,
        toId,
      ])
      // Both together may have named more than one may: the plates named last stay.
      await manager.query(
        `DELETE FROM parking_own_plate WHERE visitor_id = $1 AND (venue_id, plate_id) IN (
           SELECT venue_id, plate_id FROM (
             SELECT venue_id, plate_id, row_number() OVER (
               PARTITION BY venue_id ORDER BY created_at DESC, plate_id DESC) AS place
             FROM parking_own_plate WHERE visitor_id = $1) AS ranked
           WHERE place > $2)`,
        [toId, maxOwnPlates],
      )
      await manager.query(
        `UPDATE parking_car_place SET whose = $2 WHERE whose = $1 AND NOT EXISTS (
           SELECT FROM parking_car_place o WHERE o.whose = $2 AND o.venue_id = parking_car_place.venue_id
             AND o.source = parking_car_place.source)`,
        [`visitor:${fromId}`, `visitor:${toId}`],
      )
      await forgetCarPlaces(manager, { whose: `visitor:${fromId}` })
      await manager.query('UPDATE parking_payment SET visitor_id = $2 WHERE visitor_id = $1', [fromId, toId])
    },
  }
}
