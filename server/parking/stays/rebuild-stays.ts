import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { PlateVault } from '../plates/index.ts'
import { isPlate, readPlate, tellsPlate } from '../plates/index.ts'
import type { Plate } from '../plates/index.ts'
import { pairStays } from './pair-stays.ts'
import type { BarrierEvent, PairedStay, StayEnd } from './pair-stays.ts'

/** Events of one plate that are looked at: two months of driving in and out every day, several times. */
const maxEvents = 2000

/** What tickets are made with. */
export interface StayTools {
  readonly vault: PlateVault
  readonly newId: () => string
}

/** A ticket of which something became known. */
export interface ChangedTicket {
  readonly ticketId: string
  readonly change:
    | 'entered'
    | 'left'
    /** It was thought to have left, and is inside. */
    | 'reopened'
    /** It had left, and what it owed is another sum. */
    | 'repriced'
    /** It turned out to be part of another's stay. */
    | 'void'
  readonly atMs: number
}

interface EventFound extends BarrierEvent {
  readonly gate: string
  readonly picture: string | null
  readonly ticketId: string | null
}

interface TicketFound {
  readonly ticket_id: string
  readonly entered_at: Date
  readonly ended_at: Date | null
  readonly ended_by: string | null
  readonly plate_hash: string | null
  readonly is_paid_for: boolean
}

/** Nobody saw it leave and it was given up; that holds until something is seen of it. */
interface GivenUp {
  readonly kind: 'given-up'
  readonly atMs: number
}

/** A stay with the ticket it has, or is to get, and those that turned out to be the same stay. */
interface Kept {
  readonly stay: PairedStay
  readonly end: StayEnd | GivenUp | undefined
  readonly ticketId: string
  readonly isNew: boolean
  readonly others: readonly string[]
  readonly entries: readonly string[]
}

/** Takes plates in a fixed order, so that two who want the same ones follow one another. */
export async function lockPlates(
  manager: EntityManager,
  venueId: VenueId,
  hashes: readonly (string | undefined)[],
): Promise<void> {
  const names = [...new Set(hashes.filter((hash) => hash !== undefined))].sort()
  for (const hash of names) {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `parking ${venueId} ${hash}`,
    ])
  }
}

/**
 * Makes the tickets of a plate what its events add up to (`pairStays`). Called under the plate's lock after
 * every change of its events. A ticket stays with its stay whatever is learned later: what was paid on it
 * counts on.
 * @returns what changed, for those who have to be told
 */
export async function rebuildStays(
  manager: EntityManager,
  { venueId, plate }: { readonly venueId: VenueId; readonly plate: Plate },
  tools: StayTools,
): Promise<ChangedTicket[]> {
  const hashes = tools.vault.hashesOf(plate, venueId)
  const events = await eventsOf(manager, venueId, hashes)
  const { stays, repeats } = pairStays(events)
  const byId = new Map(events.map((event) => [event.eventId, event]))
  const tickets = await ticketsOf(manager, venueId, events)
  const given = new Set<string>()
  const kept = stays.map((stay): Kept => {
    const entries = [stay.entryId, ...[...repeats].flatMap(([id, of]) => (of === stay.entryId ? [id] : []))]
    // Two stays that were one had one ticket: the earlier keeps it.
    const own = [...new Set(entries.flatMap((id) => byId.get(id)?.ticketId ?? []))].filter(
      (id) => !given.has(id),
    )
    for (const id of own) given.add(id)
    const first = own.find((id) => tickets.get(id)?.is_paid_for) ?? own[0]
    const ticketId = first ?? tools.newId()
    const others = own.filter((id) => id !== ticketId)
    const end = stay.end ?? givenUp(tickets.get(ticketId))
    return { stay, end, ticketId, isNew: first === undefined, others, entries }
  })
  // What ends goes first: at no moment has the plate two open tickets.
  const changes: ChangedTicket[] = []
  for (const one of kept) changes.push(...(await merge(manager, venueId, one, tickets)))
  const ended = kept.filter(({ end }) => end)
  const open = kept.filter(({ end }) => !end)
  for (const one of [...ended, ...open]) {
    const entry = byId.get(one.stay.entryId)!
    const before = tickets.get(one.ticketId)
    await writeTicket(manager, { venueId, plate, kept: one, entry, byId }, tools)
    changes.push(...changesOf(one, before))
  }
  return changes
}

