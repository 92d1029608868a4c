import type { Ring } from '../geometry/index.ts'
import type { Xy } from '../model/index.ts'
import { pointKey } from './noded.ts'
import type { Room, Side } from './plan.ts'
import { between } from './random.ts'
import type { Random } from './random.ts'
import { onLattice } from './shapes.ts'

/** A door drawn on the wall between a room and the public floor. */
export interface DrawnDoor {
  readonly from: Xy
  readonly to: Xy
  readonly isService: boolean
}

/** A straight stretch of a room's wall that faces the public floor. */
interface Frontage {
  readonly from: Xy
  readonly to: Xy
  readonly lengthM: number
  readonly side: Side
}

/** From a door to the corner of the room. */
const jambM = 0.3
/** A second door is worth it on a frontage of this length. */
const secondFrontageM = 8
const [leastShopDoorM, mostShopDoorM] = [1.6, 6]
/** Share of its frontage that a shop opens to the corridor. */
const openShare = [0.3, 0.5] as const

/** The walls between the public floor and everything else, by the points between which they run. */
export function wallsOf(floors: readonly Ring[]): ReadonlySet<string> {
  const walls = new Set<string>()
  for (const ring of floors) {
    ring.forEach((from, i) => walls.add(wallKey(from, ring[(i + 1) % ring.length]!)))
  }
  return walls
}

/** A wall seen from one side has the key of the same wall seen from the other, turned round. */
function wallKey(from: Xy, to: Xy): string {
  return `${pointKey(from)} ${pointKey(to)}`
}

/**
 * The doors of a room: on the longest wall that faces the public floor or on the side wished for, where a
 * shop's is as wide as its frontage allows.
 *
 * @param ring the room's noded ring
 * @param walls see `wallsOf`, from the same noded rings
 * @throws RangeError when a door is wished for and no wall takes it
 */
export function doorsOf(random: Random, { room, ring, walls }: DoorSite): DrawnDoor[] {
  const { door } = room
  if (!door) return []
  const sides = frontagesOf(ring, walls).sort((a, b) => b.lengthM - a.lengthM)
  const fitting = sides.filter(
    ({ side, lengthM }) =>
      (door.side === undefined || side === door.side) && lengthM >= Math.max(door.widthM, leastShopDoorM / 2),
  )
  const chosen = fitting
    .slice(0, door.atMost ?? 1)
    .filter((one, i) => i === 0 || one.lengthM >= secondFrontageM)
  if (chosen.length === 0 && !door.isService) {
    const { x, y } = ring[0]!
    throw new RangeError(`a ${room.category} of the demo mall at ${x}, ${y} has no wall for its door`)
  }
  return chosen.map((frontage) => doorIn(random, frontage, room))
}

interface DoorSite {
  readonly room: Room
  readonly ring: Ring
  readonly walls: ReadonlySet<string>
}

/** The straight stretches along the axes of a room's wall on the other side of which one can walk. */
function frontagesOf(ring: Ring, walls: ReadonlySet<string>): Frontage[] {
  const found: Frontage[] = []
  let open: { from: Xy; to: Xy; side: Side } | undefined
  const close = (): void => {
    if (open) found.push({ ...open, lengthM: Math.hypot(open.to.x - open.from.x, open.to.y - open.from.y) })
    open = undefined
  }
  ring.forEach((from, i) => {
    const to = ring[(i + 1) % ring.length]!
    const side = sideOf(from, to)
    if (!side || !walls.has(wallKey(to, from))) {
      close()
      return
    }
    if (open?.side === side) open.to = to
    else {
      close()
      open = { from, to, side }
    }
  })
  close()
  return found
}

/** Walls of a bent core rise by as much at most. */
const mostSlope = 0.1

/** Which side of a counter-clockwise ring an edge is; undefined for one that is cut across. */
function sideOf(from: Xy, to: Xy): Side | undefined {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  if (Math.abs(dy) <= mostSlope * Math.abs(dx)) return dx > 0 ? 'south' : 'north'
  if (Math.abs(dx) <= mostSlope * Math.abs(dy)) return dy > 0 ? 'east' : 'west'
  return undefined
}

function doorIn(random: Random, { from, to, lengthM }: Frontage, room: Room): DrawnDoor {
  const { widthM, isService = false } = room.door!
  const wanted =
    widthM > 0
      ? widthM
      : Math.min(mostShopDoorM, Math.max(leastShopDoorM, lengthM * between(random, ...openShare)))
  const width = Math.min(wanted, lengthM - jambM)
  const spare = (lengthM - width) / 2 - jambM / 2
  const shift = room.is.use === 'shop' ? between(random, -0.4, 0.4) * spare : 0
  const start = (lengthM - width) / 2 + shift
  const at = (along: number): Xy => ({
    x: onLattice(from.x + ((to.x - from.x) / lengthM) * along),
    y: onLattice(from.y + ((to.y - from.y) / lengthM) * along),
  })
  return { from: at(start), to: at(start + width), isService }
}
