import { In, IsNull, MoreThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { ParkingMap } from '../lots/parking-map.ts'
import { ownPlateEntity, ticketEntity } from '../parking.entity.ts'
import type { TicketRow } from '../parking.entity.ts'
import { readEnding, signsApart } from '../plates/index.ts'
import type { Plate, PlateVault } from '../plates/index.ts'
import { ownPlateContext, ticketContext } from '../stays/rebuild-stays.ts'
import { carPlacesOf, placeKeptMs } from './car-places.ts'
import type { Whose } from './car-places.ts'
import { combinePlaces } from './combine-places.ts'
import type { CarPlace, SaidPlace } from './combine-places.ts'

/** A car that is inside, or that a shopper said where they left. */
export interface FoundCar {
  readonly plate?: Plate
  readonly ticket?: TicketRow
  readonly place?: CarPlace
  /** What each source said by itself. */
  readonly said: readonly SaidPlace[]
}

/** A camera at the barrier sees a car some minutes before it stands; clocks of systems differ by as much. */
export const beforeEntryMs = 5 * 60_000
/** Nobody stays longer, of whom nobody knows when they drove in: what was said before is of another stay. */
const longestStayMs = 12 * 3_600_000
/** Cars one search shows; more of them say only that one should type more. */
export const maxCandidates = 6
/** Stays with something unpaid that one answer lists. */
export const maxDebts = 20
/** Rows one search looks at. */
const maxRows = 100

/** A plate that a shopper says is theirs, opened. */
export interface OwnPlate {
  readonly plateId: string
  readonly plate: Plate
  readonly createdAtMs: number
}

/** The plates a shopper has named in a venue. */
export async function ownPlatesOf(
  manager: EntityManager,
  vault: PlateVault,
  { venueId, visitorId }: { readonly venueId: VenueId; readonly visitorId: string },
): Promise<OwnPlate[]> {
  const rows = await manager.find(ownPlateEntity, {
    where: { venueId, visitorId },
    order: { plateId: 'ASC' },
  })
  return rows.flatMap(({ plateId, plateSealed, createdAt }) => {
    const plate = vault.open(plateSealed, ownPlateContext(venueId, visitorId))
    return plate ? [{ plateId, plate, createdAtMs: createdAt.getTime() }] : []
  })
}

/**
 * The cars of a shopper: those of their plates that are inside, and what they or their phone said. What a phone
 * said belongs to the car that drove in last before it.
 */
export async function carsOfVisitor(
  manager: EntityManager,
  vault: PlateVault,
  asked: { readonly map: ParkingMap; readonly visitorId: string; readonly nowMs: number },
): Promise<FoundCar[]> {
  const { map, visitorId, nowMs } = asked
  const { venueId } = map
  const plates = await ownPlatesOf(manager, vault, { venueId, visitorId })
  const open = (
    await Promise.all(plates.map(({ plate }) => openTicketOf(manager, vault, { venueId, plate })))
  ).flatMap((ticket, index) => (ticket ? [{ ticket, plate: plates[index]!.plate }] : []))
  open.sort((a, b) => b.ticket.enteredAt.getTime() - a.ticket.enteredAt.getTime())
  const firstInMs = Math.min(...open.map(({ ticket }) => ticket.enteredAt.getTime() - beforeEntryMs))
  const own = await carPlacesOf(manager, {
    ...{ venueId, whose: [`visitor:${visitorId}`] },
    sinceMs: Math.min(nowMs - placeKeptMs, firstInMs),
  })
  const cars: FoundCar[] = []
  let left = own
  for (const { ticket, plate } of open) {
    const sinceMs = ticket.enteredAt.getTime() - beforeEntryMs
    const phone = left.filter(({ atMs }) => atMs >= sinceMs)
    left = left.filter((said) => !phone.includes(said))
    cars.push(await carOf(manager, vault, { map, ticket, plate, phone }))
  }
  // What was said before the last car drove in was said of a parking that is over.
  if (cars.length === 0 && own.length > 0) {
    const lastMs = Math.max(...own.map(({ atMs }) => atMs))
    const said = own.filter(({ atMs }) => lastMs - atMs <= longestStayMs)
    cars.push({ said, ...placed(said, map) })
  }
  return cars
}

/** A stay that ended with something unpaid. */
export interface Debt {
  readonly plate: Plate
  readonly ticket: TicketRow & { readonly endedAt: Date; readonly unpaidFen: number }
}

/** What a shopper's plates left without paying, the latest first; as long as plates are kept. */
export async function debtsOfVisitor(
  manager: EntityManager,
  vault: PlateVault,
  { venueId, visitorId }: { readonly venueId: VenueId; readonly visitorId: string },
): Promise<Debt[]> {
  const plates = await ownPlatesOf(manager, vault, { venueId, visitorId })
  const hashes = new Map(
    plates.flatMap(({ plate }) => vault.hashesOf(plate, venueId).map((hash) => [hash, plate] as const)),
  )
  const tickets = await manager.find(ticketEntity, {
    where: { venueId, plateHash: In([...hashes.keys()]), endedBy: 'exit', unpaidFen: MoreThan(0) },
    order: { endedAt: 'DESC' },
    take: maxDebts,
  })
  return tickets.flatMap((ticket) => {
    const { endedAt, unpaidFen, plateHash } = ticket
    const plate = hashes.get(plateHash ?? '')
    return plate && endedAt && unpaidFen !== null
      ? [{ plate, ticket: { ...ticket, endedAt, unpaidFen } }]
      : []
  })
}

/** The car of a ticket that is open. */
export async function carOfTicket(
  manager: EntityManager,
  vault: PlateVault,
  asked: { readonly map: ParkingMap; readonly ticketId: string },
): Promise<FoundCar | undefined> {
  const { map, ticketId } = asked
  const ticket = await manager.findOneBy(ticketEntity, { venueId: map.venueId, ticketId, endedAt: IsNull() })
  const plate = ticket && plateOfTicket(vault, ticket)
  return ticket && plate ? carOf(manager, vault, { map, ticket, plate, phone: [] }) : undefined
}

async function carOf(
  manager: EntityManager,
  vault: PlateVault,
  {
    map,
    ticket,
    plate,
    phone,
  }: {
    readonly map: ParkingMap
    readonly ticket: TicketRow
    readonly plate: Plate
    readonly phone: readonly SaidPlace[]
  },
): Promise<FoundCar> {
  const { venueId } = map
  const whose = vault.hashesOf(plate, venueId).map((hash): Whose => `plate:${hash}`)
  const sinceMs = ticket.enteredAt.getTime() - beforeEntryMs
  const said = [...(await carPlacesOf(manager, { venueId, whose, sinceMs })), ...phone]
  return { plate, ticket, said, ...placed(said, map) }
}

function placed(said: readonly SaidPlace[], map: ParkingMap): { readonly place?: CarPlace } {
  const place = combinePlaces(said, map)
  return place ? { place } : {}
}

/** The ticket of a plate that is inside. */
export async function openTicketOf(
  manager: EntityManager,
  vault: PlateVault,
  { venueId, plate }: { readonly venueId: VenueId; readonly plate: Plate },
): Promise<TicketRow | undefined> {
  const plateHash = In(vault.hashesOf(plate, venueId))
  return (await manager.findOneBy(ticketEntity, { venueId, plateHash, endedAt: IsNull() })) ?? undefined
}

/** The plate of a ticket, opened. */
export function plateOfTicket(
  vault: PlateVault,
  { venueId, ticketId, plateSealed }: TicketRow,
): Plate | undefined {
  return plateSealed === null ? undefined : vault.open(plateSealed, ticketContext(venueId, ticketId))
}

/** Cars whose plate ends like that, or with one sign misread. */
export interface CarSearch {
  readonly cars: readonly { readonly ticket: TicketRow; readonly plate: Plate }[]
  /** True when more cars fit than are shown. */
  readonly hasMore: boolean
}

/**
 * Searches the cars that are inside by the end of their plate: those that end exactly so first, then those with
 * one sign misread, the latest to drive in first. What is too short or ends no plate finds nothing.
 */
export async function searchCars(
  manager: EntityManager,
  vault: PlateVault,
  { venueId, typed }: { readonly venueId: VenueId; readonly typed: string },
): Promise<CarSearch> {
  const ending = readEnding(typed)
  const tokens = ending === undefined ? [] : vault.tokensOfEnding(ending, venueId)
  if (ending === undefined || tokens.length === 0) return { cars: [], hasMore: false }
  const rows: readonly { readonly ticket_id: string }[] = await manager.query(
    `SELECT DISTINCT ticket_id FROM parking_ticket_token
     WHERE venue_id = $1 AND token = ANY($2) LIMIT ${String(maxRows)}`,
    [venueId, tokens],
  )
  const tickets = await manager.findBy(ticketEntity, {
    ...{ venueId, endedAt: IsNull() },
    ticketId: In(rows.map(({ ticket_id: id }) => id)),
  })
  const cars = tickets.flatMap((ticket) => {
    const plate = plateOfTicket(vault, ticket)
    return plate ? [{ ticket, plate, apart: signsApart(ending, plate) }] : []
  })
  cars.sort((a, b) => a.apart - b.apart || b.ticket.enteredAt.getTime() - a.ticket.enteredAt.getTime())
  return { cars: cars.slice(0, maxCandidates), hasMore: cars.length > maxCandidates }
}
