import { shopCategories } from '../model/index.ts'
import type { DrawnKind } from '../render/client.ts'
import type { MapContext } from './context.ts'
import type { LevelShapes, Shape, UnitShape } from './level-shapes.ts'
import type { CanvasPalette } from './map-canvas-types.ts'
import type { Projection } from './projection.ts'

/** A part of the ground to draw: which rectangle of the context, and how the level comes into it. */
export interface BasePart {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Metres of the level to pixels of the context. */
  readonly projection: Projection
  /** CSS pixels of a metre: decides what is shown and how wide lines are. */
  readonly scale: number
  readonly dpr: number
}

/** Pixels per metre from which things are drawn. */
const showFrom = { bays: 1.2, treads: 2, doors: 3.2 } as const

/** Units that stand back, by the colour that fills them. */
const quietColours = [
  ['aux', ['aux', 'lift', 'escalator', 'stairs', 'toilet']],
  ['closed', ['closed']],
  ['vacant', ['vacant']],
  ['rest', ['rest']],
] as const satisfies readonly (readonly [keyof CanvasPalette, readonly DrawnKind[]])[]

/**
 * Draws what does not change while one pans: outside, slab, floor, openings, units, doors, treads, in the
 * look's order. Units of one colour are one path, so that a parking level of 600 units takes some twenty
 * calls that paint. O(units and corners in the part).
 */
export function drawBase(
  context: MapContext,
  level: LevelShapes,
  palette: CanvasPalette,
  part: BasePart,
): void {
  const brush = new Brush(context, part)
  context.save()
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.beginPath()
  context.rect(part.left, part.top, part.width, part.height)
  context.clip()
  context.fillStyle = palette.outside
  context.fillRect(part.left, part.top, part.width, part.height)
  drawGround(brush, level, palette)
  const byKind = new Map<DrawnKind, UnitShape[]>()
  for (const index of level.unitsIn(...levelBounds(part))) {
    const unit = level.units[index]!
    const others = byKind.get(unit.kind)
    if (others) others.push(unit)
    else byKind.set(unit.kind, [unit])
  }
  drawVoids(brush, byKind.get('void') ?? [], palette)
  drawUnits(brush, byKind, palette)
  if (part.scale >= showFrom.doors) {
    brush.lines(level.doors, Math.max(2.4, 0.3 * part.scale), palette.floor)
  }
  if (part.scale >= showFrom.treads) brush.lines(level.treads, 0.8, palette.wall)
  context.restore()
}

function drawGround(brush: Brush, { outline }: LevelShapes, palette: CanvasPalette): void {
  const { scale } = brush.part
  brush.fill([outline], palette.side, clamped(0.55 * scale, 1.5, 7))
  brush.fill([outline], palette.floor)
  brush.stroke([outline], clamped(0.22 * scale, 1, 2), palette.edge)
}

/** An opening looks deep by a shade inside its edge. */
function drawVoids(brush: Brush, voids: readonly Shape[], palette: CanvasPalette): void {
  const { context, part } = brush
  brush.fill(voids, palette.void)
  for (const shape of voids) {
    context.save()
    brush.trace([shape], 0)
    context.clip()
    context.globalAlpha = 0.4
    brush.stroke([shape], 0.9 * part.scale + 3, palette['void-edge'], -1)
    context.restore()
  }
  brush.stroke(voids, 1, palette['void-edge'])
}

