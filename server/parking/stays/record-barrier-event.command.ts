import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { tellsPlate } from '../plates/index.ts'
import type { Plate } from '../plates/index.ts'
import { eventContext, lockPlates, plateOf, rebuildStays } from './rebuild-stays.ts'
import type { ChangedTicket, StayTools } from './rebuild-stays.ts'

/** What a barrier or camera saw. */
export interface SeenAtBarrier {
  readonly eventId: string
  readonly kind: 'entry' | 'exit'
  readonly atMs: number
  readonly gate: string
  /** As it was read; absent or unreadable: somebody will say later. */
  readonly plate?: string
  readonly picture?: string
}

/** What became of an event. */
export interface RecordedEvent {
  /** False when it had been told before: nothing is changed then, but a plate that only now was read. */
  readonly isNew: boolean
  /** False when no plate could be read. */
  readonly isPlateRead: boolean
  /** Of the stay it belongs to; absent for an exit without an entry. */
  readonly ticketId?: string
  readonly changes: readonly ChangedTicket[]
}

/**
 * Takes in what a barrier saw, once for its id, in whatever order it comes. An entry without a readable plate
 * has a ticket of its own, which finds its exit when the plate is corrected.
 */
export async function recordBarrierEvent(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, seen }: { readonly venueId: VenueId; readonly seen: SeenAtBarrier },
  tools: StayTools,
): Promise<RecordedEvent> {
  const { eventId, kind, atMs, gate } = seen
  const plate = plateOf(seen.plate)
  await lockPlates(manager, venueId, plate ? tools.vault.hashesOf(plate, venueId) : [])
  const rows: readonly unknown[] = await manager.query(
    `INSERT INTO parking_barrier_event
       (venue_id, event_id, kind, at, gate, plate_hash, plate_sealed, picture, received_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING event_id`,
    [
      ...[venueId, eventId, kind, new Date(atMs), gate],
      plate ? tools.vault.hashOf(plate, venueId) : null,
      plate ? tools.vault.seal(plate, eventContext(venueId, eventId)) : null,
      plate && seen.picture !== undefined && tellsPlate(seen.picture, plate) ? null : (seen.picture ?? null),
      new Date(occasion.nowMs),
    ],
  )
  const isPlateRead = plate !== undefined
  if (rows.length === 0) {
    const known = await sealedOf(manager, venueId, eventId)
    // Told again with the plate that could not be read at first: that sets it right.
    const isReadNow = known?.plateSealed === null && plate !== undefined
    const changes = isReadNow
      ? ((await correctPlate(manager, occasion, { venueId, eventId, plate }, tools)) ?? [])
      : []
    const isRead = isReadNow || typeof known?.plateSealed === 'string'
    return { isNew: false, isPlateRead: isRead, changes, ...(await ticketOf(manager, venueId, eventId)) }
  }
  const changes = plate
    ? await rebuildStays(manager, { venueId, plate }, tools)
    : await openUnread(manager, venueId, seen, tools)
  return { isNew: true, isPlateRead, changes, ...(await ticketOf(manager, venueId, eventId)) }
}

/** An entry whose plate nobody could read is a stay of its own. */
async function openUnread(
  manager: EntityManager,
  venueId: VenueId,
  { eventId, kind, atMs, gate, picture }: SeenAtBarrier,
  { newId }: StayTools,
): Promise<ChangedTicket[]> {
  if (kind === 'exit') return []
  const ticketId = newId()
  await manager.query(
    `INSERT INTO parking_ticket (venue_id, ticket_id, entered_at, entry_gate, picture)
     VALUES ($1, $2, $3, $4, $5)`,
    [venueId, ticketId, new Date(atMs), gate, picture ?? null],
  )
  await manager.query(
    'UPDATE parking_barrier_event SET ticket_id = $3 WHERE venue_id = $1 AND event_id = $2',
    [venueId, eventId, ticketId],
  )
  return [{ ticketId, change: 'entered', atMs }]
}

