import fc from 'fast-check'
import { featureTypes } from '../../../maps/model/index.ts'
import type { Archive, FeatureType, Json } from '../../../maps/model/index.ts'
import { tinyArchive, tinyBox, tinyId } from '../../../maps/testing/tiny-archive.ts'
import { columnsOf } from '../feature-tables.ts'

type Members = Record<string, Json>
interface Feature {
  geometry: { type: string; coordinates: Json } | null
  properties: Members
  [member: string]: unknown
}

/** One thing done to one feature. */
type Edit = (feature: Feature, type: FeatureType) => void

/** `tinyArchive` with a feature of every type of the standard. */
export function fullArchive(): Archive {
  const archive = tinyArchive()
  const level_id = tinyId('level F1')
  const area = tinyBox(1, 1, 2, 2)
  const line = { type: 'LineString', coordinates: area.coordinates[0] }
  const feature = (type: FeatureType, number: number, properties: object, geometry: object = area) => ({
    id: `0a7e1e00-0000-4000-8001-${String(number).padStart(12, '0')}`,
    type: 'Feature',
    feature_type: type,
    geometry,
    properties,
  })
  const more = {
    section: [feature('section', 1, { category: 'eatingdrinking', level_id, parents: [] })],
    fixture: [feature('fixture', 2, { category: 'furniture', level_id, anchor_id: tinyId('anchor coffee') })],
    detail: [
      feature('detail', 3, { level_id }, line),
      feature('detail', 4, { level_id }, { type: 'MultiLineString', coordinates: [line.coordinates] }),
    ],
    kiosk: [feature('kiosk', 5, { level_id, anchor_id: null, name: null })],
    geofence: [
      feature(
        'geofence',
        6,
        { category: 'concourse', level_ids: [level_id], building_ids: null },
        { type: 'MultiPolygon', coordinates: [area.coordinates] },
      ),
    ],
  }
  return { ...archive, features: { ...archive.features, ...more } as unknown as Archive['features'] }
}

const json = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 }).map(asStored)
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

const unknownProperty: fc.Arbitrary<Edit> = fc
  .tuple(fc.string({ unit: 'grapheme' }), json)
  .map(([name, value]) => ({ properties }, type) => {
    if (!columnsOf(type).some(([known]) => known === name)) define(properties, name, value)
  })

/** A property of the standard that is no reference: null, gone, or anything. */
const knownProperty: fc.Arbitrary<Edit> = fc
  .tuple(fc.nat(), fc.oneof(fc.constant(null), fc.constant(undefined), json))
  .map(([choice, value]) => (feature, type) => {
    const names = columnsOf(type).flatMap(([name, column]) => (typeof column === 'string' ? name : []))
    const name = names[choice % names.length]!
    if (value === undefined) {
      feature.properties = Object.fromEntries(
        Object.entries(feature.properties).filter(([key]) => key !== name),
      )
    } else feature.properties[name] = value
  })

const displayPoint: fc.Arbitrary<Edit> = fc
  .array(finite, { minLength: 2, maxLength: 3 })
  .map((coordinates) => ({ properties }) => {
    properties.display_point = { type: 'Point', coordinates }
  })

const foreignMember: fc.Arbitrary<Edit> = fc
  .tuple(fc.string({ unit: 'grapheme' }), json)
  .map(([name, value]) => (feature) => {
    if (!(name in feature)) define(feature, name, value)
  })

/** Moves and stretches a shape, which keeps it valid; its coordinates get all the digits a double has. */
const movedShape: fc.Arbitrary<Edit> = fc
  .record({
    factor: fc.double({ min: 0.5, max: 2, noNaN: true }),
    shift: fc.double({ min: -50, max: 50, noNaN: true }),
    height: fc.option(finite, { nil: undefined }),
    bbox: fc.option(fc.array(finite, { maxLength: 4 }), { nil: undefined }),
  })
  .map(({ factor, shift, height, bbox }) => (feature) => {
    if (!feature.geometry) return
    const coordinates = movePositions(feature.geometry.coordinates, (position) => [
      ...position.slice(0, 2).map((number) => Number(number) * factor + shift),
      ...(height === undefined ? [] : [height]),
    ])
    feature.geometry = { ...feature.geometry, coordinates, ...(bbox === undefined ? {} : { bbox }) }
  })

/**
 * Archives as wild as the database must keep them: every type, properties of the standard that are missing,
 * null or of another kind, properties and members nobody knows, coordinates of all digits, heights.
 */
export const wildArchive: fc.Arbitrary<Archive> = fc
  .record({
    edits: fc.array(
      fc.tuple(fc.nat(), fc.oneof(unknownProperty, knownProperty, displayPoint, foreignMember, movedShape)),
      { minLength: 20, maxLength: 60 },
    ),
    extensions: fc
      .dictionary(fc.string({ unit: 'grapheme' }), json)
      .map((members) => asStored(members) as Members),
  })
  .map(({ edits, extensions }) => {
    const archive = structuredClone(fullArchive())
    const all = featureTypes.flatMap((type) =>
      archive.features[type].map((feature) => ({ type, feature: feature as unknown as Feature })),
    )
    for (const [choice, edit] of edits) {
      const { type, feature } = all[choice % all.length]!
      // The venue's name is a column of its own table.
      if (type !== 'venue') edit(feature, type)
    }
    return { ...archive, extensions }
  })

/** As it comes out of any JSON: no minus zero. */
function asStored(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

/** Also for a name like `__proto__`, which an assignment would take for something else. */
function define(members: object, name: string, value: Json): void {
  Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true })
}

function movePositions(coordinates: Json, move: (position: readonly Json[]) => Json[]): Json {
  const list = coordinates as readonly Json[]
  return typeof list[0] === 'number' ? move(list) : list.map((part) => movePositions(part, move))
}
