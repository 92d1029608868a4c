import test from 'ava'
import { join } from 'node:path'
import { isWholeMall, realMallDir } from '../../maps/testing/real-mall.ts'
import { compareWalk, scoreOf } from '../../positioning/testing/evaluation.ts'
import { createClient } from '../../server/contract/index.ts'
import { caseAt } from '../../server/presence/testing/real-walks.ts'
import { openTestServer } from '../../server/testing/open-test-server.ts'
import { openTown, virtualTime } from '../simulate/index.ts'
import { importMall } from './import-mall.ts'
import { replay } from './replay.ts'
import { greetAt, takeTour } from './tour.ts'

const title =
  'recorded walks through a running server: the kernel’s accuracy, few unknown changes, an offer, a kiosk, a car'
/** All 117 walks take minutes, some of two levels half a minute, which CI leaves to whoever asks. */
const isWhole = isWholeMall()
const dir = process.env.CI === 'true' && !isWhole ? undefined : realMallDir()
const sampled = { levels: ['B1', 'F1'], everyNth: 5 } as const

if (dir === undefined) {
  test(title, (t) => {
    t.log('left out: recorded walks through a server (ATRIUM_REAL_MALL=their folder npx ava bench/replay)')
    t.pass()
  })
} else {
  test(title, async (t) => {
    t.timeout(isWhole ? 3_000_000 : 400_000)
    const walksOf = (set: string) => join(dir, 'walks', set)
    const mall = caseAt({
      venueDir: join(dir, 'venue'),
      surveyDir: walksOf('survey'),
      walksDir: walksOf('test'),
      ...(isWhole ? {} : { levels: sampled.levels }),
    })
    const server = await openTestServer(t)
    const { address: serverUrl, clock } = server
    const operator = await server.tokenOf('operator')
    const client = createClient({ baseUrl: serverUrl, fetch, token: () => operator })
    const venueId = await importMall(client, mall)
    const town = await openTown(serverUrl, venueId)
    await greetAt(
      client,
      venueId,
      mall.zones.map(({ id }) => id),
    )

    const { extents, zones } = mall
    const walks = mall.walks.filter((_, index) => isWhole || index % sampled.everyNth === 0)
    const result = await replay({
      ...{ serverUrl, town, walks, extents, zones },
      time: virtualTime(clock),
      speed: 1,
      // As the figures of presence were measured; what a server asks for depends on how busy the machine is.
      reportMs: 1000,
      atOnce: 8,
    })
    t.log(JSON.stringify(result))

    const kernel = scoreOf(
      walks.flatMap((walk) => compareWalk(walk, mall.newTracker(), extents)).filter(({ covered }) => covered),
    )
    const { accuracy, presence, offers, reports } = result
    t.log('kernel alone', JSON.stringify(kernel))
    t.is(accuracy.covered.n, kernel.n)
    // The phone asks its engine more often, which draws other random numbers: on few questions that is seen.
    const slackM = isWhole ? 0.4 : 1
    t.true(
      Math.abs(accuracy.covered.meanM - kernel.meanM) <= slackM,
      `${accuracy.covered.meanM} m, kernel ${kernel.meanM} m`,
    )
    t.true(accuracy.covered.levelRight >= kernel.levelRight - 0.02, String(accuracy.covered.levelRight))
    t.is(reports.refused, 0)
    if (isWhole) {
      t.true(presence!.unknownPerMinute <= 0.5, String(presence!.unknownPerMinute))
      t.true(presence!.delayS.p90 <= 8, String(presence!.delayS.p90))
    }
    t.true(presence!.changesPerMinute > 0, 'nobody was noticed anywhere')
    t.true(offers > 0, 'no offer came to anybody who walked in')

    const tour = await takeTour({ serverUrl, operator, town, nowMs: () => clock.nowMs })
    t.log(JSON.stringify(tour))
    t.is(tour.offer.discountFen, 1000)
    t.is(tour.kiosk.left, 49)
    t.true(tour.car.where !== '' && tour.car.wayM > 0, JSON.stringify(tour.car))
  })
}
