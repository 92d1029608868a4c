import test from 'ava'
import { pinyin } from 'pinyin-pro'
import { destinationsOf } from '../directory/index.ts'
import { areaOfRingsM2, distanceToRingsM, intersection, ringsContain, ringsOf } from '../geometry/index.ts'
import { readImdf, writeImdf } from '../imdf/index.ts'
import { levelFrameOf, shopCategories, toXy } from '../model/index.ts'
import type { LevelFeature, UnitFeature, Xy } from '../model/index.ts'
import { buildSearchIndex, openSearch } from '../search/index.ts'
import { validateArchive } from '../validate/index.ts'
import { demoMall } from './index.ts'

const mall = demoMall()
const { features } = mall
const destinations = destinationsOf(mall)
const keyOf = ({ properties }: LevelFeature): string => properties.short_name.zh!
const levelOf = new Map(features.level.map((level) => [level.id as string, level]))
const unitsOf = (level: LevelFeature): UnitFeature[] =>
  features.unit.filter(({ properties }) => properties.level_id === level.id)
const ringsOfUnit = ({ geometry, properties }: UnitFeature) =>
  ringsOf(geometry, levelFrameOf(levelOf.get(properties.level_id)!))

/** Units on which one walks. */
const isFloor = ({ properties }: UnitFeature): boolean =>
  properties.category === 'walkway' || properties.category === 'terrace'

test('is the same mall every time', (t) => {
  t.is(JSON.stringify(demoMall()), JSON.stringify(mall))
})

test('is as large as it says', (t) => {
  t.deepEqual(features.level.map(keyOf), ['B2', 'B1', 'F1', 'F2', 'F3', 'F4', 'F5'])
  t.deepEqual(
    features.level.map(({ properties }) => properties.ordinal),
    [-2, -1, 0, 1, 2, 3, 4],
  )
  const count = (kind: string): number => destinations.filter((one) => one.kind === kind).length
  t.is(count('shop'), 230)
  t.is(count('bay'), 400)
  t.is(count('entrance'), 7)
  t.is(features.kiosk.length, 11)
  const lifts = features.relationship.filter(({ properties }) => properties.category === 'elevator')
  const stairs = features.relationship.filter(({ properties }) => properties.category === 'stairs')
  const belts = features.relationship.filter(({ properties }) => properties.category === 'escalator')
  t.deepEqual([lifts.length, stairs.length, belts.length], [8, 4, 20])
})

test('passes its own validator without a word', (t) => {
  t.deepEqual(validateArchive(mall), [])
})

test('comes back from its IMDF files as it was', (t) => {
  const read = readImdf(writeImdf(mall))
  t.false('refused' in read)
  if ('refused' in read) return
  t.deepEqual(read.archive, mall)
  t.deepEqual(read.problems, [])
})

test('no two units of a level overlap', (t) => {
  for (const level of features.level) {
    const shapes = unitsOf(level).map((unit) => {
      const rings = ringsOfUnit(unit)
      const points = rings.flat()
      return {
        unit,
        rings,
        minX: Math.min(...points.map(({ x }) => x)),
        maxX: Math.max(...points.map(({ x }) => x)),
        minY: Math.min(...points.map(({ y }) => y)),
        maxY: Math.max(...points.map(({ y }) => y)),
      }
    })
    shapes.forEach((a, i) => {
      for (const b of shapes.slice(i + 1)) {
        if (a.minX >= b.maxX || b.minX >= a.maxX || a.minY >= b.maxY || b.minY >= a.maxY) continue
        const sharedM2 = areaOfRingsM2(intersection(a.rings, b.rings))
        t.true(sharedM2 < 0.02, `${sharedM2} m² shared on ${keyOf(level)}`)
      }
    })
  }
})

test('on a shopping level nothing is left between the units', (t) => {
  for (const level of features.level.filter(({ properties }) => properties.ordinal >= 0)) {
    const outlineM2 = areaOfRingsM2(ringsOf(level.geometry, levelFrameOf(level)))
    const unitsM2 = unitsOf(level).reduce((sum, unit) => sum + areaOfRingsM2(ringsOfUnit(unit)), 0)
    t.true(Math.abs(outlineM2 - unitsM2) < 1, `${outlineM2 - unitsM2} m² on ${keyOf(level)}`)
  }
})

