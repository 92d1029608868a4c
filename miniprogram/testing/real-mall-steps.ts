import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import type { VenueId } from '../../maps/model/index.ts'
import { isWholeMall, realMallDir } from '../../maps/testing/real-mall.ts'
import { encodeRadioMap, gridOf, learnMap, WalkableRaster } from '../../positioning/index.ts'
import { addressIdentity } from '../../positioning/recorded-walk.ts'
import { readRecordedVenue } from '../../positioning/testing/recorded-venue.ts'
import { readRecordedWalks } from '../../positioning/testing/recorded-walks.ts'
import { beaconsContract } from '../../server/contract/beacons.contract.ts'
import { offersContract } from '../../server/contract/offers.contract.ts'
import { parkingContract } from '../../server/contract/parking.contract.ts'
import { venuesContract } from '../../server/contract/venues.contract.ts'
import type { ClientServer } from '../../server/testing/client-server.ts'
import { openRealMall } from '../../server/testing/real-mall.ts'
import { front, openUrl, pass, passUntil } from './in-page.ts'
import type { SeenPhone } from './in-page.ts'

const level = 'F1'
const listenForS = 40

/** Publishes the real mall with the radio map of its survey; undefined where it is not at hand. */
async function publishRealMall({ operator }: ClientServer, dir: string): Promise<VenueId | undefined> {
  const venueId = await openRealMall(operator, '真实的商场')
  if (venueId === undefined) return undefined
  const params = { venueId }
  const levels = await operator.call(venuesContract.listLevels, { params })
  if (!levels.ok) throw new Error(String(levels.status))
  const idOf = new Map(levels.body.map(({ id, shortName }) => [shortName, id as string]))
  const nameOf = new Map(levels.body.map(({ id, shortName }) => [id as string, shortName]))
  const venue = readRecordedVenue(join(dir, 'venue'))
  const area = {
    isWalkable: (id: string, x: number, y: number) => venue.walkable.isWalkable(nameOf.get(id) ?? id, x, y),
    isClear: (id: string, from: { x: number; y: number }, to: { x: number; y: number }) =>
      venue.walkable.isClear(nameOf.get(id) ?? id, from, to),
  }
  const extents = venue.extents.map((extent) => ({ ...extent, id: idOf.get(extent.id) ?? extent.id }))
  const grid = gridOf(extents, area)
  const survey = readRecordedWalks(join(dir, 'walks/survey')).map((walk) => ({
    ...walk,
    level: idOf.get(walk.level) ?? walk.level,
    events: walk.events.map((event) =>
      event.kind === 'beacon' ? { ...event, id: addressIdentity(event.id) } : event,
    ),
  }))
  const map = learnMap({ grid, walkable: new WalkableRaster(area, grid.levels), survey })
  const sent = await operator.call(beaconsContract.uploadRadioMap, { params, body: encodeRadioMap(map) })
  if (!sent.ok) throw new Error(`${String(sent.status)} ${JSON.stringify(sent.problem)}`)
  return venueId
}

/** A test walk nobody learned from, as its recorder wrote it: the longest of the level. */
function testWalk(dir: string): Buffer {
  const folder = join(dir, 'walks/test', level)
  const walks = readdirSync(folder).map((name) => gunzipSync(readFileSync(join(folder, name))))
  return walks.reduce((longest, walk) => (walk.length > longest.length ? walk : longest))
}

/**
 * The mini-program in the real mall: a recorded test walk is played to it, its dot keeps to what it says of
 * itself, a shop is found by its initials, a way leads across levels, an offer is taken and a car is found. Nobody
 * knows where the beacons of that mall hang: what walks there is recorded, and nobody can be simulated.
 */
