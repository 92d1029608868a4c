import process from 'node:process'
import test from 'ava'
import { destinationsOf } from '../../../maps/directory/index.ts'
import { Instructor } from '../../../maps/instructions/index.ts'
import { buildRoutingTables, Router } from '../../../maps/routes/index.ts'
import { realMall } from '../../../maps/routes/testing/real-mall.ts'
import type { VenueId } from '../../../maps/model/index.ts'
import { parkingMapOf } from '../lots/parking-map.ts'
import { combinePlaces } from './combine-places.ts'
import type { SaidPlace } from './combine-places.ts'
import { driveOutOf, presentWay, wayToCar } from './route-to-car.ts'

const mall = realMall()

if (!mall) {
  test('the real mall is left out', (t) => {
    t.log('ATRIUM_REAL_MALL is not set: no way to a bay of the real mall was tried')
    t.pass()
  })
} else {
  const map = parkingMapOf(mall.archive, { venueId: 'mall' as VenueId, versionId: 'v1' })
  const tables = buildRoutingTables(mall.archive, destinationsOf(mall.archive))
  const { levels, connectors, places } = tables
  const ways = { router: Router.of(tables), instructor: new Instructor(tables) }
  const shops = places.filter(({ kind }) => kind === 'shop')

  test('the way from any shop on any level leads to the bay, step-free when asked', (t) => {
    t.true(map.bays.length > 400)
    const from = new Set<number>()
    const startS = process.cpuUsage().user / 1e6
    let found = 0
    for (let index = 0; index < 50; index++) {
      const bay = map.bays[(index * 37) % map.bays.length]!
      for (const shop of shops) {
        const way = wayToCar(map, ways, { from: { place: shop.id }, to: bay, profile: 'step-free' })
        if ('refused' in way) {
          t.fail(`${shop.id} to ${bay.code}: ${way.refused}`)
          continue
        }
        found++
        from.add(shop.level)
        const last = way.legs[way.legs.length - 1]!
        const rides = way.legs.flatMap((leg) =>
          leg.kind === 'ride' ? [connectors[leg.connector]!.kind] : [],
        )
        const end = last.kind === 'walk' ? last.points[last.points.length - 1]! : undefined
        const isRight =
          way.to.place?.id === bay.id &&
          last.kind === 'walk' &&
          levels[last.level]!.id === bay.levelId &&
          Math.hypot(end!.x - bay.x, end!.y - bay.y) < 10
        if (!isRight) t.fail(`${shop.id} to ${bay.code} ends elsewhere`)
        if (rides.some((kind) => kind !== 'lift' && kind !== 'ramp'))
          t.fail(`${shop.id} to ${bay.code}: ${rides.join()}`)
      }
    }
    const busyS = process.cpuUsage().user / 1e6 - startS
    t.log(`${found} ways from ${from.size} levels to 50 bays in ${busyS.toFixed(1)} s of processor time`)
    t.is(from.size, levels.length)
    t.is(found, 50 * shops.length)
  })

  test('the exit for a car is the nearest to drive to of those an operator named, from every bay', (t) => {
    t.deepEqual(map.exits, [], 'this map draws none, and none is guessed')
    const beside = ['B277', 'C017'].map((code) => map.bayCalled(code)!)
    const exits = beside.map(({ code, levelId, x, y }) => ({ name: { zh: code }, levelId, x, y }))
    const named = new Set<string>()
    for (let index = 0; index < 60; index++) {
      const bay = map.bays[(index * 37) % map.bays.length]!
      const out = driveOutOf(map, ways, { at: bay, exits })
      const lengths = exits.map(({ levelId, x, y }) => {
        const way = wayToCar(map, ways, { from: { levelId, x, y }, to: bay, profile: 'fastest' })
        return 'refused' in way ? Infinity : way.lengthM
      })
      const nearestM = Math.min(...lengths)
      t.true(out !== undefined && Math.abs(out.distanceM - nearestM) < 2, `${bay.code}: ${String(nearestM)}`)
      named.add(out?.name.zh ?? '')
    }
    t.is(named.size, 2, 'each is the nearest to some')
  })

  test('a place between the bays is named by the nearest bay, and its way ends there with instructions', (t) => {
    const bay = map.bays[100]!
    const said: SaidPlace = {
      source: 'trail',
      ...{ atMs: 0, levelId: bay.levelId, x: bay.x + 1, y: bay.y + 1 },
      ...{ radiusM: 13, confidence: 0.9 },
    }
    const place = combinePlaces([said], map)!
    t.truthy(place.bay)
    t.true(place.bay!.distanceM < 3)
    const way = wayToCar(map, ways, { from: { place: shops[0]!.id }, to: place, profile: 'fastest' })
    if ('refused' in way) return t.fail(way.refused)
    const { steps, legs } = presentWay(ways, way, 'zh')
    t.is(steps[steps.length - 1]?.kind, 'arrive')
    t.true(legs.length > 0)
    return undefined
  })
}
