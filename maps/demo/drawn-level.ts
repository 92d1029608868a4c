import { componentsOf, difference, intersection } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { doorsOf, wallsOf } from './doors.ts'
import type { DrawnDoor } from './doors.ts'
import { noded } from './noded.ts'
import type { LevelPlan, Room, Stretch } from './plan.ts'
import type { Random } from './random.ts'

/** A planned level with its walls shared, its public floor cut out and its doors set. */
export interface DrawnLevel {
  readonly plan: LevelPlan
  readonly outline: Ring
  readonly rooms: readonly {
    readonly room: Room
    readonly ring: Ring
    readonly doors: readonly DrawnDoor[]
  }[]
  /** Public floor, a unit each; outer ring first, then holes. */
  readonly walkways: readonly { readonly stretch: Stretch; readonly rings: readonly Ring[] }[]
}

/** Pieces of public floor smaller than this are corners between walls. */
const leastWalkwayM2 = 4

/** Draws a level: floor, walls and doors that fit each other to the point. */
export function drawLevel(random: Random, plan: LevelPlan): DrawnLevel {
  const floor = difference(
    [plan.outline],
    plan.rooms.map(({ ring }) => ring),
  )
  const pieces = plan.stretches.flatMap((stretch) =>
    componentsOf(intersection(floor, [stretch.ring]))
      .filter(({ areaM2 }) => areaM2 >= leastWalkwayM2)
      .map(({ rings }) => ({ stretch, rings })),
  )
  const all = [plan.outline, ...plan.rooms.map(({ ring }) => ring), ...pieces.flatMap(({ rings }) => rings)]
  const [, ...shared] = noded(all)
  const walls = wallsOf(shared.slice(plan.rooms.length))
  const doors = plan.rooms.map((room, i) => doorsOf(random, { room, ring: shared[i]!, walls }))
  const ends = [
    ...doors.flat().flatMap(({ from, to }) => [from, to]),
    ...plan.entrances.flatMap(({ from, to }) => [from, to].map(([x, y]) => ({ x, y }))),
  ]
  const [outline, ...rings] = noded(all, ends)
  let next = plan.rooms.length
  return {
    plan,
    outline: outline!,
    rooms: plan.rooms.map((room, i) => ({ room, ring: rings[i]!, doors: doors[i]! })),
    walkways: pieces.map(({ stretch, rings: parts }) => {
      const first = next
      next += parts.length
      return { stretch, rings: rings.slice(first, next) }
    }),
  }
}
