import { RandomStream } from '../../../positioning/random.ts'
import {
  heldPhone,
  middlingPerson,
  simulateWalk,
  truthAt,
  weChatReceiver,
} from '../../../positioning/simulate/index.ts'
import type { Leg, SimulatedWalk, TruthSample } from '../../../positioning/simulate/index.ts'
import type { Route } from '../../../maps/routes/offline.ts'
import type { BeaconReading, Phone } from '../device/phone.ts'
import type { Spot, WalkableVenue } from './simulated-venue.ts'
import { readingOf, tellPhone } from './tell-phone.ts'

const miniProgramPhone = {
  receiver: weChatReceiver,
  motion: { ...heldPhone, interface: 'mini-program' as const },
}

/** A person with the phone of the preview in their hand. */
export interface Shopper {
  /** Where they truly are now; undefined when nobody knows. */
  readonly truth: TruthSample | undefined
  readonly isWalking: boolean
  /** Lets `ms` of their time pass: what the phone feels and hears in it is told to it. */
  pass(ms: number): void
}

/** A simulated person who goes where one says. */
export interface Walker extends Shopper {
  /** Puts them somewhere, standing. */
  stand(at: Spot): void
  /** Walks a way of the venue's router from where they stand. */
  walk(route: Route): void
}

const standForMs = 60_000

/**
 * Readings reach the phone in WeChat's units: acceleration in g along axes turned round, the compass in
 * degrees, beacons once a second.
 */
export function createWalker(venue: WalkableVenue, phone: Phone): Walker {
  const levelIds = venue.router.tables.levels.map(({ id }) => id)
  let walk: SimulatedWalk | undefined
  let nowMs = 0
  let next = 0
  let endMs = 0
  let seed = 1

  const begin = (from: Spot, legs: readonly Leg[]): void => {
    const departure = { level: from.levelId, x: from.x, y: from.y, tMs: nowMs }
    const person = middlingPerson
    walk = simulateWalk(
      { venue: venue.simulated, person, phone: miniProgramPhone, departure, legs },
      new RandomStream(seed++),
    )
    next = 0
    endMs = walk.truth[walk.truth.length - 1]?.tMs ?? nowMs
  }

  const spot = (): Spot | undefined => {
    const at = walk && truthAt(walk, nowMs)
    return at && { levelId: at.level as Spot['levelId'], x: at.x, y: at.y }
  }

  /** A route as a walk: its corners, and its rides by the connector's id. */
  const legsOf = (route: Route): Leg[] =>
    route.legs.flatMap((leg): Leg[] => {
      if (leg.kind === 'walk') return leg.points.map(({ x, y }) => ({ kind: 'walk', to: { x, y } }))
      const to = levelIds[leg.toLevel]
      const connector = venue.router.tables.connectors[leg.connector]?.id
      return to === undefined || connector === undefined ? [] : [{ kind: 'ride', connector, to }]
    })

  const isMoving = () => walk !== undefined && truthAt(walk, nowMs).activity !== 'standing'

  return {
    get truth() {
      return walk && truthAt(walk, nowMs)
    },
    get isWalking() {
      return isMoving()
    },
    stand(at) {
      begin(at, [{ kind: 'stand', forMs: standForMs }])
    },
    walk(route) {
      const from = spot()
      const start = levelIds[route.from.level]
      if (!from || start === undefined) return
      begin({ ...from, levelId: start }, [...legsOf(route), { kind: 'stand', forMs: standForMs }])
    },
    pass(ms) {
      if (!walk) return
      nowMs += ms
      const readings: BeaconReading[] = []
      for (let event = walk.events[next]; event && event.tMs <= nowMs; event = walk.events[++next]) {
        if (event.kind === 'beacon') readings.push(readingOf(event.id, event.rssiDbm))
        else tellPhone(phone, event)
      }
      if (readings.length > 0) phone.emit('beacons', readings)
      const at = spot()
      if (nowMs >= endMs && at) this.stand(at)
    },
  }
}
