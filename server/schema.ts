import { featureEntities } from './venues/features.entity.ts'
import { mapVersionEntity } from './venues/map-version.entity.ts'
import { Venues1795219200000 } from './venues/migrations/1795219200000-venues.ts'
import { venueEntity } from './venues/venue.entity.ts'

/** Every table of every subject, for `openDatabase`. */
export const entities = [venueEntity, mapVersionEntity, ...featureEntities]

/** Every change of the tables, in the order in which they were made. */
export const migrations = [Venues1795219200000]