function givenUp(before: TicketFound | undefined): GivenUp | undefined {
  if (before?.ended_by !== 'given-up' || !before.ended_at) return undefined
  return { kind: 'given-up', atMs: before.ended_at.getTime() }
}

function changesOf(
  { stay: { enteredAtMs }, end, ticketId, isNew, others }: Kept,
  before: TicketFound | undefined,
): ChangedTicket[] {
  const entered: ChangedTicket[] = isNew ? [{ ticketId, change: 'entered', atMs: enteredAtMs }] : []
  if (!end) return before?.ended_at ? [{ ticketId, change: 'reopened', atMs: enteredAtMs }] : entered
  if (before?.ended_at?.getTime() !== end.atMs || before.ended_by !== end.kind) {
    return [...entered, { ticketId, change: 'left', atMs: end.atMs }]
  }
  const isSame = before.entered_at.getTime() === enteredAtMs && others.length === 0
  return isSame ? entered : [{ ticketId, change: 'repriced', atMs: end.atMs }]
}

async function eventsOf(
  manager: EntityManager,
  venueId: VenueId,
  hashes: readonly string[],
): Promise<EventFound[]> {
  const rows: readonly {
    readonly event_id: string
    readonly kind: 'entry' | 'exit'
    readonly at: Date
    readonly gate: string
    readonly picture: string | null
    readonly ticket_id: string | null
  }[] = await manager.query(
    `SELECT event_id, kind, at, gate, picture, ticket_id FROM parking_barrier_event
     WHERE venue_id = $1 AND plate_hash = ANY($2) ORDER BY at DESC LIMIT ${String(maxEvents)}`,
    [venueId, hashes],
  )
  return rows.map(({ event_id: eventId, kind, at, gate, picture, ticket_id: ticketId }) => {
    return { eventId, kind, atMs: at.getTime(), gate, picture, ticketId }
  })
}

async function ticketsOf(
  manager: EntityManager,
  venueId: VenueId,
  events: readonly EventFound[],
): Promise<Map<string, TicketFound>> {
  const ids = [...new Set(events.flatMap(({ ticketId }) => ticketId ?? []))]
  const rows: readonly TicketFound[] = await manager.query(
    `SELECT t.ticket_id, t.entered_at, t.ended_at, t.ended_by, t.plate_hash, EXISTS (
       SELECT FROM parking_payment p WHERE p.venue_id = t.venue_id AND p.ticket_id = t.ticket_id
     ) AS is_paid_for
     FROM parking_ticket t WHERE t.venue_id = $1 AND t.ticket_id = ANY($2) FOR UPDATE OF t`,
    [venueId, ids],
  )
  return new Map(rows.map((row) => [row.ticket_id, row]))
}

/** Ends the tickets that turned out to be the same stay; what was paid and given on them goes to the one kept. */
async function merge(
  manager: EntityManager,
  venueId: VenueId,
  { ticketId, others }: Kept,
  tickets: ReadonlyMap<string, TicketFound>,
): Promise<ChangedTicket[]> {
  const changes: ChangedTicket[] = []
  for (const other of others) {
    for (const table of ['parking_payment', 'parking_benefit', 'parking_quote']) {
      await manager.query(`UPDATE ${table} SET ticket_id = $3 WHERE venue_id = $1 AND ticket_id = $2`, [
        venueId,
        other,
        ticketId,
      ])
    }
    await manager.query(
      `UPDATE parking_ticket SET ended_at = entered_at, ended_by = 'void', unpaid_fen = NULL
       WHERE venue_id = $1 AND ticket_id = $2`,
      [venueId, other],
    )
    await dropTokens(manager, venueId, other)
    changes.push({ ticketId: other, change: 'void', atMs: tickets.get(other)?.ended_at?.getTime() ?? 0 })
  }
  return changes
}

