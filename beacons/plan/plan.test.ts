import test from 'ava'
import { destinationsOf } from '../../maps/directory/index.ts'
import { ringsContain } from '../../maps/geometry/index.ts'
import { buildRoutingTables } from '../../maps/routes/index.ts'
import { realMall } from '../../maps/routes/testing/real-mall.ts'
import { tinyArchive } from '../../maps/testing/tiny-archive.ts'
import { areaPerBeaconM2, buildingOf, planVenue } from './index.ts'
import { judgePlan } from './testing/judge-plan.ts'

function tiny() {
  const archive = tinyArchive()
  const tables = buildRoutingTables(archive, destinationsOf(archive))
  return { tables, building: buildingOf(archive, tables) }
}

test('plans the same twice, one for about 80 m², on the floor, with a word why and where', (t) => {
  const { building } = tiny()
  const plan = planVenue(building)
  t.deepEqual(planVenue(tiny().building), plan)
  for (const { name, ground } of building.levels) {
    const own = plan.beacons.filter(({ level }) => level === name)
    const floorM2 = plan.measure.levels.find(({ level }) => level === name)!.floorM2
    t.true(
      own.length >= Math.round((floorM2 / areaPerBeaconM2) * 0.7),
      `${name}: ${own.length} for ${floorM2} m²`,
    )
    t.true(own.every(({ beside, mountHeightM }) => beside !== undefined && mountHeightM > 2))
    const onSite = plan.sketch.filter(({ level }) => level === name)
    t.true(onSite.length === own.length && onSite.every(({ x, y }) => ground.contains(x, y)))
  }
})

test('keeps what hangs, and asks for no more than is missing', (t) => {
  const { building } = tiny()
  const fresh = planVenue(building)
  const kept = fresh.beacons.map(({ label, levelId, x, y }) => ({
    ...{ id: label, levelId, x, y, mountHeightM: 3, measuredPowerDbm: -59, intervalMs: 500 },
  }))
  t.deepEqual(planVenue(building, kept).beacons, [])
  const one = planVenue(building, kept.slice(1))
  t.true(one.beacons.length <= 2)
  t.is(planVenue(building, [], ['F2']).beacons.filter(({ level }) => level === 'F1').length, 0)
})

test('a plan with fewer beacons is measured worse, and an unheard floor is not called covered', (t) => {
  const { building } = tiny()
  const whole = planVenue(building)
  const bare = planVenue(building, [], [])
  t.true(bare.measure.levels.every(({ covered }) => covered === 0))
  const worse = (index: number) => bare.measure.levels[index]!.errorM - whole.measure.levels[index]!.errorM
  t.true(worse(0) > 2 && worse(1) > 2)
  const expected = whole.measure.areas.map(({ expectedM }) => expectedM)
  t.deepEqual(
    expected,
    [...expected].sort((a, b) => b - a),
    'worst first',
  )
  t.true(bare.measure.levels.every(({ expectedM }, i) => expectedM > whole.measure.levels[i]!.expectedM + 2))
})

test('on the real mall phones are right within 2.5 m on average, and no beacon hangs where there is no ceiling', (t) => {
  const mall = realMall()
  if (!mall) {
    t.log('ATRIUM_REAL_MALL is not set: the plan of the real mall is not judged')
    t.pass()
    return
  }
  const tables = buildRoutingTables(mall.archive, mall.destinations)
  const building = buildingOf(mall.archive, tables)
  const plan = planVenue(building, [], ['F2', 'F3'])
  const { following } = judgePlan({ building, tables, plan }, { levels: ['F2'], perLevel: 3, seeds: [1] })
  t.log(JSON.stringify({ beacons: plan.beacons.length, ...following }))
  t.true(following.meanM <= 2.5, `${following.meanM} m`)
  t.true(following.withinRadius > 0.85)
  const openAbove = building.levels.find(({ name }) => name === 'F2')!.openAbove
  const under = plan.sketch.filter(({ x, y }) => openAbove.some((ring) => ringsContain([ring], x, y)))
  const onPillar = plan.beacons.filter(({ mount }) => mount !== 'ceiling').length
  t.true(under.length <= onPillar)
  // The halls are what it calls worse, and by how much.
  const onF2 = plan.measure.areas.filter(({ level }) => level === 'F2')
  const usualM = plan.measure.levels.find(({ level }) => level === 'F2')!.expectedM
  const moreM = Math.max(...onF2.map(({ expectedM }) => expectedM)) - usualM
  t.log(`usually ${usualM.toFixed(2)} m, in the worst area ${moreM.toFixed(2)} m more`)
  t.true(moreM > 0.3, `${moreM} m`)
})