export async function visitsTheRealMall(
  t: ExecutionContext,
  page: Page,
  server: ClientServer,
): Promise<void> {
  // Learning the radio map of its survey takes some ten seconds of a core, the walk itself forty.
  t.timeout(400_000)
  const dir = isWholeMall() ? realMallDir() : undefined
  const venueId = dir === undefined ? undefined : await publishRealMall(server, dir)
  if (dir === undefined || venueId === undefined) {
    t.log('left out: the mini-program in the real mall (ATRIUM_REAL_MALL=its folder ATRIUM_WHOLE_MALL=1)')
    t.pass()
    return
  }
  await page.goto(`${server.address}/miniprogram/#/pages/home/index?venue=${venueId}`)
  // Somebody new, in Chinese, who lets the map show them.
  await page.evaluate(() => {
    localStorage.clear()
  })
  await page.reload()
  await front(page).getByText('真实的商场').waitFor()
  await front(page).getByText('在地图上显示我').click()
  await front(page).locator('wx-switch input').first().click()
  await front(page).getByText('打开第一项，继续').click()
  await page.locator('#screen').getByRole('button', { name: '允许' }).click()
  await front(page).locator('.tab', { hasText: '地图' }).click()
  await page.getByRole('button', { name: level, exact: true }).click()
  await page.locator('input[type=file]').setInputFiles({
    ...{ name: 'walk.txt', mimeType: 'text/plain' },
    buffer: testWalk(dir),
  })
  await passUntil(page, '在蓝圈里，误差约')
  const errors: { readonly m: number; readonly radiusM: number }[] = []
  for (let second = 0; second < listenForS; second++) {
    await pass(page, 1_000)
    const [, x, y] =
      /· ([-\d.]+), ([-\d.]+) m/.exec(await page.locator('.soft.figures').first().innerText()) ?? []
    const fix = await page.evaluate(() => {
      const { preview } = globalThis as unknown as { readonly preview: SeenPhone }
      return preview.pages.current?.instance.seen as { x: number; y: number; radiusM: number } | undefined
    })
    if (!fix || x === undefined) continue
    errors.push({ m: Math.hypot(fix.x - Number(x), fix.y - Number(y)), radiusM: fix.radiusM })
  }
  const inside = errors.filter(({ m, radiusM }) => m <= radiusM).length / errors.length
  const median = errors.map(({ m }) => m).sort((a, b) => a - b)[Math.floor(errors.length / 2)] ?? Infinity
  t.log(
    `${errors.length} s of a test walk: median ${median.toFixed(1)} m, ${Math.round(inside * 100)} % inside the circle`,
  )
  t.true(errors.length >= listenForS / 2)
  t.true(inside >= 0.7, 'the circle holds nine of ten in the long run')

  await openUrl(page, '/pages/search/index')
  await front(page).locator('wx-input input').fill('xbk')
  t.regex(await front(page).locator('.results .item').first().innerText(), /STARBUCKS|星巴克/i)
  await front(page).locator('wx-input input').fill('hg')
  await front(page).locator('.results .item', { hasText: 'F4' }).first().click()
  await front(page).getByText('带我去').click()
  await front(page).locator('.now').waitFor()
  await front(page).getByText('步骤').click()
  const steps = await front(page).locator('.step').allInnerTexts()
  t.true(
    steps.some((each) => /电梯|扶梯/.test(each) && each.includes('F4')),
    steps.join(' / '),
  )
  await front(page).getByText('结束').click()
  await takesAnOffer(t, page, { server, venueId })
  await notesTheCar(page, { server, venueId })
}

/** Where a test acts beside the phone. */
interface RealMall {
  readonly server: ClientServer
  readonly venueId: VenueId
}

/** An offer of a shop of that mall goes live: it is on the list, is taken, and shows its code. */
async function takesAnOffer(t: ExecutionContext, page: Page, { server, venueId }: RealMall): Promise<void> {
  const { operator } = server
  const directory = await operator.call(venuesContract.readDirectory, { params: { venueId } })
  const shop = directory.ok && directory.body.destinations.find(({ kind }) => kind === 'shop')
  if (!shop) throw new Error('no shop in the directory')
  const made = await operator.call(offersContract.createCampaign, {
    params: { venueId },
    body: {
      terms: {
        name: { zh: '试一张券', en: 'A coupon to try' },
        coupon: { kind: 'full-reduction', minSpendFen: 5000, offFen: 1000 },
        trigger: { on: 'claim' },
        audience: { membership: 'anyone', visit: 'any' },
        limits: { total: 5, holdMs: 3_600_000 },
        redeemAt: [...shop.unitIds],
      },
    },
  })
  if (!made.ok) throw new Error(JSON.stringify(made.problem))
  const params = { venueId, campaignId: made.body.id }
  await operator.call(offersContract.moveCampaign, { params, body: { state: 'live' } })
  await openUrl(page, '/pages/offers/index')
  await passUntil(page, '试一张券')
  await front(page).locator('.ticket', { hasText: '试一张券' }).getByText('领取').click()
  await front(page).locator('.digits').waitFor()
  t.regex((await front(page).locator('.digits').innerText()).replace(/ /g, ''), /^\d{16}$/)
}

/** A bay of that mall’s garage by its number, and the way to it from where the walk has ended. */
async function notesTheCar(page: Page, { server, venueId }: RealMall): Promise<void> {
  const bays = await server.operator.call(parkingContract.listBays, { params: { venueId } })
  const bay = bays.ok ? bays.body[0] : undefined
  if (!bay) throw new Error('no bay in that mall')
  await openUrl(page, '/parking/car/index')
  await front(page).getByText('输入车位号').click()
  await front(page).locator('wx-input input').fill(bay.code)
  await front(page).locator('.bays .item').first().click()
  await passUntil(page, `${bay.level} ${bay.code}`)
  await front(page).getByText('带我去').click()
  await front(page).locator('.now').waitFor()
}
