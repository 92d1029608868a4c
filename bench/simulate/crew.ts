import { randomBytes } from 'node:crypto'
import {
  createClient,
  identitiesContract as identities,
  kiosksContract as kiosks,
  offersContract as offers,
  parkingContract as parking,
} from '../../server/contract/index.ts'
import type { Client, RequestOf } from '../../server/contract/index.ts'
import { granted } from './granted.ts'
import type { OpenTown } from './town.ts'

/** Tokens of those who are not shoppers. */
export interface Crew {
  /** Of a device `system`: barriers, cameras, the guidance system. */
  readonly barrier: string
  /** Of an account of staff. */
  readonly till: string
  /** Of a paired kiosk. */
  readonly kiosk: string
  /** Of an operator, for the streams of a console; without it none is followed. */
  readonly operator?: string
}

/**
 * Makes the devices and the clerk a run needs, through the API, as an operator does on the first day.
 * @throws Error when the server refuses
 */
export async function hireCrew(serverUrl: string, operator: string, open: OpenTown): Promise<Crew> {
  const { venueId } = open
  const client = createClient({ baseUrl: serverUrl, fetch, token: () => operator })
  const name = '模拟 simulator'
  const barrier = await client.call(identities.createDevice, {
    params: { venueId },
    body: { name, role: 'system' },
  })
  const [username, password] = [
    `simulator-${randomBytes(4).toString('hex')}`,
    randomBytes(16).toString('hex'),
  ]
  const account = { username, password, roles: ['staff' as const], venues: [venueId] }
  granted(await client.call(identities.createAccount, { body: account }))
  return {
    barrier: granted(barrier).token,
    till: granted(await client.call(identities.signIn, { body: { username, password } })).token,
    kiosk: await hangKiosk(client, open, name),
    operator,
  }
}

/** Hangs a screen at the first entrance: it shows a code, the operator binds it. */
async function hangKiosk(operator: Client, open: OpenTown, name: string): Promise<string> {
  const { venueId, town, destinations } = open
  const place = destinations.get(town.entrances[0] ?? town.shops[0] ?? '')
  if (!place) throw new Error('the venue has no place for a kiosk')
  const { levelId, x, y } = place
  const { pairingId, code, secret } = granted(await operator.call(kiosks.beginPairing, {}))
  const body = { code, name, levelId, x, y, headingDeg: 0 }
  granted(await operator.call(kiosks.bindKiosk, { params: { venueId }, body }))
  const polled = await operator.call(kiosks.pollPairing, { params: { pairingId }, body: { secret } })
  const bound = granted(polled)
  if (bound.state !== 'bound') throw new Error('the kiosk was bound and does not know it')
  return bound.token
}

type TariffBody = RequestOf<typeof parking.setTariff>['body']['definition']
type Terms = RequestOf<typeof offers.createCampaign>['body']['terms']

const hourMs = 3_600_000
const day = { bands: [{ name: '全天', fromMinute: 0, fenPerUnit: 500 }], capFen: 5000 }

/** What parking costs where nobody has set it: a quarter of an hour free, then five yuan an hour, fifty a day. */
export const usualTariff: TariffBody = {
  timeZone: 'Asia/Shanghai',
  unitMinutes: 60,
  freeMinutes: 15,
  freeMinutesFor: 'short-stays',
  days: { workday: day, restday: day, holiday: day },
  calendar: {},
  capOver: 'date',
  quoteMinutes: 5,
  exitMinutes: 15,
}

/**
 * Sets up what people come for: a tariff where there is none, and a campaign for every kind of coupon, with caps that are
 * reached, to be claimed, or had by walking in or staying.
 * @param nowMs by the clock of the server: from then on the tariff is in force
 * @throws Error when the server refuses
 */
export async function openSeason(
  { serverUrl, operator }: { readonly serverUrl: string; readonly operator: string },
  { venueId, town, destinations }: OpenTown,
  nowMs: number,
): Promise<void> {
  const client = createClient({ baseUrl: serverUrl, fetch, token: () => operator })
  const params = { venueId }
  const known = await client.call(parking.readTariff, { params })
  if (!known.ok || known.status === 204) {
    const body = { validFromMs: nowMs, definition: usualTariff }
    granted(await client.call(parking.setTariff, { params, body }))
  }
  const unitsOf = (shops: readonly string[]) => shops.flatMap((id) => destinations.get(id)?.unitIds ?? [])
  for (const terms of seasonOf(unitsOf(town.shops), unitsOf(town.food))) {
    const { id: campaignId } = granted(await client.call(offers.createCampaign, { params, body: { terms } }))
    const moved = { params: { venueId, campaignId }, body: { state: 'live' as const } }
    granted(await client.call(offers.moveCampaign, moved))
  }
}

function seasonOf(units: readonly string[], food: readonly string[]): Terms[] {
  const holdMs = 4 * hourMs
  const name = (zh: string, en: string) => ({ zh, en })
  const entered = { on: 'enter' as const, zones: units.slice(0, 100) }
  const stayed = {
    on: 'dwell' as const,
    zones: (food.length > 0 ? food : units).slice(0, 100),
    dwellMs: 60_000,
  }
  return [
    {
      name: name('模拟：满 50 减 10', 'Simulated: ¥10 off ¥50'),
      coupon: { kind: 'full-reduction', minSpendFen: 5000, offFen: 1000 },
      trigger: { on: 'claim' },
      limits: { total: 12, holdMs },
    },
    {
      name: name('模拟：现金券', 'Simulated: cash'),
      coupon: { kind: 'cash', offFen: 500 },
      trigger: { on: 'claim' },
      limits: { perDay: 25, budgetFen: 10_000, perVisitor: 2, holdMs: hourMs },
    },
    {
      name: name('模拟：进店八折', 'Simulated: 20 % off when walking in'),
      coupon: { kind: 'discount', percentOff: 20, capFen: 2000 },
      trigger: entered,
      limits: { total: 15, holdMs },
    },
    {
      name: name('模拟：用餐赠品', 'Simulated: a gift with a meal'),
      coupon: { kind: 'gift', gift: name('酸梅汤', 'Plum drink'), costFen: 300 },
      trigger: stayed,
      limits: { total: 10, holdMs: hourMs },
    },
  ]
}