function drawUnits(
  brush: Brush,
  byKind: ReadonlyMap<DrawnKind, readonly UnitShape[]>,
  palette: CanvasPalette,
): void {
  const { scale } = brush.part
  const of = (kind: DrawnKind) => byKind.get(kind) ?? []
  const quiet = quietColours.map(([colour, kinds]) => [colour, kinds.flatMap(of)] as const)
  for (const [colour, units] of quiet) brush.fill(units, palette[colour])
  brush.stroke(
    quiet.flatMap(([, units]) => units),
    Math.min(1, 0.16 * scale),
    palette['wall-2'],
  )
  if (scale >= showFrom.bays) {
    brush.fill(of('bay'), palette.bay)
    brush.stroke(of('bay'), Math.min(1, 0.25 * scale), palette['bay-line'])
  }
  const shops = of('shop')
  // A shop's lower edge gives it body without a third dimension.
  brush.fill(shops, palette.wall, clamped(0.28 * scale, 0.8, 3.2))
  for (const category of shopCategories) {
    brush.fill(
      shops.filter(({ tint }) => tint === category),
      palette[`t-${category}`],
    )
  }
  brush.stroke(shops, clamped(0.16 * scale, 0.7, 1.6), palette.wall)
}

/** Paints in metres of the level; widths and offsets are in CSS pixels. */
class Brush {
  readonly context: MapContext
  readonly part: BasePart

  constructor(context: MapContext, part: BasePart) {
    this.context = context
    this.part = part
  }

  /** Begins a path of all shapes, moved down the screen by so much. */
  trace(shapes: readonly Shape[], downPx: number): void {
    const { context, part } = this
    const { a, b, c, d, e, f } = part.projection
    context.setTransform(a, b, c, d, e, f + downPx * part.dpr)
    context.beginPath()
    for (const shape of shapes) traceShape(context, shape)
  }

  fill(shapes: readonly Shape[], colour: string, downPx = 0): void {
    if (shapes.length === 0) return
    this.trace(shapes, downPx)
    this.context.fillStyle = colour
    this.context.fill()
  }

  stroke(shapes: readonly Shape[], widthPx: number, colour: string, downPx = 0): void {
    if (shapes.length === 0) return
    this.trace(shapes, downPx)
    this.line(widthPx, colour)
  }

  /** Every line whose ends stand in `ends`; lines off the part are left out. */
  lines(ends: Float32Array, widthPx: number, colour: string): void {
    const { context, part } = this
    const [west, south, east, north] = levelBounds(part)
    this.trace([], 0)
    for (let i = 0; i < ends.length; i += 4) {
      const [ax, ay, bx, by] = [ends[i]!, ends[i + 1]!, ends[i + 2]!, ends[i + 3]!]
      if (Math.max(ax, bx) < west || Math.min(ax, bx) > east) continue
      if (Math.max(ay, by) < south || Math.min(ay, by) > north) continue
      context.moveTo(ax, ay)
      context.lineTo(bx, by)
    }
    this.line(widthPx, colour)
  }

  private line(widthPx: number, colour: string): void {
    this.context.lineJoin = 'round'
    this.context.lineCap = 'butt'
    this.context.lineWidth = widthPx / this.part.scale
    this.context.strokeStyle = colour
    this.context.stroke()
  }
}

/** Adds a shape to the path of a context that takes metres. */
export function traceShape(context: MapContext, { points, ends }: Shape): void {
  let from = 0
  for (const end of ends) {
    context.moveTo(points[from]!, points[from + 1]!)
    for (let i = from + 2; i < end; i += 2) context.lineTo(points[i]!, points[i + 1]!)
    context.closePath()
    from = end
  }
}

/** Widest line or offset in CSS pixels that reaches into a part from beyond it. */
const reachPx = 8

/** What of the level a part can show: west, south, east, north. */
function levelBounds({
  left,
  top,
  width,
  height,
  projection,
  dpr,
}: BasePart): [number, number, number, number] {
  const { a, b, c, d, e, f } = projection
  const determinant = a * d - b * c
  const reach = reachPx * dpr
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const px of [left - reach, left + width + reach]) {
    for (const py of [top - reach, top + height + reach]) {
      const x = (d * (px - e) - c * (py - f)) / determinant
      const y = (a * (py - f) - b * (px - e)) / determinant
      west = Math.min(west, x)
      east = Math.max(east, x)
      south = Math.min(south, y)
      north = Math.max(north, y)
    }
  }
  return [west, south, east, north]
}

function clamped(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}
