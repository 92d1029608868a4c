import { tinyArchive } from '../../../maps/testing/tiny-archive.ts'
import type { LevelId } from '../../../maps/model/index.ts'

/** The levels of the tiny mall every test server publishes, F1 first. */
export const levelIds = [...tinyArchive().features.level]
  .sort((a, b) => a.properties.ordinal - b.properties.ordinal)
  .map(({ id }) => id) as [LevelId, LevelId]