test('every shop has a door in its wall, with floor to walk on in front of it', (t) => {
  for (const level of features.level) {
    const frame = levelFrameOf(level)
    const units = unitsOf(level)
    const floors = units.filter(isFloor).map(ringsOfUnit)
    const doors = features.opening
      .filter(({ properties }) => properties.level_id === level.id)
      .map(({ geometry }) => geometry.coordinates.map((position) => toXy(frame, position)))
    const shops = new Set(
      destinations.filter(({ kind }) => kind === 'shop').flatMap(({ unitIds }) => unitIds),
    )
    for (const unit of units.filter(({ id }) => shops.has(id))) {
      const rings = ringsOfUnit(unit)
      const own = doors.filter((ends) => ends.every(({ x, y }) => distanceToRingsM(rings, x, y) < 0.01))
      t.true(own.length > 0, `a shop without a door on ${keyOf(level)}`)
      for (const [from, to] of own as [Xy, Xy][]) {
        const widthM = Math.hypot(to.x - from.x, to.y - from.y)
        t.true(widthM >= 1.5 && widthM <= 6.1, `a door of ${widthM} m`)
        const [nx, ny] = [(to.y - from.y) / widthM, (from.x - to.x) / widthM]
        const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2]
        const outside = [1, -1].map((turn) => ({ x: x + turn * nx, y: y + turn * ny }))
        const open = outside.filter((point) => floors.some((floor) => ringsContain(floor, point.x, point.y)))
        t.is(open.length, 1, `a door on ${keyOf(level)} that leads nowhere`)
      }
    }
  }
})

test('lifts and stairs stand exactly over each other', (t) => {
  const corners = (unit: UnitFeature): ReadonlySet<string> =>
    new Set((unit.geometry.coordinates.flat(1) as number[][]).map((position) => position.join(' ')))
  const units = new Map(features.unit.map((unit) => [unit.id as string, unit]))
  for (const { properties } of features.relationship) {
    if (properties.category === 'escalator') continue
    const ends = [properties.origin, ...(properties.intermediary ?? []), properties.destination]
    const stops = ends.map((end) => units.get(end!.id)!)
    t.is(new Set(stops.map((unit) => unit.properties.level_id)).size, stops.length)
    const areas = stops.map((unit) => areaOfRingsM2(ringsOfUnit(unit)))
    const sharedM2 = areaOfRingsM2(
      stops.map(ringsOfUnit).reduce((shared, rings) => intersection(shared, rings)),
    )
    t.true(Math.max(...areas) - sharedM2 < 0.05, `${properties.category}: ${areas.join(', ')}, ${sharedM2}`)
    if (properties.category !== 'elevator') continue
    const shared = stops.map(corners).reduce((a, b) => new Set([...a].filter((corner) => b.has(corner))))
    t.true(shared.size >= 4, 'the corners of a lift differ between levels')
  }
})

test('six lifts reach from the lowest parking level to the roof', (t) => {
  const stops = features.relationship
    .filter(({ properties }) => properties.category === 'elevator')
    .map(({ properties }) => (properties.intermediary?.length ?? 0) + 2)
  t.deepEqual(
    stops.sort((a, b) => b - a),
    [7, 7, 7, 7, 7, 7, 5, 5],
  )
})

test('every belt of an escalator has one end to step on and one to step off, a level apart', (t) => {
  const units = new Map(features.unit.map((unit) => [unit.id as string, unit]))
  for (const { properties } of features.relationship) {
    if (properties.category !== 'escalator') continue
    t.is(properties.direction, 'directed')
    const [from, to] = [properties.origin, properties.destination].map((end) => units.get(end!.id)!)
    const [lower, upper] = [from!, to!].map(
      (unit) => levelOf.get(unit.properties.level_id)!.properties.ordinal,
    )
    t.is(Math.abs(lower! - upper!), 1)
    const ends = [from!, to!].map((unit) => {
      const frame = levelFrameOf(levelOf.get(unit.properties.level_id)!)
      const rings = ringsOfUnit(unit)
      const doors = features.opening
        .filter(({ properties: { level_id } }) => level_id === unit.properties.level_id)
        .map(({ geometry }) => geometry.coordinates.map((position) => toXy(frame, position)))
        .filter((line) => line.every(({ x, y }) => distanceToRingsM(rings, x, y) < 0.01))
      t.is(doors.length, 1)
      return doors[0]![0]!
    })
    t.true(Math.hypot(ends[0]!.x - ends[1]!.x, ends[0]!.y - ends[1]!.y) > 10)
  }
})

test('bays are of full size and no number is given twice', (t) => {
  const bays = destinations.filter(({ kind }) => kind === 'bay')
  t.is(new Set(bays.map(({ name }) => name.zh)).size, 400)
  t.is(bays.filter(({ level }) => level === 'B1').length, 160)
  t.true(bays.some(({ name, level }) => name.zh === 'A001' && level === 'B1'))
  for (const unit of features.unit.filter(({ properties }) => properties.category === 'parking')) {
    t.true(Math.abs(areaOfRingsM2(ringsOfUnit(unit)) - 2.5 * 5.3) < 0.05)
  }
})

