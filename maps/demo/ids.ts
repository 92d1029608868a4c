import type {
  AmenityId,
  AnchorId,
  FeatureId,
  LevelId,
  OccupantId,
  OpeningId,
  UnitId,
  VenueId,
} from '../model/index.ts'
import { randomUuid } from './random.ts'
import type { Random } from './random.ts'

/** Mints ids of the demo mall, each once, in the order asked for. */
export interface Ids {
  venue(): VenueId
  level(): LevelId
  unit(): UnitId
  opening(): OpeningId
  amenity(): AmenityId
  anchor(): AnchorId
  occupant(): OccupantId
  other(): FeatureId
}

/** Ids from a sequence of numbers; the brands are put on here and nowhere else. */
export function createIds(random: Random): Ids {
  const next = (): string => randomUuid(random)
  return {
    venue: () => next() as VenueId,
    level: () => next() as LevelId,
    unit: () => next() as UnitId,
    opening: () => next() as OpeningId,
    amenity: () => next() as AmenityId,
    anchor: () => next() as AnchorId,
    occupant: () => next() as OccupantId,
    other: () => next() as FeatureId,
  }
}
