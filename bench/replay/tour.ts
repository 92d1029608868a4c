import { randomUUID } from 'node:crypto'
import type { VenueId } from '../../maps/model/index.ts'
import {
  createClient,
  offersContract as offers,
  parkingContract as parking,
  readFloor,
} from '../../server/contract/index.ts'
import type { Client, RequestOf } from '../../server/contract/index.ts'
import { hireCrew } from '../simulate/index.ts'
import type { OpenTown } from '../simulate/town.ts'
import { granted } from '../simulate/granted.ts'
import { openScreen } from '../simulate/screens.ts'
import { newShopper } from './walker.ts'

/** What was shown to work beside the walks, with how long it took, ms of this machine. */
export interface Tour {
  /** An offer claimed on a phone and redeemed at a till. */
  readonly offer: { readonly claimedMs: number; readonly redeemedMs: number; readonly discountFen: number }
  /** From the claim to the kiosk that shows one place less. */
  readonly kiosk: { readonly updatedMs: number; readonly left: number }
  /** A car found at the kiosk by the end of its plate. */
  readonly car: { readonly foundMs: number; readonly wayM: number; readonly where: string }
}

type Terms = RequestOf<typeof offers.createCampaign>['body']['terms']

const plate = '浙A7K205'
const places = 50
const billFen = 8800
const patienceMs = 15_000

/** A campaign that comes by itself to whoever walks into one of these geofences. */
export async function greetAt(operator: Client, venueId: VenueId, zones: readonly string[]): Promise<void> {
  await live(operator, venueId, {
    name: { zh: '回放：路过有礼', en: 'Replay: on the way' },
    coupon: { kind: 'cash', offFen: 500 },
    trigger: { on: 'enter', zones: [...zones] },
    limits: { total: 100_000, holdMs: 3_600_000 },
  })
}

/**
 * Shows one of everything that meets in a mall: a phone claims an offer and a till redeems it, a kiosk hears of it, and a
 * car that drove in is found from that kiosk.
 * @throws Error when any of it does not happen, with what did
 */
export async function takeTour(of: {
  readonly serverUrl: string
  readonly operator: string
  readonly town: OpenTown
  readonly nowMs: () => number
}): Promise<Tour> {
  const { serverUrl, town, nowMs } = of
  const { venueId } = town
  const client = (token: string) => createClient({ baseUrl: serverUrl, fetch, token: () => token })
  const crew = await hireCrew(serverUrl, of.operator, town)
  const campaignId = await live(client(of.operator), venueId, {
    name: { zh: '回放：满 50 减 10', en: 'Replay: ¥10 off ¥50' },
    coupon: { kind: 'full-reduction', minSpendFen: 5000, offFen: 1000 },
    trigger: { on: 'claim' },
    limits: { total: places, holdMs: 3_600_000 },
  })
  let left: number | undefined
  const kiosk = openScreen({
    ...{ serverUrl, namespace: 'kiosk', token: () => crew.kiosk, client: 'kiosk', nowMs },
    streams: [`floor:${venueId}`],
    onChange: (_, values) => {
      left = readFloor(values).campaigns.find(({ id }) => id === campaignId)?.left
    },
  })
  try {
    await happens('the kiosk shows the campaign', () => left === places)
    const { offer, claimedAtMs } = await claimAndRedeem(of, client(crew.till), campaignId)
    await happens('the kiosk shows one place less', () => left === places - 1)
    const updatedMs = performance.now() - claimedAtMs
    const car = await findCar(town, { barrier: client(crew.barrier), kiosk: client(crew.kiosk) }, nowMs())
    return { offer, kiosk: { updatedMs, left: left ?? 0 }, car }
  } finally {
    kiosk.close()
  }
}

async function live(operator: Client, venueId: VenueId, terms: Terms): Promise<string> {
  const params = { venueId }
  const { id: campaignId } = granted(await operator.call(offers.createCampaign, { params, body: { terms } }))
  granted(
    await operator.call(offers.moveCampaign, { params: { venueId, campaignId }, body: { state: 'live' } }),
  )
  return campaignId
}

async function claimAndRedeem(
  { serverUrl, town }: Parameters<typeof takeTour>[0],
  till: Client,
  campaignId: string,
): Promise<{ offer: Tour['offer']; claimedAtMs: number }> {
  const { venueId, destinations } = town
  const { client } = await newShopper(serverUrl)
  const [claimed, claimedMs] = await timed(() =>
    client.call(offers.claimOffer, { params: { venueId, campaignId } }, { idempotencyKey: randomUUID() }),
  )
  const claimedAtMs = performance.now()
  const params = { venueId, offerId: granted(claimed).id }
  const { digits: code } = granted(await client.call(offers.readOfferCode, { params }))
  const unitId = [...destinations.values()].find(({ kind }) => kind === 'shop')?.unitIds[0]
  if (unitId === undefined) throw new Error('the venue has no shop')
  const [redeemed, redeemedMs] = await timed(() =>
    till.call(offers.redeemOffer, {
      params: { venueId, redemptionId: randomUUID() },
      body: { code, unitId, billFen },
    }),
  )
  const { discountFen } = granted(redeemed).calculation
  return { offer: { claimedMs, redeemedMs, discountFen }, claimedAtMs }
}

async function findCar(
  { venueId, destinations, town: { bays, entrances, shops } }: OpenTown,
  { barrier, kiosk }: { barrier: Client; kiosk: Client },
  atMs: number,
): Promise<Tour['car']> {
  const params = { venueId }
  const [firstBay = ''] = bays
  const bay = destinations.get(firstBay)?.unitIds[0]
  if (bay === undefined) throw new Error('the venue has no bay')
  const event = { eventId: `replay-${randomUUID()}`, kind: 'entry', atMs, gate: 'replay', plate } as const
  granted(await barrier.call(parking.tellBarrier, { params, body: event }))
  granted(await barrier.call(parking.tellSighting, { params, body: { plate, bay, atMs } }))
  const [found, foundMs] = await timed(async () => {
    const search = await kiosk.call(parking.searchCars, { params, body: { ending: plate.slice(-4) } })
    const [car] = granted(search).candidates
    if (!car) throw new Error('the car was not found')
    const from = { place: entrances[0] ?? shops[0] ?? '' }
    return kiosk.call(parking.routeToCar, { params, body: { from, to: { candidate: car.candidate } } })
  })
  const { lengthM: wayM, place } = granted(found)
  return { foundMs, wayM, where: place?.text.zh ?? '' }
}

/** @throws Error when it does not happen within a quarter of a minute of this machine */
async function happens(what: string, hasHappened: () => boolean): Promise<void> {
  for (const untilMs = performance.now() + patienceMs; !hasHappened();) {
    if (performance.now() > untilMs) throw new Error(`not within ${String(patienceMs)} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const beganMs = performance.now()
  const result = await work()
  return [result, performance.now() - beganMs]
}
