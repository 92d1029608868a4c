import type { Destination, UnitId } from '../../../../maps/model/index.ts'
import type { LevelId } from '../../../../maps/model/index.ts'
import { clockTime } from '../../services/clock-time.ts'
import type { KnownCars, MyCar, OwnWord } from '../../services/cars.ts'
import type { VenueData } from '../../services/venue-data.ts'
import { texts } from './messages.ts'

/** Where a car stands, whoever says so. */
export interface CarSpot {
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
  readonly radiusM: number
  readonly confidence: number
  readonly atMs: number
  readonly source: 'camera' | 'shopper' | 'trail'
  /** How many sources say the same, itself included. */
  readonly agreeing: number
  readonly bay: Destination | undefined
  /** False while only this phone knows. */
  readonly isTold: boolean
}

/** One of the shopper's cars as the page shows it. */
export interface ShownCar {
  readonly plate: string
  readonly ticketId: string | undefined
  readonly enteredAtMs: number | undefined
  readonly spot: CarSpot | undefined
}

/** Within this a bay is the bay, beyond it a landmark. */
const sameBayM = 4

/**
 * The shopper's cars, the latest to drive in first. What only this phone knows belongs to the first of them, and
 * counts while nobody said something later.
 */
export function carsOf(known: KnownCars, venue: VenueData): ShownCar[] {
  const cars = known.cars.map((car): ShownCar => ({
    plate: car.plate ?? '',
    ticketId: car.ticketId,
    enteredAtMs: car.enteredAtMs,
    spot: car.place && placed(car.place, venue),
  }))
  const { own } = known
  const [first, ...others] = [...cars].sort((a, b) => (b.enteredAtMs ?? 0) - (a.enteredAtMs ?? 0))
  if (!own || (own.isTold && first?.spot)) return first ? [first, ...others] : []
  if (first?.spot && first.spot.atMs > own.atMs) return [first, ...others]
  const alone: ShownCar = { plate: '', ticketId: undefined, enteredAtMs: undefined, spot: undefined }
  return [{ ...(first ?? alone), spot: ownSpot(own, venue) }, ...others]
}

function placed(place: NonNullable<MyCar['place']>, venue: VenueData): CarSpot {
  const { levelId, x, y, radiusM, confidence, atMs, source, agreeing, bay } = place
  return {
    ...{ levelId, x, y, radiusM, confidence, atMs, source },
    agreeing: new Set([source, ...agreeing]).size,
    bay: bay && bayOf(venue, bay.id),
    isTold: true,
  }
}

function ownSpot(own: OwnWord, venue: VenueData): CarSpot {
  const { levelId, x, y, radiusM, confidence, atMs, source, isTold } = own
  const bay = own.bay ? bayOf(venue, own.bay.id) : nearestBay(venue, own)
  return { levelId, x, y, radiusM, confidence, atMs, source, agreeing: 1, bay, isTold }
}

function bayOf({ destinations }: VenueData, unitId: UnitId): Destination | undefined {
  return destinations.find(({ kind, unitIds }) => kind === 'bay' && unitIds.includes(unitId))
}

function nearestBay({ destinations }: VenueData, at: OwnWord): Destination | undefined {
  const awayM = (bay: Destination) => Math.hypot(bay.x - at.x, bay.y - at.y)
  const bays = destinations.filter(({ kind, levelId }) => kind === 'bay' && levelId === at.levelId)
  return bays.reduce<Destination | undefined>(
    (best, bay) => (best && awayM(best) <= awayM(bay) ? best : bay),
    undefined,
  )
}

/** Where the car stands, who says so and how sure that is, in words. */
export function spotWords(
  spot: CarSpot,
  { code, level }: { readonly code: string; readonly level: string },
): { readonly where: string; readonly within: string; readonly source: string; readonly sure: string } {
  const isThere = spot.bay !== undefined && spot.radiusM <= sameBayM
  const where = spot.bay
    ? texts.say(isThere ? 'at' : 'near', { level, bay: code })
    : texts.say('onLevel', { level })
  const agree = spot.agreeing > 1 ? texts.say('agree', { count: spot.agreeing }) : ''
  return {
    where,
    within: isThere ? '' : texts.say('within', { metres: Math.round(spot.radiusM) }),
    source: texts.say(spot.source, { time: clockTime(spot.atMs) }) + agree,
    sure: texts.say(spot.confidence >= 0.85 ? 'sure' : spot.confidence >= 0.6 ? 'likely' : 'vague'),
  }
}

/** How long a car has stood there: `2:14`. */
export function parkedFor(enteredAtMs: number, nowMs: number): string {
  const minutes = Math.max(0, Math.floor((nowMs - enteredAtMs) / 60_000))
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}
