import { randomUUID } from 'node:crypto'
import type { UnitId, VenueId } from '../../maps/model/index.ts'
import { identitiesContract } from '../../server/contract/identities.contract.ts'
import type { KioskSettings } from '../../server/contract/kiosk-values.ts'
import type { Answer, Client } from '../../server/contract/client.ts'
import { createClient } from '../../server/contract/client.ts'
import type { Endpoint } from '../../server/contract/endpoint.ts'
import { offersContract } from '../../server/contract/offers.contract.ts'
import { parkingContract } from '../../server/contract/parking.contract.ts'
import { venuesContract } from '../../server/contract/venues.contract.ts'
import type { ClientServer } from '../../server/testing/client-server.ts'

/** The body of an answer that has to be good. */
export function good<E extends Endpoint>(answer: Answer<E>): Extract<Answer<E>, { ok: true }>['body'] {
  if (answer.ok) return answer.body
  throw new Error(`${String(answer.status)} ${JSON.stringify(answer.problem)}`)
}

/** Where a screen stands, north ahead. */
export interface ScreenPlace {
  readonly level: string
  readonly x: number
  readonly y: number
  /** The server's first mall unless given. */
  readonly venueId?: VenueId
}

/** What a screen keeps of its pairing: a device of the venue. */
export async function newIdentity(
  server: ClientServer,
  place: ScreenPlace,
): Promise<{ readonly token: string; readonly settings: KioskSettings }> {
  const { operator } = server
  const venueId = place.venueId ?? server.venueId
  const params = { venueId }
  const made = good(
    await operator.call(identitiesContract.createDevice, { params, body: { name: 'screen', role: 'kiosk' } }),
  )
  const levels = good(await operator.call(venuesContract.listLevels, { params }))
  const level = levels.find(({ shortName }) => shortName === place.level)
  if (!level) throw new Error(`There is no level ${place.level}`)
  return {
    token: made.token,
    settings: {
      kioskId: made.device.id,
      venueId,
      name: 'screen',
      levelId: level.id,
      x: place.x,
      y: place.y,
      headingDeg: 0,
      orientation: 'portrait',
      timeZone: 'Asia/Shanghai',
      brightness: { hours: [], otherwisePercent: 100 },
      playlist: 'all',
      revision: 1,
    },
  }
}

/** Puts an offer of a shop live. */
export async function offer(
  { operator, venueId }: Pick<ClientServer, 'operator' | 'venueId'>,
  unitId: UnitId,
  name: { readonly zh: string; readonly en: string },
): Promise<void> {
  const made = good(
    await operator.call(offersContract.createCampaign, {
      params: { venueId },
      body: {
        terms: {
          name,
          coupon: { kind: 'full-reduction', minSpendFen: 20_000, offFen: 4000 },
          trigger: { on: 'claim' },
          audience: { membership: 'anyone', visit: 'any' },
          schedule: { timeZone: 'Asia/Shanghai' },
          limits: { perVisitor: 1, total: 23, holdMs: 3_600_000 },
          redeemAt: [unitId],
        },
      },
    }),
  )
  const params = { venueId, campaignId: made.id }
  good(await operator.call(offersContract.moveCampaign, { params, body: { state: 'live' } }))
}

/** Lets parking cost five yuan an hour from now on, day and night. */
export async function charge({
  operator,
  venueId,
}: Pick<ClientServer, 'operator' | 'venueId'>): Promise<void> {
  const prices = { bands: [{ name: '全天', fromMinute: 0, fenPerUnit: 500 }] }
  const definition = {
    timeZone: 'Asia/Shanghai',
    unitMinutes: 60,
    freeMinutes: 0,
    freeMinutesFor: 'every-stay',
    days: { workday: prices, restday: prices, holiday: prices },
    calendar: {},
    capOver: 'date',
    quoteMinutes: 10,
    exitMinutes: 15,
  } as const
  const body = { validFromMs: Date.now(), definition }
  good(await operator.call(parkingContract.setTariff, { params: { venueId }, body }))
}

/** Lets a car drive in, and a camera see it in a bay. */
export async function park(
  { operator, venueId, address }: Pick<ClientServer, 'operator' | 'venueId' | 'address'>,
  car: { readonly plate: string; readonly bay: string },
): Promise<void> {
  const params = { venueId }
  const device = good(
    await operator.call(identitiesContract.createDevice, { params, body: { name: 'gate', role: 'system' } }),
  )
  const system: Client = createClient({ baseUrl: address, fetch, token: () => device.token })
  const atMs = Date.now()
  const event = { eventId: randomUUID(), kind: 'entry', atMs, gate: 'north', plate: car.plate } as const
  good(await system.call(parkingContract.tellBarrier, { params, body: event }))
  const sighting = { plate: car.plate, bay: car.bay, atMs: Date.now() }
  good(await system.call(parkingContract.tellSighting, { params, body: sighting }))
}
