import { randomBytes } from 'node:crypto'
import { usualTariff } from '../bench/simulate/index.ts'
import { destinationsOf } from '../maps/directory/index.ts'
import type { Archive, Destination } from '../maps/model/index.ts'
import { campaignTerms } from '../server/contract/campaign-values.ts'
import { contentTerms } from '../server/contract/kiosk-values.ts'
import type { Refusal } from '../server/contract/endpoint.ts'
import type { Database } from '../server/database/index.ts'
import { createContent } from '../server/kiosks/index.ts'
import { createCampaign, moveCampaign } from '../server/offers/index.ts'
import { setTariff } from '../server/parking/index.ts'

/** What the demo mall's screens show beside its map; every shop of it is invented. */
const cards = [
  {
    kind: 'announcement',
    title: { zh: '周五至周日延长营业到 22:30', en: 'Open until 22:30 from Friday to Sunday' },
    order: 10,
  },
  {
    kind: 'card',
    shop: '青禾书店',
    title: { zh: '周末读书会', en: 'Weekend reading circle' },
    text: {
      zh: '每周六、周日 15:00，青禾书店 F4，自带一本喜欢的书。',
      en: 'Saturdays and Sundays at 15:00, Qinghe Books on F4. Bring a book you like.',
    },
    order: 20,
  },
  {
    kind: 'card',
    shop: '花期花店',
    title: { zh: '当季花束已到店', en: 'The bouquets of the season are here' },
    text: { zh: '花期花店 F2，每日现扎。', en: 'In Season Flowers on F2, bound fresh every day.' },
    order: 30,
  },
] as const

const anyHour = { timeZone: 'Asia/Shanghai', weekly: [], quiet: [] }
const hourMs = 3_600_000

const campaigns = [
  {
    shop: '半日咖啡',
    name: { zh: '满 50 减 10', en: '¥10 off ¥50' },
    description: { zh: '半日咖啡，堂食与外带均可。', en: 'At Half Day Coffee, here or to go.' },
    coupon: { kind: 'full-reduction', minSpendFen: 5000, offFen: 1000 },
    total: 5000,
  },
  {
    shop: '青禾书店',
    name: { zh: '全场八五折', en: '15 % off everything' },
    description: { zh: '青禾书店，最高减 30 元。', en: 'At Qinghe Books, at most ¥30 off.' },
    coupon: { kind: 'discount', percentOff: 15, capFen: 3000 },
    total: 3000,
  },
  {
    shop: '椰风甜品',
    name: { zh: '送一份椰子冻', en: 'A coconut jelly on us' },
    description: {
      zh: '椰风甜品，消费即送，送完即止。',
      en: 'At Coconut Breeze with any order, while they last.',
    },
    coupon: { kind: 'gift', gift: { zh: '椰子冻', en: 'Coconut jelly' }, costFen: 600 },
    total: 1200,
  },
  {
    shop: '半日咖啡',
    stayIn: '中庭活动区',
    name: { zh: '中庭歇脚，立减 8 元', en: '¥8 off for a rest in the atrium' },
    description: { zh: '半日咖啡，现做饮品都能用。', en: 'At Half Day Coffee, for any fresh drink.' },
    coupon: { kind: 'cash', offFen: 800 },
    total: 2000,
  },
] as const

/** Who stays this long in a place that offers something gets it. */
const stayMs = 15_000

/** Gives the screens of a fresh demo mall something to show. */
export async function addDemoContent(
  database: Database,
  occasion: { readonly nowMs: number; readonly newId: () => string },
  archive: Archive,
): Promise<void> {
  const venueId = archive.features.venue[0]!.id
  const shops = destinationsOf(archive).filter(({ kind }) => kind === 'shop')
  const by = { ...occasion, actor: 'system', newAssignmentKey: () => randomBytes(8).toString('hex') }
  await database.transaction(async (manager) => {
    await setTariff(manager, by, { venueId, validFromMs: by.nowMs, definition: usualTariff })
    for (const { shop, ...terms } of cards.map((card) => ({ shop: undefined, ...card }))) {
      const place = shop === undefined ? {} : { place: shopCalled(shops, shop).id }
      accepted(
        await createContent(manager, by, { venueId, terms: contentTerms.parse({ ...terms, ...place }) }),
      )
    }
    for (const { shop, total, stayIn, ...terms } of campaigns.map((each) => ({
      stayIn: undefined,
      ...each,
    }))) {
      const redeemAt = shopCalled(shops, shop).unitIds
      const whole = campaignTerms.parse({
        ...{ ...terms, redeemAt, schedule: anyHour },
        trigger:
          stayIn === undefined
            ? { on: 'claim' }
            : { on: 'dwell', zones: [geofenceCalled(archive, stayIn)], dwellMs: stayMs },
        limits: { total, holdMs: 48 * hourMs },
      })
      const { row } = accepted(await createCampaign(manager, by, { venueId, terms: whole }))
      const key = { venueId, campaignId: row.campaignId }
      accepted(await moveCampaign(manager, by, { key, to: 'live' }))
    }
  })
}

function shopCalled(shops: readonly Destination[], name: string): Destination {
  const found = shops.find((shop) => shop.name.zh === name)
  if (!found) throw new Error(`The demo mall has no shop called ${name}.`)
  return found
}

function geofenceCalled(archive: Archive, name: string): string {
  const found = archive.features.geofence.find(({ properties }) => properties.name?.zh === name)
  if (!found) throw new Error(`The demo mall has no geofence called ${name}.`)
  return found.id
}

function accepted<Made extends object>(made: Made): Exclude<Made, Refusal> {
  if (isAccepted(made)) return made
  throw new Error(`The demo mall’s content was refused: ${JSON.stringify(made)}`)
}

function isAccepted<Made extends object>(made: Made): made is Exclude<Made, Refusal> {
  return !('refused' in made)
}
