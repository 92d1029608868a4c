import { nameIn } from '../../maps/render/client.ts'
import { floorsOf } from '../../maps/walkable/index.ts'
import type { FloorUnit } from '../../maps/walkable/index.ts'
import type { Ring } from '../../maps/geometry/index.ts'
import type { PlaceParts } from './find-place.ts'

/** A shape of a level as an SVG path, y downwards, and the colour token it is filled with. */
export interface DrawnShape {
  readonly token: string
  readonly d: string
}

/** A level as the placing page draws it: metres, x east, y south. */
export interface DrawnLevel {
  readonly id: string
  readonly name: string
  /** x, y, width and height. */
  readonly box: readonly [number, number, number, number]
  readonly floor: string
  readonly shapes: readonly DrawnShape[]
  /** Names by where they stand; `sizeM` is the letters' height. */
  readonly labels: readonly {
    readonly x: number
    readonly y: number
    readonly text: string
    readonly sizeM: number
  }[]
}

const tokens = {
  open: 'floor',
  rest: 'rest',
  room: 'vacant',
  connector: 'amen',
  void: 'void',
  solid: 'aux',
} as const
const leastLabelM2 = 25

/** The levels of a venue, highest first, as the level picker shows them. O(points). */
export function drawnLevels({ archive, destinations }: PlaceParts, language: string): DrawnLevel[] {
  const byUnit = new Map(destinations.flatMap((one) => one.unitIds.map((id) => [id, one] as const)))
  return floorsOf(archive)
    .map((floor): DrawnLevel => {
      const shapes: DrawnShape[] = []
      const labels: DrawnLevel['labels'][number][] = []
      for (const unit of floor.units) {
        if (unit.role === 'open') continue
        const destination = byUnit.get(unit.id)
        const category = destination?.shopCategory
        const token = destination?.kind === 'bay' ? 'bay' : category ? `t-${category}` : tokens[unit.role]
        shapes.push({ token, d: pathOf(unit.rings) })
        if (!destination || destination.kind === 'bay') continue
        const areaM2 = areaOf(unit)
        if (areaM2 < leastLabelM2) continue
        const text = nameIn(destination.name, language)
        const sizeM = Math.min(2.2, Math.sqrt(areaM2) / 5)
        labels.push({ x: destination.x, y: -destination.y, text, sizeM })
      }
      const points = floor.standing.flat()
      const xs = points.map(({ x }) => x)
      const ys = points.map(({ y }) => -y)
      const [left, top] = [min(xs), min(ys)]
      const box = [
        left - 4,
        top - 4,
        -min(xs.map((x) => -x)) - left + 8,
        -min(ys.map((y) => -y)) - top + 8,
      ] as const
      return { id: floor.levelId, name: floor.name, box, floor: pathOf(floor.standing), shapes, labels }
    })
    .reverse()
}

function min(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity)
}

function areaOf({ rings }: FloorUnit): number {
  const [outer = []] = rings
  let twice = 0
  outer.forEach((a, i) => {
    const b = outer[(i + 1) % outer.length]!
    twice += a.x * b.y - b.x * a.y
  })
  return Math.abs(twice) / 2
}

/** To the decimetre: finer is not seen. */
function pathOf(rings: readonly Ring[]): string {
  return rings
    .map((ring) => `M${ring.map(({ x, y }) => `${x.toFixed(1)} ${(-y).toFixed(1)}`).join('L')}Z`)
    .join('')
}
