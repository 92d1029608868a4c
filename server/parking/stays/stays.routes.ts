import { In, IsNull, MoreThan } from 'typeorm'
import type { FindOptionsWhere } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { parkingContract as contract } from '../../contract/parking.contract.ts'
import { databaseErrorFacts } from '../../database/index.ts'
import { route } from '../../http/index.ts'
import type { Route } from '../../http/index.ts'
import { appendOutbox } from '../../outbox/index.ts'
import type { Occasion } from '../../identities/index.ts'
import type { EntityManager } from 'typeorm'
import { bayRadiusM, forgetPlacesOfStay, sayCarPlace } from '../cars/car-places.ts'
import { beforeEntryMs, openTicketOf, plateOfTicket } from '../cars/find-cars.ts'
import { occasionOf } from '../parking-services.ts'
import type { ParkingServices } from '../parking-services.ts'
import { barrierEventEntity, ticketEntity } from '../parking.entity.ts'
import type { TicketRow } from '../parking.entity.ts'
import { presentPrice, presentTicket } from '../parking.presenter.ts'
import { accountOf, refreshUnpaid, settle } from '../payment/ticket-account.ts'
import type { PlateVault } from '../plates/index.ts'
import { plateOf } from './rebuild-stays.ts'
import type { ChangedTicket } from './rebuild-stays.ts'
import { giveUpStay } from './give-up-stay.command.ts'
import { correctPlate, recordBarrierEvent } from './record-barrier-event.command.ts'

/** What barriers, cameras and operators tell and ask. */
export function staysRoutes(services: ParkingServices): Route[] {
  const { database, vault, maps, newId } = services
  const { manager } = database.dataSource
  const tools = { vault, newId }
  return [
    route(contract.tellBarrier, async (call) => {
      const { venueId } = call.params
      const occasion = occasionOf(services, call)
      try {
        const recorded = await database.transaction(async (inside) => {
          const made = await recordBarrierEvent(inside, occasion, { venueId, seen: call.body }, tools)
          await followChanges(inside, occasion, { venueId, plates: vault }, made.changes)
          return made
        })
        const { isNew, isPlateRead, ticketId } = recorded
        return { status: 200, body: { isNew, isPlateRead, ...(ticketId === undefined ? {} : { ticketId }) } }
      } catch (error) {
        if (databaseErrorFacts(error)?.constraint?.endsWith('_venue')) return { refused: 'unknown-venue' }
        throw error
      }
    }),
    route(contract.correctPlate, async (call) => {
      const { venueId, eventId } = call.params
      const plate = plateOf(call.body.plate)
      if (!plate) return { refused: 'no-plate' }
      const occasion = occasionOf(services, call)
      const changes = await database.transaction(async (inside) => {
        const made = await correctPlate(inside, occasion, { venueId, eventId, plate }, tools)
        await followChanges(inside, occasion, { venueId, plates: vault }, made ?? [])
        return made
      })
      return changes ? { status: 204 } : { refused: 'unknown-event' }
    }),
    route(contract.tellSighting, async ({ params: { venueId }, body }) => {
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      const bay = map.bayCalled(body.bay)
      if (!bay) return { refused: 'unknown-bay' }
      const plate = plateOf(body.plate)
      if (!plate) return { refused: 'no-plate' }
      // A clock that runs ahead must not make its word the last one for good.
      const atMs = Math.min(body.atMs, services.clock())
      const { confidence } = body
      const { levelId, x, y, id: bayId } = bay
      const said = { source: 'camera', atMs, levelId, x, y, radiusM: bayRadiusM, confidence, bayId } as const
      const whose = `plate:${vault.hashOf(plate, venueId)}` as const
      await database.transaction((inside) => sayCarPlace(inside, { venueId, whose, said }))
      return { status: 204 }
    }),
    route(contract.checkExit, async ({ params: { venueId }, body }) => {
      const plate = plateOf(body.plate)
      if (!plate) return { refused: 'no-plate' }
      const ticket = await openTicketOf(manager, vault, { venueId, plate })
      const account = ticket && (await accountOf(manager, ticket))
      if (!account) return { refused: 'unknown-ticket' }
      const settlement = settle(account, services.clock())
      const { ticketId, enteredAt } = account.ticket
      const decision = settlement.dueFen === 0 ? 'open' : 'pay'
      const price = presentPrice(settlement)
      return { status: 200, body: { decision, ticketId, enteredAtMs: enteredAt.getTime(), ...price } }
    }),
    route(contract.endStay, async (call) => {
      const ended = await database.transaction((inside) =>
        giveUpStay(inside, occasionOf(services, call), call.params),
      )
      return ended ? { status: 204 } : { refused: 'unknown-ticket' }
    }),
    route(contract.listTickets, async ({ params: { venueId }, query: { state, limit } }) => {
      const rows = await manager.find(ticketEntity, {
        where: wanted[state].map((one) => ({ venueId, ...one })),
        order: { enteredAt: 'DESC', ticketId: 'DESC' },
        take: limit,
      })
      const unread = await entriesOf(manager, venueId, state === 'unread' ? rows : [])
      const body = rows.map((row) => ({
        ...presentTicket(row, plateOfTicket(vault, row)),
        ...unread.get(row.ticketId),
      }))
      return { status: 200, body }
    }),
  ]
}

const wanted: Readonly<Record<'inside' | 'left' | 'unpaid' | 'unread', FindOptionsWhere<TicketRow>[]>> = {
  inside: [{ endedAt: IsNull() }],
  left: [{ endedBy: In(['exit', 'next-entry', 'given-up']) }],
  unpaid: [{ unpaidFen: MoreThan(0) }],
  unread: [{ endedAt: IsNull(), plateHash: IsNull() }],
}

/** The entries that tickets without a plate were made of: what an operator sets right, and looks at. */
async function entriesOf(
  manager: EntityManager,
  venueId: VenueId,
  tickets: readonly TicketRow[],
): Promise<ReadonlyMap<string, { readonly eventId: string; readonly picture?: string }>> {
  const events = await manager.findBy(barrierEventEntity, {
    ...{ venueId, kind: 'entry' as const },
    ticketId: In(tickets.map(({ ticketId }) => ticketId)),
  })
  return new Map(
    events.flatMap(({ ticketId, eventId, picture }) =>
      ticketId === null ? [] : [[ticketId, { eventId, ...(picture === null ? {} : { picture }) }]],
    ),
  )
}

/** What owners said of a car that has left; cars whose plate nobody knows have none. */
async function forgetPlaces(
  manager: EntityManager,
  vault: PlateVault,
  key: { readonly venueId: VenueId; readonly ticketId: string },
): Promise<void> {
  const ticket = await manager.findOneBy(ticketEntity, key)
  const plate = ticket && plateOfTicket(vault, ticket)
  if (!plate) return
  const plateHashes = vault.hashesOf(plate, key.venueId)
  await forgetPlacesOfStay(manager, key, { plateHashes, beforeEntryMs })
}

/** What follows from stays that began and ended: what was left unpaid, and telling the world. */
async function followChanges(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, plates }: { readonly venueId: VenueId; readonly plates: PlateVault },
  changes: readonly ChangedTicket[],
): Promise<void> {
  for (const { ticketId, change, atMs } of changes) {
    if (change === 'void') continue
    if (change === 'left' || change === 'repriced') await refreshUnpaid(manager, { venueId, ticketId })
    if (change === 'repriced') continue
    if (change === 'left') await forgetPlaces(manager, plates, { venueId, ticketId })
    await appendOutbox(manager, occasion, {
      venueId,
      topic: `parking.${change}`,
      payload: { ticketId, atMs },
    })
  }
}
