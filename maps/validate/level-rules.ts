import { boundsOf, levelFrameOf } from '../model/index.ts'
import type { LevelFeature } from '../model/index.ts'
import { levelName, placeOf } from './name-feature.ts'
import type { Rule } from './rule.ts'
import { isFramePlausible, largestLevelM } from './venue-index.ts'

/** An archive is about one venue, which has levels. */
const oneVenue: Rule = function* ({ archive }) {
  const { venue, level } = archive.features
  if (venue.length !== 1) {
    yield {
      severity: 'error',
      code: venue.length === 0 ? 'no-venue' : 'several-venues',
      file: 'venue.geojson',
      feature: venue[1]?.id ?? '',
      message: `Expected one venue in the archive, got ${venue.length}. Export each venue by itself.`,
    }
  }
  if (level.length === 0) {
    yield {
      severity: 'error',
      code: 'no-levels',
      file: 'level.geojson',
      feature: venue[0]?.id ?? '',
      message: 'Expected at least one level in the venue, got none. Draw its levels.',
    }
  }
}

/** Two levels of one building are not at the same height: lifts could not tell them apart. */
const ordinalsDiffer: Rule = function* (index) {
  const seen = new Map<string, LevelFeature>()
  for (const level of index.archive.features.level) {
    const { ordinal, building_ids } = level.properties
    for (const building of building_ids?.length ? building_ids : ['']) {
      const key = `${ordinal} ${building}`
      const other = seen.get(key)
      if (!other) seen.set(key, level)
      else if (other !== level) {
        yield {
          severity: 'error',
          code: 'duplicate-ordinal',
          file: 'level.geojson',
          feature: level.id,
          field: 'properties.ordinal',
          level: level.id,
          message: `Expected another ordinal for each level of a building, but ${levelName(index, level.id)} and ${levelName(index, other.id)} both have ${ordinal}. Correct one of them.`,
        }
      }
    }
  }
}

/** A level has something on it. */
const levelsHaveUnits: Rule = function* (index) {
  const used = new Set<string>(index.archive.features.unit.map((unit) => unit.properties.level_id))
  for (const level of index.archive.features.level) {
    if (used.has(level.id)) continue
    yield {
      severity: 'warning',
      code: 'level-without-units',
      file: 'level.geojson',
      feature: level.id,
      level: level.id,
      message: `Expected units on level ${levelName(index, level.id)}, got none. Draw them or delete the level.`,
    }
  }
}

/** A level is as large as a building may be, and its frame measures metres. */
const levelsMeasureUp: Rule = function* (index) {
  for (const level of index.archive.features.level) {
    if (index.shapeFaults.get(level)?.some((fault) => fault.severity === 'error')) continue
    const name = levelName(index, level.id)
    const about = {
      severity: 'error',
      file: 'level.geojson',
      feature: level.id,
      ...placeOf(index, level),
    } as const
    if (!isFramePlausible(level)) {
      yield {
        ...about,
        code: 'frame-implausible',
        field: 'properties.frame',
        message: `Expected a frame of level ${name} that counts metres from near its south-western corner, got one that differs from the size of a degree there by more than a twentieth, or begins elsewhere. Correct it, or leave it out to have it computed.`,
      }
      continue
    }
    const frame = levelFrameOf(level)
    const [west, south, east, north] = boundsOf(level.geometry)
    const sizeM = Math.max(
      (east - west) * frame.metresPerDegreeLon,
      (north - south) * frame.metresPerDegreeLat,
    )
    if (sizeM <= largestLevelM) continue
    yield {
      ...about,
      code: 'level-too-large',
      field: 'geometry',
      message: `Expected a level of at most ${largestLevelM} m, got ${Math.round(sizeM)} m for ${name}. Check the coordinates of its outline.`,
    }
  }
}

export const levelRules: readonly Rule[] = [oneVenue, ordinalsDiffer, levelsHaveUnits, levelsMeasureUp]
