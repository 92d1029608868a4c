import { parkingContract as contract } from '../../contract/parking.contract.ts'
import { route } from '../../http/index.ts'
import type { Route } from '../../http/index.ts'
import { occasionOf } from '../parking-services.ts'
import type { ParkingServices } from '../parking-services.ts'
import { presentBay, presentExit } from '../parking.presenter.ts'
import { countsOf, statesOf, tellBayStates } from './bay-states.ts'
import type { ToldBay } from './bay-states.ts'
import { exitsOf, setExits } from './car-exits.ts'
import type { CarExit } from './parking-map.ts'

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
    route(contract.readExits, async ({ params: { venueId } }) => {
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      return { status: 200, body: (await exitsOf(manager, map)).map((exit) => presentExit(exit, map)) }
    }),
    route(contract.setExits, async (call) => {
      const { venueId } = call.params
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      const exits: CarExit[] = []
      for (const { name, at } of call.body.exits) {
        const place = 'bay' in at ? map.bayCalled(at.bay) : at
        if (!place) return { refused: 'unknown-bay', detail: 'Type what stands on the bay: B1-C017.' }
        const { levelId, x, y } = place
        if (map.levelName(levelId) === undefined) return { refused: 'unknown-level' }
        exits.push({ name, levelId, x, y })
      }
      const known = await database.transaction(async (inside) => {
        await setExits(inside, occasionOf(services, call), { venueId, exits })
        return exitsOf(inside, map)
      })
      return { status: 200, body: known.map((exit) => presentExit(exit, map)) }
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
