import type { output } from 'zod'
import type { Destination } from '../../maps/model/index.ts'
import type { Target } from '../../maps/routes/offline.ts'
import type { ResponseOf } from '../../server/contract/endpoint.ts'
import { parkingContract } from '../../server/contract/parking.contract.ts'
import { language } from '../../ui/i18n.ts'
import type { Kiosk } from '../kiosk.ts'
import { apiOf, bodyOf, Refused } from './api.ts'

export type FoundCars = ResponseOf<typeof parkingContract.searchCars>
export type FoundCar = FoundCars['candidates'][number]
type Answered = output<(typeof parkingContract.routeToCar)['responses'][200]>

/** Fewer signs of a plate fit too many cars; the server asks for as many. */
export const leastEnding = 4

/** Bays whose number is, or begins with, what was typed; found without the server. */
export function baysNamed(typed: string, destinations: readonly Destination[]): Destination[] {
  const wanted = signsOf(typed)
  if (wanted.length < 2) return []
  const bays = destinations.filter(({ kind }) => kind === 'bay')
  const fits = (test: (sign: string) => boolean) =>
    bays.filter(({ name, level }) =>
      Object.values(name).some((one) => test(signsOf(one)) || test(signsOf(level + one))),
    )
  const whole = fits((sign) => sign === wanted)
  return (whole.length > 0 ? whole : fits((sign) => sign.includes(wanted))).slice(0, 4)
}

function signsOf(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/**
 * The cars whose plate ends so, as the server masks them.
 * @throws when the server is away
 */
export async function searchCars(kiosk: Kiosk, ending: string): Promise<FoundCars> {
  const params = { venueId: kiosk.settings.value.venueId }
  return bodyOf(await apiOf(() => kiosk.token).call(parkingContract.searchCars, { params, body: { ending } }))
}

/**
 * Where a car that was found stands: its bay, or the spot where it was seen; undefined when nobody knows.
 * @throws when the server is away
 */
export async function placeOfCar(kiosk: Kiosk, { candidate }: FoundCar): Promise<Target | undefined> {
  const { settings, home, venue } = kiosk
  const { levelId } = settings.value
  const request = {
    params: { venueId: settings.value.venueId },
    body: {
      from: { levelId, x: home.value.x, y: home.value.y },
      to: { candidate },
      lang: language.value,
    },
  }
  try {
    const answer = bodyOf(await apiOf(() => kiosk.token).call(parkingContract.routeToCar, request))
    return targetOf(answer, venue.value.destinations)
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

function targetOf({ bay, place, legs }: Answered, destinations: readonly Destination[]): Target | undefined {
  const unitId = bay?.id ?? place?.bay?.id
  const known = destinations.find(
    ({ kind, unitIds }) => kind === 'bay' && unitIds.some((id) => id === unitId),
  )
  if (known) return { place: known.id }
  const last = legs[legs.length - 1]
  if (last?.kind !== 'walk') return undefined
  const end = last.points[last.points.length - 1]
  const level = destinations.find(({ levelId }) => levelId === last.levelId)?.level
  return end && level !== undefined ? { level, x: end[0], y: end[1] } : undefined
}
