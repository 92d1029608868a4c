import test from 'ava'
import fc from 'fast-check'
import { join } from 'node:path'
import { destinationsOf } from '../directory/index.ts'
import { readImdf, writeImdf } from '../imdf/index.ts'
import { levelFrameOf, toXy } from '../model/index.ts'
import type { Archive, Json } from '../model/index.ts'
import { jsonAt, parseJson, pathInto, withMember } from '../testing/edit-json.ts'
import { readFilesBelow } from '../testing/read-files.ts'
import { realMallDir } from '../testing/real-mall.ts'
import { readCompetition } from './index.ts'
import { labelsOf, ordinalOf, plainText } from './names.ts'

const named = { name: 'Test Mall' }

/** A square in degrees of 1e-5 (about a metre) from (120, 30). */
const square = (left: number, bottom: number, size: number): Json => ({
  type: 'Polygon',
  coordinates: [
    [
      [left, bottom],
      [left + size, bottom],
      [left + size, bottom + size],
      [left, bottom + size],
      [left, bottom],
    ].map(([x, y]) => [120 + x! * 1e-5, 30 + y! * 1e-5]),
  ],
})

const place = (id: string, name: string, geometry: Json, more: Record<string, Json> = {}): Json => ({
  type: 'Feature',
  id,
  geometry,
  properties: {
    id,
    name,
    display: name,
    category: [],
    version: '2019-11-19T11:52:19.893Z',
    points: [],
    ...more,
  },
})

function oneLevel(...places: Json[]): Record<string, string> {
  const outline = {
    type: 'Feature',
    id: 'outline',
    geometry: square(0, 0, 100),
    properties: { Vr: '000200' },
  }
  return {
    'mall/F1/geojson_map.json': JSON.stringify({ type: 'FeatureCollection', features: [outline, ...places] }),
    'mall/F1/floor_info.json': '{"map_info":{"width":96.4,"height":111.3}}',
  }
}

function accepted(files: Readonly<Record<string, string>>): Archive {
  const read = readCompetition(files, named)
  if ('refused' in read) throw new Error(JSON.stringify(read.problems, null, 1))
  return read.archive
}

test('makes of each kind of place what IMDF calls it', (t) => {
  const parking = ['5d3579f37ea32247d2a96081', '5d357bc00d3c1514c7107b6a', '5d357bc00d3c1514c7107b6b']
  const archive = accepted(
    oneLevel(
      place('a', 'CHOW&amp;RAY', square(0, 0, 9)),
      place('b', 'fuzhumian', square(10, 0, 9)),
      place('c', 'feikaifangquyu', square(20, 0, 9)),
      place('d', 'xishoujianfuzhumian', square(30, 0, 9)),
      place('e', 'zhongkong', square(40, 0, 9)),
      place('f', 'kongpu', square(50, 0, 9)),
      place('g', 'xiuxiqu', square(60, 0, 9)),
      place('h', 'B277', square(70, 0, 9), { category: parking }),
      place('i', 'zhuawawaji', square(80, 0, 9)),
      place('j', 'zhuangxiu', square(90, 0, 9), { display: 'xianguo1hao' }),
    ),
  )
  const units = archive.features.unit.map(({ properties }) => [
    jsonAt(Reflect.get(properties, 'source') as Json, ['id']),
    properties.category,
    properties.restriction,
    properties.name,
  ])
  t.deepEqual(units, [
    ['a', 'room', null, null],
    ['b', 'nonpublic', null, null],
    ['c', 'nonpublic', 'restricted', null],
    ['d', 'restroom', null, null],
    ['e', 'opentobelow', null, null],
    ['f', 'unspecified', null, null],
    ['g', 'lounge', null, null],
    ['h', 'parking', null, { zh: 'B277' }],
    ['i', 'room', null, null],
    ['j', 'unspecified', null, null],
  ])
  t.deepEqual(
    archive.features.occupant.map(({ properties }) => [properties.name, properties.category]),
    [
      [{ en: 'CHOW&RAY' }, 'unspecified'],
      [{ 'zh-Latn': 'zhuawawaji' }, 'arcade'],
    ],
  )
  t.deepEqual(
    archive.features.amenity.map(({ properties }) => properties.unit_ids),
    [[archive.features.unit[3]!.id]],
  )
  for (const at of [5, 9]) t.true(Reflect.get(archive.features.unit[at]!.properties, 'vacant'))
})

