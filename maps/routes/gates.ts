import { lengthOfM } from '../geometry/ring.ts'
import type { Xy } from '../model/index.ts'
import { nearestInside } from '../walkable/walkable-area.ts'
import { ZoneIndex } from '../zones/zone-index.ts'
import type { Gate } from './goal-tree.ts'
import { linksFrom } from './network.ts'
import type { Network } from './network.ts'
import type { RoutingTables } from './tables.ts'

/** Further from any ground than this, a point is nowhere. */
const nearGroundM = 15

/** A point's gates, and how far off its place the route begins when it lies on no ground. */
export interface PointGates {
  readonly gates: readonly Gate[]
  readonly gapM: number
}

/**
 * Gates of one network: of doors, kept once found, and of points. A door that is not on the network's
 * ground (too narrow for a wheelchair), or is closed, has no gate.
 */
export class GateKeeper {
  private readonly tables: RoutingTables
  private readonly network: Network
  private readonly closedOpenings: ReadonlySet<string>
  private readonly byDoor: (Gate | null | undefined)[] = []
  private readonly zones: readonly ZoneIndex[]
  private readonly unitsOfLevel: readonly (readonly number[])[]
  private readonly found = new Int32Array(8)

  constructor(tables: RoutingTables, network: Network, closedOpenings: ReadonlySet<string>) {
    this.tables = tables
    this.network = network
    this.closedOpenings = closedOpenings
    this.unitsOfLevel = tables.levels.map((_, level) =>
      tables.units.flatMap((unit, index) => (unit.level === level ? [index] : [])),
    )
    this.zones = this.unitsOfLevel.map((units) => new ZoneIndex(units.map((unit) => tables.units[unit]!)))
  }

  ofDoors(doors: readonly number[]): Gate[] {
    return doors.flatMap((door) => this.ofDoor(door) ?? [])
  }

  /**
   * A point on the ground is its own gate; in a shop it leaves by the shop's doors; by a wall or on no
   * ground at all it begins at the nearest ground. No gates: it is too far from any.
   */
  ofPoint(level: number, point: Xy): PointGates {
    const { ground } = this.network.levels[level]!
    if (ground.contains(point.x, point.y)) return { gates: [this.gate(level, [], point)], gapM: 0 }
    const inside = this.throughDoors(level, point)
    if (inside.length > 0) return { gates: inside, gapM: 0 }
    const near = nearestInside(ground.walls, point, nearGroundM)
    if (!near || ground.isClosed(near.x, near.y)) return { gates: [], gapM: 0 }
    const gapM = Math.hypot(near.x - point.x, near.y - point.y)
    // Beside a wall one still stands where one stands; inside of one nobody does.
    const isBeside = gapM < 1
    return { gates: [this.gate(level, isBeside ? [point] : [], near)], gapM: isBeside ? 0 : gapM }
  }

  private throughDoors(level: number, point: Xy): Gate[] {
    const count = this.zones[level]!.lookup(point.x, point.y, this.found)
    const gates: Gate[] = []
    for (let k = 0; k < Math.min(count, this.found.length); k++) {
      const unit = this.unitsOfLevel[level]![this.found[k]!]!
      for (const door of this.tables.units[unit]!.doors) {
        const gate = this.ofDoor(door)
        if (gate) gates.push(withLead(gate, [point, ...gate.lead]))
      }
    }
    return gates
  }

  private ofDoor(door: number): Gate | undefined {
    const known = this.byDoor[door]
    if (known !== undefined) return known ?? undefined
    const { level, x, y, outsideX, outsideY, openingId } = this.tables.doors[door]!
    const { ground } = this.network.levels[level]!
    const isShut =
      (openingId !== undefined && this.closedOpenings.has(openingId)) ||
      !ground.contains(outsideX, outsideY) ||
      ground.isWayClosed(x, y, outsideX, outsideY)
    const gate = isShut ? null : this.gate(level, [{ x, y }], { x: outsideX, y: outsideY })
    this.byDoor[door] = gate
    return gate ?? undefined
  }

  private gate(level: number, lead: readonly Xy[], outside: Xy): Gate {
    const links = linksFrom(this.network, level, outside.x, outside.y)
    return withLead({ level, lead, leadM: 0, outsideX: outside.x, outsideY: outside.y, links }, lead)
  }
}

function withLead(gate: Gate, lead: readonly Xy[]): Gate {
  return { ...gate, lead, leadM: lengthOfM([...lead, { x: gate.outsideX, y: gate.outsideY }]) }
}
