import { parkingContract as contract } from '../../contract/parking.contract.ts'
import { databaseErrorFacts } from '../../database/index.ts'
import { route } from '../../http/index.ts'
import type { Identity, Route } from '../../http/index.ts'
import { actorOf } from '../../identities/index.ts'
import { exitsOf } from '../lots/car-exits.ts'
import type { Bay, ParkingMap } from '../lots/parking-map.ts'
import { isShopper, occasionOf, ticketOfHandle } from '../parking-services.ts'
import type { ParkingServices } from '../parking-services.ts'
import {
  presentCandidate,
  presentMyCar,
  presentOwnPlate,
  presentPlace,
  presentSaid,
} from '../parking.presenter.ts'
import { bayRadiusM, forgetCarPlaces, sayCarPlace } from './car-places.ts'
import { carOfTicket, carsOfVisitor, ownPlatesOf, searchCars } from './find-cars.ts'
import type { FoundCar } from './find-cars.ts'
import { addOwnPlate, removeOwnPlate } from './own-plates.command.ts'
import { driveOutOf, presentWay, wayToCar } from './route-to-car.ts'

/** How often somebody who names a bay names the right one. */
const namedConfidence = { scanned: 0.97, typed: 0.9 } as const

/** Finding one's car. */
export function carsRoutes(services: ParkingServices): Route[] {
  return [...plateRoutes(services), ...placeRoutes(services), ...findRoutes(services)]
}

function plateRoutes(services: ParkingServices): Route[] {
  const { database, vault } = services
  return [
    route(contract.listMyPlates, async ({ params: { venueId }, identity }) => {
      const { manager } = database.dataSource
      const plates = await ownPlatesOf(manager, vault, { venueId, visitorId: identity.id })
      return { status: 200, body: plates.map(presentOwnPlate) }
    }),
    route(contract.addMyPlate, async (call) => {
      const wish = { venueId: call.params.venueId, visitorId: call.identity.id, typed: call.body.plate }
      try {
        const own = await database.transaction((manager) =>
          addOwnPlate(manager, occasionOf(services, call), wish, vault),
        )
        return 'refused' in own ? own : { status: 200, body: presentOwnPlate(own) }
      } catch (error) {
        if (databaseErrorFacts(error)?.constraint === 'parking_own_plate_venue')
          return { refused: 'unknown-venue' }
        throw error
      }
    }),
    route(contract.removeMyPlate, async (call) => {
      const key = { ...call.params, visitorId: call.identity.id }
      const removed = await database.transaction((manager) =>
        removeOwnPlate(manager, occasionOf(services, call), key),
      )
      return removed ? { status: 204 } : { refused: 'unknown-plate' }
    }),
  ]
}

function placeRoutes(services: ParkingServices): Route[] {
  const { database, maps, clock, mayLocate } = services
  return [
    route(contract.sayMyBay, async ({ params: { venueId }, body, identity }) => {
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      const bay = map.bayCalled(body.bay)
      if (!bay)
        return { refused: 'unknown-bay', detail: 'Type what stands on the bay, with its level: B1-C017.' }
      const { id: bayId, levelId, x, y } = bay
      const confidence = body.isScanned ? namedConfidence.scanned : namedConfidence.typed
      const place = { levelId, x, y, radiusM: bayRadiusM, confidence, bayId }
      const said = { source: 'shopper', atMs: clock(), ...place } as const
      const whose = `visitor:${identity.id}` as const
      await database.transaction((manager) => sayCarPlace(manager, { venueId, whose, said }))
      return { status: 200, body: presentSaid(said) }
    }),
    route(contract.sayMyTrail, async ({ params: { venueId }, body, identity }) => {
      if (!(await mayLocate(identity.id))) return { refused: 'consent-needed' }
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      if (!map.bays.some(({ levelId }) => levelId === body.levelId)) return { refused: 'unknown-level' }
      // A phone's clock that runs ahead must not make its word the last one for good.
      const said = { source: 'trail', ...body, atMs: Math.min(body.atMs, clock()) } as const
      const whose = `visitor:${identity.id}` as const
      await database.transaction((manager) => sayCarPlace(manager, { venueId, whose, said }))
      return { status: 200, body: presentSaid(said) }
    }),
    route(contract.forgetMyCar, async ({ params: { venueId }, identity }) => {
      const whose = `visitor:${identity.id}` as const
      await database.transaction((manager) => forgetCarPlaces(manager, { venueId, whose }))
      return { status: 204 }
    }),
    route(contract.readMyCars, async ({ params: { venueId }, identity }) => {
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      const cars = await myCars(services, map, identity)
      return { status: 200, body: cars.map(presentMyCar) }
    }),
  ]
}

