import { parkingContract as contract } from '../../contract/parking.contract.ts'
import { route } from '../../http/index.ts'
import type { Route } from '../../http/index.ts'
import { occasionOf } from '../parking-services.ts'
import type { ParkingServices } from '../parking-services.ts'
import { presentBay } from '../parking.presenter.ts'
import { countsOf, statesOf, tellBayStates } from './bay-states.ts'
import type { ToldBay } from './bay-states.ts'

/** Bays and how many of them are free. */
export function lotsRoutes(services: ParkingServices): Route[] {
  const { database, maps } = services
  const { manager } = database.dataSource
  return [
    route(contract.readParking, async ({ params: { venueId } }) => {
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      return { status: 200, body: await countsOf(manager, map) }
    }),
    route(contract.listBays, async ({ params: { venueId } }) => {
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      const states = await statesOf(manager, venueId)
      return { status: 200, body: map.bays.map((bay) => presentBay(bay, states.get(bay.id))) }
    }),
    route(contract.tellBays, async (call) => {
      const map = await maps.get(call.params.venueId)
      if (!map) return { refused: 'unknown-venue' }
      const nowMs = services.clock()
      const unknown: string[] = []
      const told = call.body.states.flatMap(({ bay: name, state, atMs }): ToldBay[] => {
        const bay = map.bayCalled(name)
        if (!bay) unknown.push(name)
        // A clock that runs ahead must not make its word the last one for good.
        return bay ? [{ bay, state, atMs: Math.min(atMs, nowMs) }] : []
      })
      const changed = await database.transaction((inside) =>
        tellBayStates(inside, occasionOf(services, call), { map, told }),
      )
      return { status: 200, body: { changed, unknown } }
    }),
  ]
}
