import type { PresenceZones } from './presence-zones.ts'
import type { VisitorHere } from './visitor-here.ts'

/**
 * Writes the numbers of another map's zones into what is believed of a visitor; what the other map does not have is
 * dropped, so zones they are in that are no more have to be left before. How they go is learned anew: the frames of
 * levels may have moved.
 */
export function remapZones(visitor: VisitorHere, from: PresenceZones, to: PresenceZones): void {
  const { zone, belief, course, inside, dueMs, sinceMs } = visitor.zones
  course.fill(NaN)
  for (let slot = 0; slot < zone.length; slot++) {
    if (zone[slot] === 0) continue
    const number = to.numberOf(from.zones[zone[slot]! - 1]!.id)
    zone[slot] = number + 1
    if (number >= 0) continue
    belief[slot] = 0
    inside[slot] = 0
    dueMs[slot] = Infinity
    sinceMs[slot] = -Infinity
  }
  const { last } = visitor
  if (!last) return
  const levelIndex = to.levelIndexOf(from.levels[last.levelIndex]!.levelId)
  visitor.last = levelIndex < 0 ? undefined : { ...last, levelIndex }
  visitor.tracker = undefined
}
