import { z } from 'zod'
import type { FeatureType } from '../model/index.ts'

/**
 * What a reader may rely on, feature type by feature type: names, presence and kind of the standard's own
 * members. Everything else passes untouched. What needs a look at more than one feature (references,
 * rings, overlaps) is the validator's, so that one faulty polygon does not hide the rest of the report.
 * Source: OGC 20-094, section "Reference"; GeoJSON RFC 7946.
 */

/** Longest id taken; an UUID has 36 characters. */
export const maxIdLength = 128

/** Longest text of a member the standard names: a screen shows a name, and the search reads every letter. */
export const maxTextLength = 500

const text = z.string().max(maxTextLength)
const optionalText = text.nullish()
const optionalTexts = z.array(text).nullish()
const id = text.min(1).max(maxIdLength)
const optionalId = id.nullish()
const ids = z.array(id)
const optionalIds = ids.nullish()
const labels = z.record(text, text)
const optionalLabels = labels.nullish()

const position = z.array(z.number()).min(2)
const path = z.array(position).min(2)
const rings = z.array(z.array(position)).min(1)

const geometry = <Name extends string, Coordinates extends z.ZodType>(name: Name, coordinates: Coordinates) =>
  z.looseObject({ type: z.literal(name), coordinates })

const point = geometry('Point', position)
const lineString = geometry('LineString', path)
const multiLineString = geometry('MultiLineString', z.array(path).min(1))
const polygon = geometry('Polygon', rings)
const multiPolygon = geometry('MultiPolygon', z.array(rings).min(1))
const areal = z.discriminatedUnion('type', [polygon, multiPolygon])
const linear = z.discriminatedUnion('type', [lineString, multiLineString])
const anyGeometry = z.discriminatedUnion('type', [point, lineString, multiLineString, polygon, multiPolygon])

const named = { name: optionalLabels, alt_name: optionalLabels }
const shown = { display_point: point.nullish() }
const classified = { category: text.min(1), restriction: optionalText, accessibility: optionalTexts }
const contact = { hours: optionalText, phone: optionalText, website: optionalText }
const onLevel = { level_id: id }

const frame = z.looseObject({
  origin: z.tuple([z.number(), z.number()]),
  metresPerDegree: z.tuple([z.number().positive(), z.number().positive()]),
})

const door = z.looseObject({ type: optionalText, automatic: z.boolean().nullish(), material: optionalText })

const reference = z.looseObject({ id, feature_type: text })

/** Geometry and properties of each type; `id`, `type`, `feature_type` are the same for all. */
const parts = {
  address: {
    geometry: z.null(),
    properties: {
      address: text,
      unit: optionalText,
      locality: text,
      province: optionalText,
      country: text,
      postal_code: optionalText,
    },
  },
  venue: {
    geometry: areal,
    properties: {
      ...named,
      ...shown,
      ...classified,
      ...contact,
      name: labels,
      address_id: id.nullable(),
    },
  },
  building: {
    geometry: z.null(),
    properties: { ...named, ...shown, ...classified, address_id: optionalId },
  },
  footprint: {
    geometry: areal,
    properties: { ...named, category: text.min(1), building_ids: ids },
  },
  level: {
    geometry: areal,
    properties: {
      ...named,
      ...shown,
      ...classified,
      name: labels,
      short_name: labels,
      ordinal: z.int(),
      outdoor: z.boolean(),
      building_ids: optionalIds,
      address_id: optionalId,
      frame: frame.nullish(),
    },
  },
  unit: { geometry: areal, properties: { ...named, ...shown, ...classified, ...onLevel } },
  section: {
    geometry: areal,
    properties: { ...named, ...shown, ...classified, ...onLevel, parents: optionalIds },
  },
  fixture: {
    geometry: areal,
    properties: { ...named, ...shown, ...onLevel, category: text.min(1), anchor_id: optionalId },
  },
  detail: { geometry: linear, properties: onLevel },
  opening: {
    geometry: lineString,
    properties: {
      ...named,
      ...shown,
      ...classified,
      ...onLevel,
      access_control: optionalTexts,
      door: door.nullish(),
    },
  },
  kiosk: { geometry: areal, properties: { ...named, ...shown, ...onLevel, anchor_id: optionalId } },
  amenity: {
    geometry: point,
    properties: { ...named, ...classified, ...contact, unit_ids: ids, address_id: optionalId },
  },
  anchor: { geometry: point, properties: { unit_id: id.nullable(), address_id: optionalId } },
  occupant: {
    geometry: z.null(),
    properties: {
      ...contact,
      name: labels,
      alt_name: optionalLabels,
      category: text.min(1),
      anchor_id: id.nullable(),
      correlation_id: optionalText,
    },
  },
  geofence: {
    geometry: areal,
    properties: {
      ...named,
      ...shown,
      category: text.min(1),
      restriction: optionalText,
      building_ids: optionalIds,
      level_ids: optionalIds,
      parents: optionalIds,
      correlation_id: optionalText,
    },
  },
  relationship: {
    geometry: anyGeometry.nullable(),
    properties: {
      category: text.min(1),
      direction: z.enum(['directed', 'undirected']),
      origin: reference.nullable(),
      intermediary: z.array(reference).nullish(),
      destination: reference.nullable(),
      hours: optionalText,
    },
  },
} as const satisfies Record<FeatureType, { geometry: z.ZodType; properties: z.ZodRawShape }>

const schemas = new Map<FeatureType, z.ZodType>()

/** The schema of a feature of this type, as it must stand in `<type>.geojson`. */
export function featureSchema(type: FeatureType): z.ZodType {
  let schema = schemas.get(type)
  if (schema === undefined) {
    schema = z.looseObject({
      id,
      type: z.literal('Feature'),
      feature_type: z.literal(type),
      geometry: parts[type].geometry,
      properties: z.looseObject({ ...parts[type].properties, derived: z.boolean().optional() }),
    })
    schemas.set(type, schema)
  }
  return schema
}

/** `manifest.json`. The version is any text: only `1.0.0` exists, another is a warning of the reader. */
export const manifestSchema = z.looseObject({
  version: text,
  created: text,
  language: text.min(1),
  generated_by: optionalText,
  extensions: optionalTexts,
})
