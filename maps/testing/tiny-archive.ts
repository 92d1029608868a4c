import type {
  AmenityId,
  AnchorId,
  AnyFeature,
  Archive,
  FeatureId,
  FeatureType,
  LevelId,
  OccupantId,
  OpeningId,
  UnitId,
  VenueId,
} from '../model/index.ts'
import { featureTypes } from '../model/index.ts'

/** What a test looks up by a readable name instead of by a UUID. */
export type TinyName =
  | 'venue'
  | 'address'
  | 'building'
  | 'footprint'
  | `level ${'F1' | 'F2'}`
  | `unit ${'F1' | 'F2'} ${'corridor' | 'lift' | 'toilet'}`
  | 'unit F1 coffee'
  | 'unit F1 books'
  | 'unit F2 cinema'
  | 'unit F2 vacant'
  | `opening ${'F1' | 'F2'} ${'lift' | 'toilet'}`
  | 'opening F1 entrance'
  | 'opening F1 coffee'
  | 'opening F1 books'
  | 'opening F2 cinema'
  | `anchor ${'coffee' | 'books' | 'cinema'}`
  | `occupant ${'coffee' | 'books' | 'cinema'}`
  | `amenity ${'F1' | 'F2'} toilet`
  | 'amenity F1 lift'
  | 'relationship lift'

const names: readonly TinyName[] = [
  'venue',
  'address',
  'building',
  'footprint',
  'level F1',
  'level F2',
  'unit F1 corridor',
  'unit F1 lift',
  'unit F1 toilet',
  'unit F1 coffee',
  'unit F1 books',
  'unit F2 corridor',
  'unit F2 lift',
  'unit F2 toilet',
  'unit F2 cinema',
  'unit F2 vacant',
  'opening F1 entrance',
  'opening F1 lift',
  'opening F1 toilet',
  'opening F1 coffee',
  'opening F1 books',
  'opening F2 lift',
  'opening F2 toilet',
  'opening F2 cinema',
  'anchor coffee',
  'anchor books',
  'anchor cinema',
  'occupant coffee',
  'occupant books',
  'occupant cinema',
  'amenity F1 toilet',
  'amenity F2 toilet',
  'amenity F1 lift',
  'relationship lift',
]

/** The brand of a named feature's id follows from the first word of its name. */
type TinyIdOf<Name extends TinyName> = Name extends 'venue'
  ? VenueId
  : Name extends `level ${string}`
    ? LevelId
    : Name extends `unit ${string}`
      ? UnitId
      : Name extends `opening ${string}`
        ? OpeningId
        : Name extends `anchor ${string}`
          ? AnchorId
          : Name extends `occupant ${string}`
            ? OccupantId
            : Name extends `amenity ${string}`
              ? AmenityId
              : FeatureId

/** The id (a UUID) of a feature of `tinyArchive` by its readable name. */
export function tinyId<Name extends TinyName>(name: Name): TinyIdOf<Name> {
  const number = String(names.indexOf(name) + 1).padStart(12, '0')
  return `0a7e1e00-0000-4000-8000-${number}` as TinyIdOf<Name>
}

/** South-west corner of the tiny mall, and the metres of a degree there. */
const origin = [120, 30] as const
const metresPerDegree = [96406, 111319] as const

/** Metres of the tiny mall's frame (x east, y north) to WGS 84, rounded to a tenth of a millimetre. */
export function tinyLonLat(x: number, y: number): [number, number] {
  return [
    Number((origin[0] + x / metresPerDegree[0]).toFixed(9)),
    Number((origin[1] + y / metresPerDegree[1]).toFixed(9)),
  ]
}

type Corner = readonly [x: number, y: number]

/** A polygon whose outer ring runs over these corners in metres; the ring is closed here. */
export function tinyPolygon(...corners: readonly Corner[]) {
  return {
    type: 'Polygon',
    coordinates: [[...corners, corners[0]!].map(([x, y]) => tinyLonLat(x, y))],
  } as const
}

/** A rectangle from its lower left to its upper right corner in metres. */
export function tinyBox(left: number, bottom: number, right: number, top: number) {
  return tinyPolygon([left, bottom], [right, bottom], [right, top], [left, top])
}

const tinyPoint = (x: number, y: number) => ({ type: 'Point', coordinates: tinyLonLat(x, y) }) as const

