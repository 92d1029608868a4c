import { levelFrameOf } from '../../model/index.ts'
import type { Archive } from '../../model/index.ts'
import { levelGeoJson } from '../../render/index.ts'
import type { CanvasLevel } from '../map-canvas-types.ts'

/** The levels of a venue as a client gets them, lowest first. */
export function canvasLevels(archive: Archive): CanvasLevel[] {
  const levels = [...archive.features.level].sort((a, b) => a.properties.ordinal - b.properties.ordinal)
  return levels.map((level) => ({
    id: level.id,
    ordinal: level.properties.ordinal,
    map: levelGeoJson(archive, level.id)!,
    frame: levelFrameOf(level),
  }))
}
