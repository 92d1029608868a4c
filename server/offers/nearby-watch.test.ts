import test from 'ava'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import type { VersionId } from '../../maps/model/index.ts'
import type { ZonePlan } from '../venues/index.ts'
import { CampaignIndex } from './campaign-index.ts'
import { maxNear, NearbyWatch } from './nearby-watch.ts'
import { campaignOf, noonMs } from './testing/any-campaign.ts'

const levelId = tinyId('level F1')
const shop = tinyId('unit F1 coffee')
const corners = [
  [10, 10],
  [20, 10],
  [20, 20],
  [10, 20],
] as const
const plan: ZonePlan = {
  venueId: tinyId('venue'),
  versionId: 'one' as VersionId,
  levels: [{ levelId, ordinal: 0, originXM: 0, originYM: 0 }],
  zones: [{ id: shop, kind: 'unit', on: [{ levelId, rings: [corners.map(([x, y]) => ({ x, y }))] }] }],
}
const index = new CampaignIndex([campaignOf({ trigger: { on: 'nearby', zones: [shop], withinM: 8 } })])

const fixAt = (x: number, change: { visitorId?: string; levelId?: string; radiusM?: number } = {}) => ({
  venueId: plan.venueId,
  visitorId: 'visitor',
  levelId,
  y: 15,
  radiusM: 4,
  atMs: noonMs,
  ...change,
  x,
})

test('says once that somebody came near, and again only after they went away', (t) => {
  const watch = new NearbyWatch()
  const said = [-20, 0, 1.9, 2, 1, 3, 12, 0, 2, -6.9, 2, -7.1, 2].map(
    (x) => watch.take(fixAt(x), index, plan).length,
  )
  //            far    edge  in     inside   hysteresis, away from 17 m on
  t.deepEqual(said, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  t.deepEqual(new NearbyWatch().take(fixAt(5), index, plan), [{ kind: 'nearby', zoneId: shop, distanceM: 5 }])
  t.like(new NearbyWatch().take(fixAt(15), index, plan)[0], { distanceM: 0 })
})

test('a vague position, another level or no campaign say nothing', (t) => {
  const watch = new NearbyWatch()
  t.deepEqual(watch.take(fixAt(5, { radiusM: 12.1 }), index, plan), [])
  t.deepEqual(watch.take(fixAt(5, { levelId: tinyId('level F2') }), index, plan), [])
  t.deepEqual(watch.take(fixAt(5), new CampaignIndex([]), plan), [])
  t.deepEqual(watch.take(fixAt(5), index, undefined), [])
  t.is(watch.size, 0)
})

test('keeps a bounded number of visitors, and forgets one who is erased', (t) => {
  const watch = new NearbyWatch()
  for (let number = 0; number < maxNear + 10; number++) {
    watch.take(fixAt(5, { visitorId: `visitor ${number}` }), index, plan)
  }
  t.is(watch.size, maxNear)
  watch.forget(`visitor ${maxNear}`)
  t.is(watch.size, maxNear - 1)
})