const tinyLine = (from: Corner, to: Corner) =>
  ({ type: 'LineString', coordinates: [tinyLonLat(...from), tinyLonLat(...to)] }) as const

/** A feature whose type is the first word of its name. */
function feature(name: TinyName, geometry: unknown, properties: object): unknown {
  return { id: tinyId(name), type: 'Feature', feature_type: name.split(' ')[0], geometry, properties }
}

const unnamed = { name: null, alt_name: null }
const ofUnit = { restriction: null, accessibility: null, display_point: null }

function level(short: 'F1' | 'F2', ordinal: number): unknown {
  return feature(`level ${short}`, tinyBox(0, 0, 40, 20), {
    category: 'unspecified',
    restriction: null,
    outdoor: false,
    ordinal,
    name: { zh: `${short} 层`, en: `Floor ${short}` },
    short_name: { zh: short, en: short },
    display_point: null,
    address_id: null,
    building_ids: [tinyId('building')],
    frame: { origin, metresPerDegree },
  })
}

type UnitName = Extract<TinyName, `unit ${string}`>
type OpeningName = Extract<TinyName, `opening ${string}`>

function levelIdIn(name: UnitName | OpeningName): string {
  return tinyId(name.includes(' F2 ') ? 'level F2' : 'level F1')
}

function unit(name: UnitName, category: string, geometry: unknown): unknown {
  return feature(name, geometry, { category, ...ofUnit, ...unnamed, level_id: levelIdIn(name) })
}

function opening(name: OpeningName, from: Corner, to: Corner): unknown {
  return feature(name, tinyLine(from, to), {
    category: name.endsWith('entrance') ? 'pedestrian.principal' : 'pedestrian',
    ...ofUnit,
    ...unnamed,
    access_control: null,
    door: name.endsWith('entrance') ? { type: 'sliding', automatic: true, material: 'glass' } : null,
    level_id: levelIdIn(name),
  })
}

interface Shop {
  readonly key: 'coffee' | 'books' | 'cinema'
  readonly unit: UnitName
  readonly at: Corner
  readonly name: Readonly<Record<string, string>>
  readonly category: string
  readonly hours: string
}

function shop({ key, unit: unitName, at, name, category, hours }: Shop): unknown[] {
  return [
    feature(`anchor ${key}`, tinyPoint(...at), {
      unit_id: tinyId(unitName),
      address_id: tinyId('address'),
    }),
    feature(`occupant ${key}`, null, {
      name,
      category,
      anchor_id: tinyId(`anchor ${key}`),
      hours,
      phone: null,
      website: null,
      validity: null,
      correlation_id: null,
    }),
  ]
}

type AmenityName = Extract<TinyName, `amenity ${string}`>

function amenity(name: AmenityName, category: string, at: Corner, unitName: UnitName): unknown {
  return feature(name, tinyPoint(...at), {
    category,
    accessibility: ['wheelchair'],
    ...unnamed,
    hours: null,
    phone: null,
    website: null,
    unit_ids: [tinyId(unitName)],
    address_id: tinyId('address'),
    correlation_id: null,
  })
}

function site(): unknown[] {
  return [
    feature('address', null, {
      address: '1 Test Road',
      unit: null,
      locality: 'Hangzhou',
      province: 'CN-ZJ',
      country: 'CN',
      postal_code: null,
      postal_code_ext: null,
      postal_code_vanity: null,
    }),
    feature('venue', tinyBox(0, 0, 40, 20), {
      category: 'shoppingcenter',
      restriction: null,
      name: { zh: '小商场', en: 'Tiny Mall' },
      alt_name: null,
      hours: 'Mo-Su 10:00-22:00',
      website: null,
      phone: null,
      display_point: tinyPoint(20, 10),
      address_id: tinyId('address'),
    }),
    feature('building', null, {
      category: 'unspecified',
      restriction: null,
      name: { zh: '主楼', en: 'Main building' },
      alt_name: null,
      display_point: null,
      address_id: tinyId('address'),
    }),
    feature('footprint', tinyBox(0, 0, 40, 20), {
      category: 'ground',
      name: null,
      building_ids: [tinyId('building')],
    }),
  ]
}

