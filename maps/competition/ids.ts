import { v5 } from 'uuid'
import type { AmenityId, AnchorId, FeatureId, LevelId, OccupantId, UnitId, VenueId } from '../model/index.ts'

/** Own, random; changing it changes every id of every venue imported from this format. */
const namespace = '6bc34753-ba5a-46dd-bddb-d44864fb8041'

const uuidOf = (type: string, sourceId: string): string => v5(`${type} ${sourceId}`, namespace)

/**
 * Ids of what a feature of the source becomes: the same at every import, different for each type.
 * Source: RFC 9562, UUID version 5.
 */
export const idOf = {
  venue: (sourceId: string) => uuidOf('venue', sourceId) as VenueId,
  building: (sourceId: string) => uuidOf('building', sourceId) as FeatureId,
  footprint: (sourceId: string) => uuidOf('footprint', sourceId) as FeatureId,
  level: (sourceId: string) => uuidOf('level', sourceId) as LevelId,
  unit: (sourceId: string) => uuidOf('unit', sourceId) as UnitId,
  amenity: (sourceId: string) => uuidOf('amenity', sourceId) as AmenityId,
  anchor: (sourceId: string) => uuidOf('anchor', sourceId) as AnchorId,
  occupant: (sourceId: string) => uuidOf('occupant', sourceId) as OccupantId,
}
