import type { MapContext } from './context.ts'
import { traceShape } from './draw-base.ts'
import type { UnitShape } from './level-shapes.ts'
import type { CanvasPalette, Highlight } from './map-canvas-types.ts'
import type { Projection } from './projection.ts'

/** How a frame shows what is pointed out. */
export interface HighlightView {
  /** Metres to device pixels. */
  readonly projection: Projection
  /** CSS pixels of a metre. */
  readonly scale: number
  readonly palette: CanvasPalette
}

/** Draws the units that are pointed out: tinted and outlined in ink, or filled with the route's colour. */
export function drawHighlights(
  context: MapContext,
  units: readonly UnitShape[],
  marked: readonly { readonly short: string; readonly tone: Highlight['tone'] }[],
  { projection, scale, palette }: HighlightView,
): void {
  const { a, b, c, d, e, f } = projection
  context.setTransform(a, b, c, d, e, f)
  for (const { short, tone } of marked) {
    const found = units.filter(({ id, others }) => id === short || others.includes(short))
    if (found.length === 0) continue
    context.beginPath()
    for (const unit of found) traceShape(context, unit)
    context.fillStyle = tone === 'route' ? palette.route : `${palette.ink}14`
    context.fill()
    context.lineWidth = Math.max(2, 0.35 * scale) / scale
    context.lineJoin = 'round'
    context.strokeStyle = tone === 'route' ? palette.route : palette.ink
    context.stroke()
  }
}
