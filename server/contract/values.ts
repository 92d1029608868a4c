import { z } from 'zod'
import { shopCategories } from '../../maps/model/categories.ts'
import type { LevelId, UnitId, VenueId, VersionId } from '../../maps/model/index.ts'

/**
 * A UUID as PostgreSQL takes it (any version: an archive brings its own), in lower case, with the brand
 * of what it names.
 */
function idOf<Id extends string>(description: string): z.ZodType<Id, string> {
  const schema: z.ZodType<string, string> = z.guid().toLowerCase().meta({ description })
  return schema as z.ZodType<Id, string>
}

export const venueId = idOf<VenueId>('Id of a venue')
export const versionId = idOf<VersionId>('Id of a version of a map')
export const levelId = idOf<LevelId>('Id of a level')
export const unitId = idOf<UnitId>('Id of a unit')
export const anyId = idOf<string>('Id')

/** Time in epoch milliseconds. */
export const epochMs = z.int().min(0).meta({ description: 'Epoch milliseconds' })

/** Text by BCP 47 language tag. */
export const labels = z
  .record(z.string(), z.string())
  .meta({ id: 'Labels', description: 'Text by BCP 47 language tag', examples: [{ zh: '青禾书店' }] })

/** The content address of something immutable: lower-case hexadecimal, 16 to 64 digits. */
export const contentHash = z
  .string()
  .regex(/^[0-9a-f]{16,64}$/, { error: 'Expected 16 to 64 hexadecimal digits, lower case' })
  .meta({ description: 'Hash of the content, lower-case hexadecimal' })

/** Something wrong with a map (`maps/model/problem.ts`). */
export const mapProblem = z
  .strictObject({
    severity: z.enum(['error', 'warning']),
    code: z.string(),
    file: z.string().exactOptional(),
    feature: z.string(),
    field: z.string().exactOptional(),
    message: z.string(),
    level: z.string().exactOptional(),
    at: z.strictObject({ x: z.number(), y: z.number() }).exactOptional(),
  })
  .meta({ id: 'MapProblem', description: 'Something wrong with a map: where, and what to do about it' })

/** Something a person may want to walk to (`maps/model/directory.ts`). */
export const destination = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['shop', 'bay', 'amenity', 'entrance', 'service']),
    name: labels,
    altName: labels.exactOptional(),
    levelId,
    level: z.string().meta({ description: 'What stands on the lift button', examples: ['F1'] }),
    unitIds: z.array(unitId),
    x: z.number().meta({ description: 'Metres to the east in the frame of the level' }),
    y: z.number().meta({ description: 'Metres to the north in the frame of the level' }),
    lonLat: z.tuple([z.number(), z.number()]),
    shopCategory: z.enum(shopCategories).exactOptional(),
    category: z.string(),
    hours: z.string().exactOptional().meta({ description: 'OSM opening_hours' }),
    phone: z.string().exactOptional(),
    website: z.string().exactOptional(),
  })
  .meta({ id: 'Destination', description: 'A shop, a parking bay, an amenity or an entrance' })

/**
 * A number as a query writes it. An empty value never reaches a schema (the server drops it), so the
 * coercion cannot turn "nothing" into zero.
 */
export function numberInText(min: number, max: number): z.ZodCoercedNumber<number> {
  return z.coerce.number<number>().min(min).max(max)
}

/** A yes or no as a query writes it. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
    error: 'Expected true or false',
  })
  .meta({ description: 'true or false' })
