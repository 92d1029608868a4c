import { brotliCompressSync, constants } from 'node:zlib'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'
import { join } from 'node:path'
import { readCompetition } from '../competition/index.ts'
import { demoMall } from '../demo/index.ts'
import { destinationsOf } from '../directory/index.ts'
import type { Archive } from '../model/index.ts'
import { readFilesBelow } from '../testing/read-files.ts'
import { realMallDir } from '../testing/real-mall.ts'
import { tinyArchive, tinyId, tinyLonLat } from '../testing/tiny-archive.ts'
import { levelGeoJson } from './level-geojson.ts'
import { isPlace, isSymbol, isUnit, levelIds, shortIdLength } from './level-map.ts'

test('draws the units of a level by what they are, and nothing of the other level', (t) => {
  const level = levelGeoJson(tinyArchive(), tinyId('level F1'))!
  const units = level.features.filter(isUnit)
  t.deepEqual(units.map(({ properties }) => properties.k).sort(), ['floor', 'lift', 'shop', 'shop', 'toilet'])
  const coffee = levelIds(level).featureOf(tinyId('occupant coffee'))
  t.like(coffee?.properties, { k: 'shop', t: 'food', n: { zh: '山间咖啡', en: 'Hillside Coffee' } })
  t.is(level.features[0]?.properties.k, 'outline')
})

test('draws a door for each opening of the level, all in one feature', (t) => {
  const level = levelGeoJson(tinyArchive(), tinyId('level F1'))!
  const [doors, ...more] = level.features.filter(({ properties }) => properties.k === 'doors')
  t.is(more.length, 0)
  t.true(doors?.geometry.type === 'MultiLineString' && doors.geometry.coordinates.length === 5)
})

test('an empty shop is vacant, a back room aux, and closed when it is restricted', (t) => {
  const archive = tinyArchive()
  const unit = archive.features.unit.map((one) => {
    if (one.id === tinyId('unit F2 toilet'))
      return { ...one, properties: { ...one.properties, category: 'nonpublic' } }
    if (one.id === tinyId('unit F2 lift')) {
      return { ...one, properties: { ...one.properties, category: 'nonpublic', restriction: 'restricted' } }
    }
    return one
  })
  const level = levelGeoJson({ ...archive, features: { ...archive.features, unit } }, tinyId('level F2'))!
  const kinds = level.features.filter(isUnit).map(({ properties }) => properties.k)
  t.deepEqual(kinds.sort(), ['aux', 'closed', 'floor', 'shop', 'vacant'])
})

test('toilets within 14 m share a symbol under which each can be found, lifts within 9 m only', (t) => {
  const archive = tinyArchive()
  const toilet = archive.features.amenity.find(({ id }) => id === tinyId('amenity F1 toilet'))!
  const at = (category: string, x: number, number: number) => ({
    ...toilet,
    id: `0a7e1e00-0000-4000-8000-0000000001${String(number)}` as typeof toilet.id,
    geometry: { type: 'Point', coordinates: tinyLonLat(x, 10) } as const,
    properties: { ...toilet.properties, category, unit_ids: [tinyId('unit F1 corridor')] },
  })
  const amenity = [
    ...[at('restroom', 2, 10), at('restroom.female', 13, 11), at('restroom', 28, 12)],
    ...[at('elevator', 2, 13), at('elevator', 13, 14)],
  ]
  const unit = archive.features.unit.filter(
    ({ properties }) => !/restroom|elevator/.test(properties.category),
  )
  const level = levelGeoJson(
    { ...archive, features: { ...archive.features, amenity, unit } },
    tinyId('level F1'),
  )!
  const symbols = level.features.filter(isSymbol).filter(({ properties }) => properties.t !== 'entrance')
  t.deepEqual(
    symbols.map(({ properties }) => [properties.t, 1 + (properties.d?.length ?? 0)]),
    [
      ['lift', 1],
      ['lift', 1],
      ['toilet', 2],
      ['toilet', 1],
    ],
  )
  const ids = levelIds(level)
  t.is(ids.featureOf(amenity[0]!.id), ids.featureOf(amenity[1]!.id))
})

