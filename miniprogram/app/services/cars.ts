import type { Destination, LevelId, UnitId } from '../../../maps/model/index.ts'
import type { Fix, PositioningEvent } from '../../../positioning/events.ts'
import { ParkingTrail } from '../../../positioning/car/parking-trail.ts'
import type { LeftCar } from '../../../positioning/car/parking-trail.ts'
import type { ResponseOf } from '../../../server/contract/endpoint.ts'
import { parkingContract } from '../../../server/contract/parking.contract.ts'
import type { VenueId } from '../../../maps/model/index.ts'
import { Away, Refused } from './http.ts'
import type { Http } from './http.ts'
import type { Memory } from './memory.ts'

/** One of the shopper's cars, as the server knows it. */
export type MyCar = ResponseOf<typeof parkingContract.readMyCars>[number]
export type OwnPlate = ResponseOf<typeof parkingContract.listMyPlates>[number]

/** Where the car stands by this phone: what its owner said, or what it noticed itself. */
export interface OwnWord {
  readonly source: 'shopper' | 'trail'
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
  readonly radiusM: number
  readonly confidence: number
  readonly atMs: number
  /** What stands on the bay, when one was named. */
  readonly bay?: { readonly id: UnitId; readonly code: string }
  readonly isScanned?: boolean
  /** Whether the server has it; kept here until it answers. */
  readonly isTold: boolean
}

/** What this phone knows of the shopper's cars in a venue, with or without the server. */
export interface KnownCars {
  readonly cars: readonly MyCar[]
  readonly own: OwnWord | undefined
  /** When the server said so; undefined when it never did. */
  readonly askedMs: number | undefined
}

export interface Cars {
  known(venueId: VenueId): KnownCars
  /** Tells the server what it does not have yet, and asks it. @returns false while it does not answer */
  refresh(venueId: VenueId): Promise<boolean>
  /** Keeps that the car stands in a bay. @returns whether the server has it already, or does not know the bay */
  sayBay(venueId: VenueId, bay: Destination, isScanned: boolean): Promise<'told' | 'kept' | 'unknown-bay'>
  /** Forgets where the car stands, here and at the server. @throws Away, and then nothing is forgotten */
  forget(venueId: VenueId): Promise<void>
  /** Forgets on this phone all it knows of cars, after the server has erased what it knew. */
  forgetHere(): void
  /** Whether the phone notices by itself where the car was left. */
  isTrailOn(): boolean
  setTrail(on: boolean): void
  /** An event of the phone, in order of time. */
  push(event: PositioningEvent): void
  /** The position of this second. @returns true when the car has just been left, on a level that has bays */
  take(venue: BaysOfVenue, fix: Fix | undefined): boolean
}

/** Where cars can stand in a venue. */
export interface BaysOfVenue {
  readonly venueId: VenueId
  readonly destinations: readonly Destination[]
}

/** What is kept of one venue. */
interface Kept {
  readonly answer?: { readonly cars: readonly MyCar[]; readonly askedMs: number } | undefined
  readonly own?: OwnWord | undefined
}

const key = 'cars'
/** One entry for all venues, so that erasing leaves none behind. */
const isKept = (value: unknown): value is Readonly<Record<string, Kept>> =>
  typeof value === 'object' && value !== null
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'

/** A bay that was named is as exact as a bay; the server's own figures. */
const named = { radiusM: 3, typed: 0.9, scanned: 0.97 } as const
const secondMs = 1_000
/** What the shopper said holds so long against what the phone notices, unless their car is seen driving in. */
const longestStayMs = 12 * 3_600_000
/** The server asks for no less and no more. */
const bounds = { radiusM: [1, 200], confidence: [0.05, 0.95] } as const

/**
 * Finding one's car: the words of barrier, camera, shopper and phone come together at the server; what this
 * phone has to say waits here while the server is away.
 *
 * @param parts.http asks with a token that is good
 * @param parts.mayLocate whether the shopper agreed to be located: the trail is worth nothing without
 * @param parts.now ms since 1970
 */
