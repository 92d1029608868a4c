import { IsNull, MoreThan, Not } from 'typeorm'
import type { FindOptionsWhere } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { parkingContract as contract } from '../../contract/parking.contract.ts'
import { databaseErrorFacts } from '../../database/index.ts'
import { route } from '../../http/index.ts'
import type { Route } from '../../http/index.ts'
import { appendOutbox } from '../../outbox/index.ts'
import type { Occasion } from '../../identities/index.ts'
import type { EntityManager } from 'typeorm'
import { bayRadiusM, sayCarPlace } from '../cars/car-places.ts'
import { openTicketOf, plateOfTicket } from '../cars/find-cars.ts'
import { occasionOf } from '../parking-services.ts'
import type { ParkingServices } from '../parking-services.ts'
import { ticketEntity } from '../parking.entity.ts'
import type { TicketRow } from '../parking.entity.ts'
import { presentPrice, presentTicket } from '../parking.presenter.ts'
import { accountOf, refreshUnpaid, settle } from '../payment/ticket-account.ts'
import { plateOf } from './rebuild-stays.ts'
import type { ChangedTicket } from './rebuild-stays.ts'
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
          await followChanges(inside, occasion, venueId, made.changes)
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
        await followChanges(inside, occasion, venueId, made ?? [])
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
      const { atMs, confidence } = body
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
    route(contract.listTickets, async ({ params: { venueId }, query: { state, limit } }) => {
      const rows = await manager.find(ticketEntity, {
        where: { venueId, ...wanted[state] },
        order: { enteredAt: 'DESC', ticketId: 'DESC' },
        take: limit,
      })
      const shown = rows.filter(({ endedBy }) => endedBy !== 'void')
      return { status: 200, body: shown.map((row) => presentTicket(row, plateOfTicket(vault, row))) }
    }),
  ]
}

const wanted: Readonly<Record<'inside' | 'left' | 'unpaid' | 'unread', FindOptionsWhere<TicketRow>>> = {
  inside: { endedAt: IsNull() },
  left: { endedAt: Not(IsNull()) },
  unpaid: { unpaidFen: MoreThan(0) },
  unread: { endedAt: IsNull(), plateHash: IsNull() },
}

/** What follows from stays that began and ended: what was left unpaid, and telling the world. */
async function followChanges(
  manager: EntityManager,
  occasion: Occasion,
  venueId: VenueId,
  changes: readonly ChangedTicket[],
): Promise<void> {
  for (const { ticketId, change, atMs } of changes) {
    if (change === 'void') continue
    if (change === 'left' || change === 'repriced') await refreshUnpaid(manager, { venueId, ticketId })
    if (change === 'repriced') continue
    await appendOutbox(manager, occasion, {
      venueId,
      topic: `parking.${change}`,
      payload: { ticketId, atMs },
    })
  }
}
