import type { MapContext } from './context.ts'
import type { CanvasPalette } from './map-canvas-types.ts'
import type { Projection } from './projection.ts'
import { stepsBeforeEnd, traceBetween } from './route-line.ts'
import type { RouteLine } from './route-line.ts'

/** The part of the way that lies behind, in every theme. */
const walkedColour = '#9AA4B2'

/** Chevrons are white in every theme: they stand on the route's own colour. */
const chevronColour = '#FFFFFF'

/** How long the way takes to appear, and how the highlight runs: every three seconds, for less than one. */
const appearMs = 700
const highlightEveryMs = 3000
const highlightMs = 900
const highlightShare = 0.14

/** How a frame shows the way. */
export interface RouteView {
  /** Metres to device pixels. */
  readonly projection: Projection
  /** CSS pixels of a metre. */
  readonly scale: number
  readonly palette: CanvasPalette
  /** Milliseconds since the way appeared; Infinity draws all of it without a highlight. */
  readonly ageMs: number
}

/** Width of the way in CSS pixels: 8 on an overview, 11 while walking, 13 at most. */
export function routeWidthPx(scale: number): number {
  return Math.max(5, Math.min(13, 8 + (scale - 3.9) * 1.36))
}

/** Milliseconds until the way wants to be drawn again; 0 for the next frame. */
export function routeWaitMs(ageMs: number): number {
  if (ageMs === Infinity) return Infinity
  if (ageMs < appearMs) return 0
  const phase = ageMs % highlightEveryMs
  return ageMs >= highlightEveryMs && phase < highlightMs ? 0 : highlightEveryMs - phase
}

/** Draws the walks of one level: casing, the part behind in grey, the part ahead with its chevrons. */
export function drawRoute(context: MapContext, lines: readonly RouteLine[], view: RouteView): void {
  const { a, b, c, d, e, f } = view.projection
  context.setTransform(a, b, c, d, e, f)
  const widthM = routeWidthPx(view.scale) / view.scale
  const casingM = widthM + Math.max(4 / view.scale, widthM * 0.55)
  const parts = partsOf(lines, view.ageMs)
  context.lineJoin = 'round'
  context.lineCap = 'round'
  const stroke = (colour: string, lineM: number, range: (part: Part) => readonly [number, number]) => {
    context.strokeStyle = colour
    context.lineWidth = lineM
    context.beginPath()
    for (const part of parts) traceBetween(context, part.line, ...range(part))
    context.stroke()
  }
  stroke(view.palette['route-case'], casingM, ({ toM }) => [0, toM])
  stroke(walkedColour, widthM, ({ line }) => [0, line.walkedM])
  stroke(view.palette.route, widthM, ({ line, toM }) => [line.walkedM, toM])
  drawHighlight(context, parts, view, widthM)
  drawChevrons(context, parts, widthM, view.scale)
}

interface Part {
  readonly line: RouteLine
  /** How far of the line is there already. */
  readonly toM: number
}

/** The lines with as much of what lies ahead as has appeared: from the walker to the end, one after the other. */
function partsOf(lines: readonly RouteLine[], ageMs: number): Part[] {
  const share = Math.min(1, ageMs / appearMs)
  let leftM = lines.reduce((sum, line) => sum + lengthOf(line) - line.walkedM, 0) * (1 - (1 - share) ** 3)
  return lines.map((line) => {
    const aheadM = lengthOf(line) - line.walkedM
    const shownM = Math.min(aheadM, leftM)
    leftM -= shownM
    return { line, toM: line.walkedM + shownM }
  })
}

/** A lighter stretch that runs along what lies ahead. */
function drawHighlight(
  context: MapContext,
  parts: readonly Part[],
  { ageMs }: RouteView,
  widthM: number,
): void {
  const phase = (ageMs % highlightEveryMs) / highlightMs
  if (ageMs === Infinity || ageMs < highlightEveryMs || phase >= 1) return
  const aheadM = parts.reduce((sum, { line }) => sum + lengthOf(line) - line.walkedM, 0)
  const stretchM = aheadM * highlightShare
  let fromM = phase * (aheadM + stretchM) - stretchM
  context.globalAlpha = 0.35
  context.strokeStyle = chevronColour
  context.lineWidth = widthM * 0.8
  context.beginPath()
  for (const { line } of parts) {
    const startM = line.walkedM
    traceBetween(context, line, Math.max(startM, startM + fromM), startM + fromM + stretchM)
    fromM -= lengthOf(line) - startM
  }
  context.stroke()
  context.globalAlpha = 1
}

function drawChevrons(context: MapContext, parts: readonly Part[], widthM: number, scale: number): void {
  const half = widthM * 0.24
  context.strokeStyle = chevronColour
  context.lineWidth = Math.max(1.6 / scale, widthM * 0.17)
  context.beginPath()
  for (const { line, toM } of parts) {
    const range = { fromM: line.walkedM + widthM * 1.5, toM: toM - widthM * 0.3, stepM: widthM * 4 }
    stepsBeforeEnd(line, range, (x, y, angle) => {
      const [alongX, alongY] = [Math.cos(angle) * half, Math.sin(angle) * half]
      context.moveTo(x - alongX * 0.6 - alongY, y - alongY * 0.6 + alongX)
      context.lineTo(x + alongX * 0.6, y + alongY * 0.6)
      context.lineTo(x - alongX * 0.6 + alongY, y - alongY * 0.6 - alongX)
    })
  }
  context.stroke()
}

function lengthOf({ alongM }: RouteLine): number {
  return alongM[alongM.length - 1] ?? 0
}
