import { createCars } from './cars.ts'
import type { Cars } from './cars.ts'
import type { Http } from './http.ts'
import { shopper } from './shopper.ts'

let cars: Cars | undefined

/** Asks as this shopper: nobody else may know of their cars. */
export const asShopper: Pick<Http, 'call'> = {
  async call(endpoint, request, options) {
    await shopper().session.ensure()
    return shopper().http.call(endpoint, request, options)
  },
}

/** The shopper's cars, made at first use. */
export function myCars(): Cars {
  if (cars) return cars
  const { consents, memory } = shopper()
  return (cars = createCars({
    http: asShopper,
    memory,
    mayLocate: () => consents().location,
    now: () => Date.now(),
  }))
}

/** Lets the phone notice where the car was left, for who has switched that on: what it feels and hears goes through. */
export function watchForCar(): void {
  const { beacons, motion, position, venue } = shopper()
  beacons.onSightings((sightings) => {
    for (const { beacon, rssiDbm, atMs } of sightings) {
      myCars().push({ kind: 'beacon', tMs: atMs, id: beacon, rssiDbm })
    }
  })
  motion.onEvent((event) => {
    myCars().push(event)
  })
  position.onFix((fix) => {
    const current = venue()
    if (current) myCars().take({ venueId: current.entry.id, destinations: current.destinations }, fix)
  })
}