function rooms(): unknown[] {
  return [
    unit('unit F1 corridor', 'walkway', tinyBox(0, 8, 40, 12)),
    unit('unit F1 coffee', 'room', tinyBox(0, 12, 20, 20)),
    unit('unit F1 toilet', 'restroom', tinyBox(20, 12, 30, 20)),
    unit('unit F1 lift', 'elevator', tinyBox(36, 12, 40, 16)),
    unit('unit F1 books', 'room', tinyBox(0, 0, 40, 8)),
    unit('unit F2 corridor', 'walkway', tinyBox(0, 8, 40, 12)),
    unit('unit F2 vacant', 'unspecified', tinyBox(0, 12, 20, 20)),
    unit('unit F2 toilet', 'restroom', tinyBox(20, 12, 30, 20)),
    unit('unit F2 lift', 'elevator', tinyBox(36, 12, 40, 16)),
    unit('unit F2 cinema', 'room', tinyBox(0, 0, 40, 8)),
    opening('opening F1 entrance', [0, 9], [0, 11]),
    opening('opening F1 coffee', [9, 12], [11, 12]),
    opening('opening F1 toilet', [24, 12], [25, 12]),
    opening('opening F1 lift', [37, 12], [39, 12]),
    opening('opening F1 books', [20, 8], [22, 8]),
    opening('opening F2 toilet', [24, 12], [25, 12]),
    opening('opening F2 lift', [37, 12], [39, 12]),
    opening('opening F2 cinema', [5, 8], [7, 8]),
  ]
}

function inhabitants(): unknown[] {
  return [
    ...shop({
      key: 'coffee',
      unit: 'unit F1 coffee',
      at: [10, 16],
      name: { zh: '山间咖啡', en: 'Hillside Coffee' },
      category: 'coffee',
      hours: 'Mo-Su 08:00-22:00',
    }),
    ...shop({
      key: 'books',
      unit: 'unit F1 books',
      at: [20, 4],
      name: { zh: '纸上书店', en: 'Paper Books' },
      category: 'books',
      hours: 'Mo-Fr 10:00-21:00; Sa,Su 10:00-22:00',
    }),
    ...shop({
      key: 'cinema',
      unit: 'unit F2 cinema',
      at: [20, 4],
      name: { zh: '银幕影城', en: 'Silver Screen' },
      category: 'theater.movie',
      hours: 'Mo-Su 10:00-24:00',
    }),
    amenity('amenity F1 toilet', 'restroom', [25, 16], 'unit F1 toilet'),
    amenity('amenity F2 toilet', 'restroom', [25, 16], 'unit F2 toilet'),
    amenity('amenity F1 lift', 'elevator', [38, 14], 'unit F1 lift'),
    feature('relationship lift', null, {
      category: 'elevator',
      direction: 'undirected',
      origin: { id: tinyId('unit F1 lift'), feature_type: 'unit' },
      intermediary: null,
      destination: { id: tinyId('unit F2 lift'), feature_type: 'unit' },
      hours: null,
    }),
  ]
}

/**
 * A hand-made mall for tests: 40 m by 20 m, levels F1 and F2, a corridor from west to east on each
 * (y from 8 to 12), three shops, one vacant unit, toilets, a lift over both levels with its relationship,
 * a main entrance in the west of F1, and a door (opening) for every unit but the vacant one. It is faultless: the
 * validator finds nothing.
 *
 * ```
 *  20 +---------+-----+--------+
 *     | coffee  | wc  |  (free)|     F2: vacant for coffee, cinema for books
 *  12 +--door---+-door+---+lift+
 *     = corridor               |     = main entrance (F1)
 *   8 +-----door---------------+
 *     |        books           |
 *   0 +------------------------+
 *     0        20    30   36  40
 * ```
 */
export function tinyArchive(): Archive {
  const all = [...site(), level('F1', 0), level('F2', 1), ...rooms(), ...inhabitants()] as AnyFeature[]
  const of = (type: FeatureType) => all.filter((each) => each.feature_type === type)
  return {
    manifest: {
      version: '1.0.0',
      created: '2026-01-01T00:00:00Z',
      generated_by: 'Atrium tests',
      language: 'zh',
      extensions: null,
    },
    features: Object.fromEntries(
      featureTypes.map((type) => [type, of(type)]),
    ) as unknown as Archive['features'],
    extensions: {},
  }
}