async function ticketOf(
  manager: EntityManager,
  venueId: VenueId,
  eventId: string,
): Promise<{ readonly ticketId?: string }> {
  const rows: readonly { readonly ticket_id: string | null }[] = await manager.query(
    `SELECT COALESCE(e.ticket_id, t.ticket_id) AS ticket_id
     FROM parking_barrier_event e LEFT JOIN parking_ticket t ON e.kind = 'exit' AND t.venue_id = e.venue_id
       AND t.plate_hash = e.plate_hash AND t.ended_at = e.at AND t.ended_by = 'exit'
     WHERE e.venue_id = $1 AND e.event_id = $2`,
    [venueId, eventId],
  )
  const ticketId = rows[0]?.ticket_id
  return ticketId === undefined || ticketId === null ? {} : { ticketId }
}

/** A plate that somebody read better than the camera did. */
export interface CorrectedPlate {
  readonly venueId: VenueId
  readonly eventId: string
  readonly plate: Plate
}

/**
 * Sets the plate of an event right. The stays of both plates become what they would have been had it been read
 * rightly at once; the same correction again changes nothing.
 * @returns what changed; undefined when the venue has no such event
 */
export async function correctPlate(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, eventId, plate }: CorrectedPlate,
  tools: StayTools,
): Promise<readonly ChangedTicket[] | undefined> {
  const { vault } = tools
  const event = await sealedOf(manager, venueId, eventId)
  if (!event) return undefined
  const before =
    event.plateSealed === null ? undefined : vault.open(event.plateSealed, eventContext(venueId, eventId))
  if (before?.text === plate.text) return []
  const hashes = [before, plate].flatMap((one) => (one ? vault.hashesOf(one, venueId) : []))
  await lockPlates(manager, venueId, [...hashes, event.plateHash ?? undefined])
  await manager.query(
    `UPDATE parking_barrier_event SET plate_hash = $3, plate_sealed = $4, corrected_at = $5
     WHERE venue_id = $1 AND event_id = $2`,
    [
      ...[venueId, eventId, vault.hashOf(plate, venueId)],
      ...[vault.seal(plate, eventContext(venueId, eventId)), new Date(occasion.nowMs)],
    ],
  )
  if (event.ticketId !== null) {
    // Until its stays are made anew it belongs to neither plate, and stands in nobody's way.
    await manager.query(
      'UPDATE parking_ticket SET plate_hash = NULL, plate_sealed = NULL WHERE venue_id = $1 AND ticket_id = $2',
      [venueId, event.ticketId],
    )
    await leaveToOthers(manager, { venueId, eventId, ticketId: event.ticketId })
  }
  const old = before ? await rebuildStays(manager, { venueId, plate: before }, tools) : []
  const changes = [...old, ...(await rebuildStays(manager, { venueId, plate }, tools))]
  await recordAudit(manager, occasion, {
    action: 'parking.plate-corrected',
    subject: `barrier-event:${eventId}`,
    venueId,
    facts: { tickets: changes.map(({ ticketId }) => ticketId) },
  })
  return changes
}

async function sealedOf(manager: EntityManager, venueId: VenueId, eventId: string) {
  const rows: readonly {
    readonly plate_sealed: string | null
    readonly plate_hash: string | null
    readonly ticket_id: string | null
  }[] = await manager.query(
    `SELECT plate_sealed, plate_hash, ticket_id FROM parking_barrier_event
     WHERE venue_id = $1 AND event_id = $2 FOR UPDATE`,
    [venueId, eventId],
  )
  const [row] = rows
  return row && { plateSealed: row.plate_sealed, plateHash: row.plate_hash, ticketId: row.ticket_id }
}

/** A ticket that other entries share stays with them; the corrected one gets its own. */
async function leaveToOthers(
  manager: EntityManager,
  { venueId, eventId, ticketId }: { venueId: VenueId; eventId: string; ticketId: string },
): Promise<void> {
  await manager.query(
    `UPDATE parking_barrier_event SET ticket_id = NULL
     WHERE venue_id = $1 AND event_id = $2 AND EXISTS (
       SELECT FROM parking_barrier_event o WHERE o.venue_id = $1 AND o.ticket_id = $3 AND o.event_id <> $2)`,
    [venueId, eventId, ticketId],
  )
}