test('a food court is not named after one of its stalls', (t) => {
  const archive = tinyArchive()
  const anchors = archive.features.anchor.map((anchor) =>
    anchor.id === tinyId('anchor books')
      ? { ...anchor, properties: { ...anchor.properties, unit_id: tinyId('unit F1 coffee') } }
      : anchor,
  )
  const level = levelGeoJson(
    { ...archive, features: { ...archive.features, anchor: anchors } },
    tinyId('level F1'),
  )!
  const ids = levelIds(level)
  const court = ids.featureOf(tinyId('occupant coffee'))
  t.is(court, ids.featureOf(tinyId('occupant books')))
  t.false('n' in court!.properties)
})

test('answers undefined for a level that is not there', (t) => {
  t.is(levelGeoJson(tinyArchive(), tinyId('venue') as never), undefined)
})

test('short ids tell all ids apart, and no shorter ones would', (t) => {
  const id = fc.string({ unit: fc.constantFrom('0', '1', 'a'), minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 60 }), (ids) => {
      const length = shortIdLength(ids)
      const distinct = (n: number) => new Set(ids.map((one) => one.slice(-n))).size
      t.is(distinct(length), ids.length)
      if (length > 5) t.true(distinct(length - 1) < ids.length)
    }),
  )
})

test('the demo mall: every unit once, every destination to be found', (t) => {
  drawsWhole(t, demoMall())
})

test('the real mall: every unit once, every destination to be found, at most 16 KiB a level', (t) => {
  const dir = realMallDir()
  if (dir === undefined) {
    t.log('left out: ATRIUM_REAL_MALL names no folder')
    t.pass()
    return
  }
  const read = readCompetition(readFilesBelow(join(dir, 'venue')), { name: 'mall' })
  if ('refused' in read) throw new Error(JSON.stringify(read.problems))
  for (const [level, bytes] of drawsWhole(t, read.archive)) {
    t.log(`${level}: ${String(bytes)} bytes under brotli`)
    t.true(bytes <= 16 * 1024, level)
  }
})

/** Holds every level of a venue to the promise of its docstring; gives their sizes under brotli. */
function drawsWhole(t: ExecutionContext, archive: Archive): [level: string, bytes: number][] {
  const destinations = destinationsOf(archive)
  return archive.features.level.map(({ id, properties }) => {
    const level = levelGeoJson(archive, id, destinations)!
    const units = archive.features.unit.filter((unit) => unit.properties.level_id === id)
    t.is(level.features.filter(isUnit).length, units.length)
    const shapes = new Set(level.features.filter(isUnit).map(({ geometry }) => JSON.stringify(geometry)))
    const asDrawn = (degrees: number) => Number(degrees.toFixed(7))
    for (const { id: unitId, geometry } of units) {
      const rounded = JSON.stringify(geometry, (_, value: unknown) =>
        typeof value === 'number' ? asDrawn(value) : value,
      )
      if (!shapes.has(rounded)) t.fail(`unit ${unitId} is not drawn as it is`)
    }
    const places = level.features.filter(isPlace).flatMap((feature) => feature.id ?? [])
    t.is(new Set(places).size, places.length, 'an id names one feature')
    const ids = levelIds(level)
    for (const destination of destinations) {
      const found = ids.featureOf(destination.id)
      const isDrawn = destination.kind === 'shop' || destination.kind === 'bay'
      if (destination.levelId === id && isDrawn && !found) t.fail(`${destination.id} is not to be found`)
    }
    const bytes = brotliCompressSync(JSON.stringify(level), {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    }).length
    return [Object.values(properties.short_name)[0] ?? id, bytes]
  })
}