function myCars(
  { database, vault, clock }: ParkingServices,
  map: ParkingMap,
  identity: Identity,
): Promise<FoundCar[]> {
  const asked = { map, visitorId: identity.id, nowMs: clock() }
  return carsOfVisitor(database.dataSource.manager, vault, asked)
}

function findRoutes(services: ParkingServices): Route[] {
  const { database, vault, handles, maps, clock } = services
  const { manager } = database.dataSource
  return [
    route(contract.searchCars, async ({ params: { venueId }, body, identity }) => {
      const { cars, hasMore } = await searchCars(manager, vault, { venueId, typed: body.ending })
      const candidates = cars.map((car) => {
        const { ticketId } = car.ticket
        const asked = { venueId, ticketId, caller: actorOf(identity), nowMs: clock() }
        return presentCandidate(car, handles.give(asked))
      })
      return { status: 200, body: { candidates, hasMore } }
    }),
    route(contract.routeToCar, async ({ params: { venueId }, body, identity }) => {
      const map = await maps.get(venueId)
      if (!map) return { refused: 'unknown-venue' }
      const ways = services.waysOf(venueId)
      if (!ways) return { refused: 'unknown-venue' }
      const { from, to, profile, lang } = body
      const goal = await goalOf(services, { map, identity, to })
      if ('refused' in goal) return goal
      const at = goal.bay ?? goal.place
      const way = wayToCar(map, ways, { from, to: at, profile })
      if ('refused' in way) return { refused: 'no-way', facts: { reason: way.refused } }
      const driveOut = driveOutOf(map, ways, { at, exits: await exitsOf(manager, map) })
      const bay = goal.bay && {
        ...{ id: goal.bay.id, code: goal.bay.code },
        ...{ levelId: goal.bay.levelId, level: goal.bay.level },
      }
      return {
        status: 200,
        body: {
          ...(goal.place ? { place: presentPlace(goal.place) } : {}),
          ...(bay ? { bay } : {}),
          ...presentWay(ways, way, lang),
          ...(driveOut ? { driveOut } : {}),
        },
      }
    }),
  ]
}

type Wanted =
  | { readonly bay: string }
  | { readonly candidate: string }
  | { readonly ticketId: string }
  | { readonly mine: true }

type Goal =
  | { readonly bay: Bay; readonly place?: undefined }
  | { readonly bay?: undefined; readonly place: NonNullable<FoundCar['place']> }

interface GoalRefusal {
  readonly refused: 'unknown-bay' | 'unknown-ticket' | 'car-not-found'
}

/** Where somebody wants to go: a bay is open to all, a car to who found it by its plate or owns it. */
async function goalOf(
  services: ParkingServices,
  { map, identity, to }: { readonly map: ParkingMap; readonly identity: Identity; readonly to: Wanted },
): Promise<Goal | GoalRefusal> {
  if ('bay' in to) {
    const bay = map.bayCalled(to.bay)
    return bay ? { bay } : { refused: 'unknown-bay' }
  }
  const car = await carAsked(services, { map, identity, to })
  if (!car) return { refused: 'mine' in to ? 'car-not-found' : 'unknown-ticket' }
  return car.place ? { place: car.place } : { refused: 'car-not-found' }
}

async function carAsked(
  services: ParkingServices,
  {
    map,
    identity,
    to,
  }: {
    readonly map: ParkingMap
    readonly identity: Identity
    readonly to: Exclude<Wanted, { readonly bay: string }>
  },
): Promise<FoundCar | undefined> {
  const { manager } = services.database.dataSource
  if ('candidate' in to) {
    const ticketId = ticketOfHandle(services, identity, { venueId: map.venueId, candidate: to.candidate })
    return ticketId === undefined ? undefined : carOfTicket(manager, services.vault, { map, ticketId })
  }
  if (!isShopper(identity)) return undefined
  const cars = await myCars(services, map, identity)
  return 'mine' in to ? cars[0] : cars.find(({ ticket }) => ticket?.ticketId === to.ticketId)
}