test('toilets for all are on every level, within 110 metres of any shop', (t) => {
  for (const level of ['B2', 'B1', 'F1', 'F2', 'F3', 'F4', 'F5']) {
    const here = destinations.filter((one) => one.level === level)
    for (const category of ['restroom.male', 'restroom.female', 'restroom.wheelchair', 'mothersroom']) {
      const toilets = here.filter((one) => one.category === category)
      t.is(toilets.length, 2, `${category} on ${level}`)
      for (const shop of here.filter(({ kind }) => kind === 'shop')) {
        const nearestM = Math.min(...toilets.map(({ x, y }) => Math.hypot(shop.x - x, shop.y - y)))
        t.true(nearestM < 110, `${shop.name.zh!}: ${nearestM} m`)
      }
    }
  }
})

test('every shop has a name in two languages, of its own unless it stands on two levels, and hours', (t) => {
  const shops = destinations.filter(({ kind }) => kind === 'shop')
  const levelsByName = new Map<string, string[]>()
  for (const { name, level, hours, shopCategory } of shops) {
    t.truthy(name.zh)
    t.truthy(name.en)
    t.truthy(hours)
    t.truthy(shopCategory)
    levelsByName.set(name.zh!, [...(levelsByName.get(name.zh!) ?? []), level])
  }
  const twice = [...levelsByName].filter(([, levels]) => levels.length > 1)
  t.deepEqual(Object.fromEntries(twice), { 云汀百货: ['F1', 'F2'], 尺度: ['F1', 'F2'] })
  t.deepEqual(
    shopCategories.filter((category) => !shops.some((shop) => shop.shopCategory === category)),
    [],
  )
})

test('names no brand that exists, as far as we know brands', async (t) => {
  const { brandOf } = await import('../directory/index.ts')
  const real = features.occupant.filter(({ properties }) => Object.values(properties.name).some(brandOf))
  t.deepEqual(
    real.map(({ properties }) => properties.name),
    [],
  )
})

interface BeaconCollection {
  readonly features: readonly {
    readonly geometry: { readonly coordinates: [number, number] }
    readonly properties: { readonly major: number; readonly minor: number; readonly level_id: string }
  }[]
}

test('one beacon for some ninety square metres of public floor, none further than 11 m', (t) => {
  const { features: beacons } = mall.extensions.beacon as unknown as BeaconCollection
  t.is(new Set(beacons.map(({ properties: { major, minor } }) => `${major} ${minor}`)).size, beacons.length)
  for (const level of features.level.filter(({ properties }) => properties.ordinal >= 0)) {
    const frame = levelFrameOf(level)
    const floors = unitsOf(level).filter(({ properties }) => properties.category === 'walkway')
    const here = beacons
      .filter(({ properties }) => properties.level_id === level.id)
      .map(({ geometry }) => toXy(frame, geometry.coordinates))
    const floorM2 = floors.reduce((sum, unit) => sum + areaOfRingsM2(ringsOfUnit(unit)), 0)
    t.true(Math.abs(floorM2 / here.length - 90) < 2, `${floorM2 / here.length} m² a beacon`)
    for (const { x, y } of here) {
      t.true(floors.some((unit) => ringsContain(ringsOfUnit(unit), x, y)))
    }
    for (const { x, y } of floors.flatMap((unit) => ringsOfUnit(unit)).flat()) {
      const nearestM = Math.min(...here.map((beacon) => Math.hypot(beacon.x - x, beacon.y - y)))
      t.true(nearestM < 11, `${nearestM} m to the nearest beacon on ${keyOf(level)}`)
    }
  }
})

const { search } = openSearch(buildSearchIndex(destinations))

test('every shop is found by its names, its pinyin and its initials', (t) => {
  for (const { id, name } of destinations.filter(({ kind }) => kind === 'shop')) {
    const syllables = pinyin(name.zh!, { toneType: 'none', type: 'array', v: true })
    const initials = syllables.map((syllable) => syllable[0]).join('')
    for (const query of [name.zh!, name.en!, syllables.join(''), syllables.join(' '), initials]) {
      const found = search(query, { limit: 10 }).some(({ destination }) => destination.id === id)
      t.true(found, `${name.zh!} by ${query}`)
    }
  }
})

test('what people type finds what they mean', (t) => {
  const first = (query: string): string => {
    const hit = search(query)[0]
    return hit ? `${hit.name} ${hit.destination.level}` : ''
  }
  t.is(first('青禾书店'), '青禾书店 F4')
  t.is(first('qhsd'), '青禾书店 F4')
  t.is(first('qinghe boks'), '青禾书店 F4')
  t.is(first('c17'), 'C017 B1')
  t.regex(first('hg'), /火锅/)
  t.regex(first('B2 电梯'), /电梯 B2/)
})