test('keeps all that the source says of a feature', (t) => {
  const archive = accepted(oneLevel(place('a', 'GANT', square(0, 0, 9), { odd: { deep: [1, null] } })))
  t.like(Reflect.get(archive.features.unit[0]!.properties, 'source'), {
    id: 'a',
    name: 'GANT',
    version: '2019-11-19T11:52:19.893Z',
    odd: { deep: [1, null] },
  })
  t.deepEqual(Reflect.get(archive.features.level[0]!.properties, 'source'), { id: 'outline', Vr: '000200' })
  t.is(archive.manifest.created, '2019-11-19T11:52:19.893Z')
})

test('gives the same archive, ids and all, at every import and from any folder above', (t) => {
  const files = oneLevel(place('a', 'GANT', square(0, 0, 9)), place('b', 'fuzhumian', square(10, 0, 9)))
  const moved = Object.entries(files).map(([path, text]) => [path.replace('mall/', ''), text])
  t.deepEqual(accepted(files), accepted(Object.fromEntries(moved) as Record<string, string>))
  t.is(accepted(files).features.level[0]!.id, '53ce0e9f-9384-5a4b-93eb-2239e7f1cbda' as never)
})

test('measures a level as its floor_info says', (t) => {
  const level = accepted(oneLevel()).features.level[0]!
  const corner = toXy(levelFrameOf(level), [120.001, 30.001])
  t.true(Math.abs(corner.x - 96.4) < 1e-6)
  t.true(Math.abs(corner.y - 111.3) < 1e-6)
})

test('puts the anchor where the source has the label, else inside the shop', (t) => {
  const mercator = (lon: number, lat: number): Json => [
    (lon * Math.PI * 6378137) / 180,
    6378137 * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)),
  ]
  const archive = accepted(
    oneLevel(
      place('a', 'GANT', square(0, 0, 9), { point: mercator(120.00002, 30.00007) }),
      place('b', 'KOI', square(10, 0, 9), { point: mercator(120.0009, 30.0009) }),
    ),
  )
  const [first, second] = archive.features.anchor.map(({ geometry }) => geometry.coordinates)
  t.deepEqual(first, [120.00002, 30.00007])
  t.true(Math.abs(second![0]! - 120.000145) < 1e-9 && Math.abs(second![1]! - 30.000045) < 1e-9)
})

test('mends open and crossing outlines with a warning, and drops what stands twice', (t) => {
  const open = withoutLast(square(0, 0, 9))
  const spur = [
    [0, 20],
    [20, 20],
    [20, 40],
    [9.8, 40],
    [10.2, 40.4],
    [10.2, 40],
    [0, 40],
    [0, 20],
  ]
  const crossing: Json = {
    type: 'Polygon',
    coordinates: [spur.map(([x, y]) => [120 + x! * 1e-5, 30 + y! * 1e-5])],
  }
  const read = readCompetition(
    oneLevel(
      place('a', 'GANT', open),
      place('b', 'KOI', crossing),
      place('c', 'MM', square(50, 50, 9)),
      place('d', 'MM', square(50, 50, 9)),
    ),
    named,
  )
  if ('refused' in read) return t.fail()
  t.deepEqual(
    read.problems.map(({ severity, code, feature }) => [severity, code, feature]),
    [
      ['warning', 'shape-mended', 'a'],
      ['warning', 'shape-mended', 'b'],
      ['warning', 'place-twice', 'd'],
    ],
  )
  t.is(read.archive.features.unit.length, 3)
})

function withoutLast(geometry: Json): Json {
  const ring = jsonAt(geometry, ['coordinates', 0])
  return { type: 'Polygon', coordinates: [Array.isArray(ring) ? (ring as Json[]).slice(0, -1) : []] }
}

