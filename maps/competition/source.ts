import { z } from 'zod'
import { maxTextLength } from '../imdf/schema.ts'

const position = z.array(z.number()).min(2)
const rings = z.array(z.array(position)).min(1)
const geometry = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('Polygon'), coordinates: rings }),
  z.looseObject({ type: z.literal('MultiPolygon'), coordinates: z.array(rings).min(1) }),
])

/** A level's `geojson_map.json`; its features are checked one by one. */
export const mapSchema = z.looseObject({
  type: z.literal('FeatureCollection'),
  features: z.array(z.unknown()).min(1),
})

/** The first feature of a level's map: its outline. */
export const outlineSchema = z.looseObject({
  id: z.string().min(1),
  geometry,
  properties: z.looseObject({}),
})

/** Every other feature of a level's map: a shop, a bay, or what else takes room. */
export const placeSchema = z.looseObject({
  id: z.string().min(1),
  geometry,
  properties: z.looseObject({
    name: z.string().max(maxTextLength).nullish(),
    /** Another name of the same place; where the two differ, nothing tells which is newer. */
    display: z.string().max(maxTextLength).nullish(),
    /** Ids from the root of the source's category tree to the leaf. */
    category: z.array(z.string()).nullish(),
    /** When the feature was written, ISO 8601. */
    version: z.string().nullish(),
    /** Where the source puts the label, in metres of Web Mercator (EPSG:3857). */
    point: z.tuple([z.number(), z.number()]).nullish(),
  }),
})

/** A level's `floor_info.json`: the size in metres of the outline's bounding box. */
export const floorInfoSchema = z.looseObject({
  map_info: z.looseObject({ width: z.number().positive(), height: z.number().positive() }),
})

export type Outline = z.infer<typeof outlineSchema>
export type Place = z.infer<typeof placeSchema>