async function writeTicket(
  manager: EntityManager,
  {
    venueId,
    plate,
    kept,
    entry,
    byId,
  }: {
    readonly venueId: VenueId
    readonly plate: Plate
    readonly kept: Kept
    readonly entry: EventFound
    readonly byId: ReadonlyMap<string, EventFound>
  },
  { vault }: StayTools,
): Promise<void> {
  const { ticketId, stay, end, entries } = kept
  // A picture whose address tells the plate is shown to nobody.
  const pictures = [entry, ...entries.flatMap((id) => byId.get(id) ?? [])].map((one) => one.picture)
  const picture = pictures.find((one) => one !== null && !tellsPlate(one, plate)) ?? null
  await manager.query(
    `INSERT INTO parking_ticket (venue_id, ticket_id, plate_hash, plate_sealed, entered_at, entry_gate, picture,
       ended_at, ended_by, exit_gate)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (venue_id, ticket_id) DO UPDATE SET
       plate_hash = EXCLUDED.plate_hash, plate_sealed = EXCLUDED.plate_sealed, entered_at = EXCLUDED.entered_at,
       entry_gate = EXCLUDED.entry_gate, picture = EXCLUDED.picture, ended_at = EXCLUDED.ended_at,
       ended_by = EXCLUDED.ended_by, exit_gate = EXCLUDED.exit_gate,
       unpaid_fen = CASE WHEN EXCLUDED.ended_by = 'exit' THEN parking_ticket.unpaid_fen END`,
    [
      venueId,
      ticketId,
      vault.hashOf(plate, venueId),
      vault.seal(plate, ticketContext(venueId, ticketId)),
      new Date(stay.enteredAtMs),
      entry.gate,
      picture,
      end ? new Date(end.atMs) : null,
      end?.kind ?? null,
      end?.kind === 'exit' ? byId.get(end.eventId)!.gate : null,
    ],
  )
  await manager.query(
    'UPDATE parking_barrier_event SET ticket_id = $3 WHERE venue_id = $1 AND event_id = ANY($2)',
    [venueId, entries, ticketId],
  )
  await dropTokens(manager, venueId, ticketId)
  if (!end) {
    await manager.query(
      `INSERT INTO parking_ticket_token (venue_id, token, ticket_id)
       SELECT $1, token, $3 FROM unnest($2::text[]) AS token ON CONFLICT DO NOTHING`,
      [venueId, vault.searchTokens(plate, venueId), ticketId],
    )
  }
}

/** Who is not inside cannot be searched for. */
export async function dropTokens(manager: EntityManager, venueId: VenueId, ticketId: string): Promise<void> {
  await manager.query('DELETE FROM parking_ticket_token WHERE venue_id = $1 AND ticket_id = $2', [
    venueId,
    ticketId,
  ])
}

/** What a ticket's plate is sealed with: moved to another row it does not open. */
export function ticketContext(venueId: VenueId, ticketId: string): string {
  return `ticket ${venueId} ${ticketId}`
}

/** What an event's plate is sealed with. */
export function eventContext(venueId: VenueId, eventId: string): string {
  return `event ${venueId} ${eventId}`
}

/** What a shopper's own plate is sealed with. */
export function ownPlateContext(venueId: VenueId, visitorId: string): string {
  return `own ${venueId} ${visitorId}`
}

/** A plate as it was read, or nothing when nobody could. */
export function plateOf(read: string | undefined): Plate | undefined {
  const plate = read === undefined ? undefined : readPlate(read)
  return plate && isPlate(plate) ? plate : undefined
}