test('names every fault with its file, feature and field', (t) => {
  const files = oneLevel(place('a', 'GANT', { type: 'Point', coordinates: [120, 30] }), null)
  const read = readCompetition(
    {
      ...withMember(files, 'mall/F1/floor_info.json', ['map_info', 'width'], -1),
      'mall/Roof/geojson_map.json': '{',
    },
    named,
  )
  t.true('refused' in read)
  const faults = read.problems.map(({ code, file, feature, field }) => [code, file, feature, field])
  t.deepEqual(faults, [
    ['bad-feature', 'mall/F1/floor_info.json', '', 'map_info.width'],
    ['bad-feature', 'mall/F1/geojson_map.json', 'feature 2', 'geometry.type'],
    ['bad-feature', 'mall/F1/geojson_map.json', 'feature 3', ''],
    ['unknown-level-name', 'mall/Roof/geojson_map.json', '', undefined],
    ['missing-file', 'mall/Roof/floor_info.json', '', undefined],
    ['bad-json', 'mall/Roof/geojson_map.json', '', undefined],
  ])
  t.like(readCompetition({ 'a/b.json': '{}' }, named), {
    refused: 'bad-archive',
    problems: [{ code: 'no-levels' }],
  })
})

test('reads names and level names as people mean them', (t) => {
  t.is(plainText(' haimati&amp;ertong &#39;x&#39; &unknown; '), "haimati&ertong 'x' &unknown;")
  t.deepEqual(
    [labelsOf('星巴克'), labelsOf('KOI'), labelsOf('1diandian')],
    [{ zh: '星巴克' }, { en: 'KOI' }, { 'zh-Latn': '1diandian' }],
  )
  const ordinals = ['F1', 'F12', 'B1', 'B2', 'L2', '3F', 'F0', 'Roof', 'F', 'constructor'].map(ordinalOf)
  t.deepEqual(ordinals, [0, 11, -1, -2, 1, 2, undefined, undefined, undefined, undefined])
})

test('never throws on damaged files', (t) => {
  const files = oneLevel(place('a', 'GANT', square(0, 0, 9)), place('b', 'xiuxiqu', square(10, 0, 9)))
  const junk = fc.oneof(
    fc.constant(undefined),
    fc.json({ maxDepth: 2 }).map(parseJson),
    fc.constantFrom<Json>(null, '', [], {}, [[]], [[[]]], [[[[]]]], 1e300),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(files)),
      fc.noBias(fc.array(fc.nat(), { minLength: 2, maxLength: 8 })),
      junk,
      (name, choices, value) => {
        const path = pathInto(parseJson(files[name]!), choices)
        const read = readCompetition(withMember(files, name, path, value), named)
        return 'archive' in read || read.problems.length > 0
      },
    ),
    { seed: 2020, numRuns: 500 },
  )
  t.pass()
})

test('imports the whole real mall and loses nothing on the way out and in again', (t) => {
  const dir = realMallDir()
  if (dir === undefined) {
    t.log('ATRIUM_REAL_MALL is not set: the real mall was not imported')
    return t.pass()
  }
  const files = readFilesBelow(join(dir, 'venue'))
  const archive = accepted(files)
  const { level, unit } = archive.features
  const inFiles = Object.values(files).flatMap((text) => {
    const features = jsonAt(parseJson(text), ['features'])
    return Array.isArray(features) ? (features as Json[]).slice(1).map((each) => jsonAt(each, ['id'])) : []
  })
  t.true(inFiles.length > 1000)
  const inUnits = unit.map(({ properties }) => jsonAt(Reflect.get(properties, 'source') as Json, ['id']))
  t.deepEqual([...inUnits].sort(), [...inFiles].sort())
  t.deepEqual(
    level.map(({ properties }) => [properties.short_name, properties.ordinal]),
    ['B1', 'F1', 'F2', 'F3', 'F4'].map((name, index) => [{ zh: name }, index - 1]),
  )
  const destinations = destinationsOf(archive)
  t.true(destinations.length > 750)
  // 751 features stand for a shop or a bay; at two of the shops the source says that they are being rebuilt.
  t.is(destinations.filter(({ kind }) => kind === 'shop' || kind === 'bay').length, 749)
  t.false(destinations.some(({ name }) => Object.values(name).includes('zhuangxiu')))
  const again = readImdf(writeImdf(archive))
  if ('refused' in again) return t.fail()
  t.deepEqual(again.archive, archive)
  t.deepEqual(again.problems, [])
})