export function createCars(parts: {
  readonly http: Pick<Http, 'call'>
  readonly memory: Memory
  readonly mayLocate: () => boolean
  readonly now: () => number
}): Cars {
  const { http, memory, mayLocate, now } = parts
  const keptOf = (venueId: VenueId): Kept => memory.get(key, isKept)?.[venueId] ?? {}
  const keep = (venueId: VenueId, change: Kept): void => {
    memory.set(key, { ...memory.get(key, isKept), [venueId]: { ...keptOf(venueId), ...change } })
  }
  let trail: ParkingTrail | undefined
  let takenMs = 0

  const isTrailOn = () => mayLocate() && (memory.get('car-trail', isFlag) ?? false)

  const tell = async (venueId: VenueId, word: OwnWord): Promise<'told' | 'unknown'> => {
    const params = { venueId }
    const { levelId, x, y, atMs, bay } = word
    try {
      if (bay) {
        const body = { bay: bay.id, isScanned: word.isScanned === true }
        await http.call(parkingContract.sayMyBay, { params, body })
      } else {
        const radiusM = within(word.radiusM, bounds.radiusM)
        const confidence = within(word.confidence, bounds.confidence)
        const body = { levelId, x, y, radiusM, confidence, atMs }
        await http.call(parkingContract.sayMyTrail, { params, body })
      }
    } catch (error) {
      // Refused for good: another map, or no consent at the server. Here it is kept all the same.
      if (error instanceof Refused) return 'unknown'
      throw error
    }
    // Meanwhile the shopper may have said something else.
    if (keptOf(venueId).own?.atMs === atMs) keep(venueId, { own: { ...word, isTold: true } })
    return 'told'
  }

  const keepTrail = (venueId: VenueId, left: LeftCar): void => {
    const { level, x, y, radiusM, confidence } = left
    const word: OwnWord = {
      source: 'trail',
      // Radio maps know levels by their ids.
      levelId: level as LevelId,
      ...{ x, y, radiusM, confidence },
      atMs: left.stoppedMs,
      isTold: false,
    }
    // The server hears it all the same: it knows when a stay has ended.
    if (!isSaidByShopper(keptOf(venueId), left.stoppedMs)) keep(venueId, { own: word })
    // Told with the next question when the server is away.
    tell(venueId, word).catch(() => undefined)
  }

  return {
    known(venueId) {
      const { answer, own } = keptOf(venueId)
      return { cars: answer?.cars ?? [], own, askedMs: answer?.askedMs }
    },
    async refresh(venueId) {
      try {
        const { own } = keptOf(venueId)
        if (own && !own.isTold) await tell(venueId, own)
        const cars = await http.call(parkingContract.readMyCars, { params: { venueId } })
        keep(venueId, { answer: { cars, askedMs: now() } })
        return true
      } catch (error) {
        if (error instanceof Away || error instanceof Refused) return false
        throw error
      }
    },
    async sayBay(venueId, bay, isScanned) {
      const [id] = bay.unitIds
      if (id === undefined) return 'unknown-bay'
      const word: OwnWord = {
        source: 'shopper',
        levelId: bay.levelId,
        ...{ x: bay.x, y: bay.y, radiusM: named.radiusM },
        confidence: isScanned ? named.scanned : named.typed,
        atMs: now(),
        bay: { id, code: codeOf(bay) },
        isScanned,
        isTold: false,
      }
      keep(venueId, { own: word })
      try {
        return (await tell(venueId, word)) === 'told' ? 'told' : 'unknown-bay'
      } catch (error) {
        if (error instanceof Away) return 'kept'
        throw error
      }
    },
    async forget(venueId) {
      await http.call(parkingContract.forgetMyCar, { params: { venueId } })
      keep(venueId, { own: undefined, answer: undefined })
    },
    forgetHere() {
      memory.remove(key)
      trail = undefined
    },
    isTrailOn,
    setTrail(on) {
      memory.set('car-trail', on)
      if (!on) trail = undefined
    },
    push(event) {
      if (!isTrailOn()) return
      trail ??= new ParkingTrail()
      trail.push(event)
    },
    take({ venueId, destinations }, fix) {
      if (!trail || now() - takenMs < secondMs) return false
      takenMs = now()
      const left = trail.take(fix, takenMs)
      // Where no car can stand, the phone was carried about by something else.
      const hasBays = ({ kind, levelId }: Destination) => kind === 'bay' && levelId === left?.level
      if (!left || !destinations.some(hasBays)) return false
      keepTrail(venueId, left)
      return true
    },
  }
}

/** Whether the shopper has said where the car stands since it drove in. */
function isSaidByShopper({ own, answer }: Kept, atMs: number): boolean {
  if (own?.source !== 'shopper' || atMs - own.atMs > longestStayMs) return false
  return !(answer?.cars ?? []).some(({ enteredAtMs = 0 }) => enteredAtMs > own.atMs)
}

/** What stands on a bay. */
export function codeOf(bay: Destination): string {
  return bay.name.zh ?? Object.values(bay.name)[0] ?? ''
}

function within(value: number, [least, most]: readonly [number, number]): number {
  return Math.max(least, Math.min(most, value))
}

/** Signs and digits of a code, as somebody types them: `B1-c017` is `B1C017`. */
function signsOf(text: string): string {
  return text.toUpperCase().replace(/[^0-9A-Z\u4e00-\u9fff]/g, '')
}

/**
 * The bays whose code is what was typed or scanned, else those it begins; a scanned code may be an address that
 * ends in the bay's code or id. O(bays).
 */
export function baysNamed(destinations: readonly Destination[], text: string, most = 6): Destination[] {
  const bays = destinations.filter(({ kind }) => kind === 'bay')
  const last =
    text
      .trim()
      .split(/[/?=&#]/)
      .pop() ?? ''
  const byId = bays.filter((bay) => bay.id === last || bay.unitIds.some((id) => id === last))
  if (byId.length > 0) return byId
  const wanted = signsOf(last)
  if (wanted === '') return []
  const signs = (bay: Destination) => [signsOf(codeOf(bay)), signsOf(bay.level + codeOf(bay))]
  const whole = bays.filter((bay) => signs(bay).includes(wanted))
  const found =
    whole.length > 0 ? whole : bays.filter((bay) => signs(bay).some((sign) => sign.startsWith(wanted)))
  return found.slice(0, most)
}
