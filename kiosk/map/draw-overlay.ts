/** A point in CSS pixels. */
export interface Pixel {
  readonly x: number
  readonly y: number
}

/** Colours of what is drawn over the map, from the page's tokens. */
export interface OverlayColours {
  readonly route: string
  readonly casing: string
  readonly walked: string
  readonly here: string
  readonly ring: string
}

export interface DrawnLine {
  readonly points: readonly Pixel[]
  readonly state: 'walked' | 'now' | 'ahead'
}

export interface DrawnHere {
  readonly at: Pixel
  /** A point some metres ahead of the person; absent when it is not known which way that is. */
  readonly ahead: Pixel | undefined
}

/** How far the film of the route is: both from 0 to 1. */
export interface RouteFilm {
  /** Share of the told line that is drawn. */
  readonly drawn: number
  /** Where the highlight is on the told line; undefined between two of them. */
  readonly highlight: number | undefined
}

/** Sizes in units of the look, which are CSS pixels on a screen 1080 wide. */
const routeWidth = 20
const chevronEvery = 4
/** Length of the highlight in widths of the way. */
const highlightWidths = 4.5
const hereRadius = 22
const coneLength = 96
/** Half of the look's 57°. */
const coneHalfRad = ((57 / 2) * Math.PI) / 180

export interface Overlay {
  readonly lines: readonly DrawnLine[]
  readonly here: DrawnHere | undefined
  readonly film: RouteFilm
  readonly colours: OverlayColours
  /** CSS pixels of one unit of the look. */
  readonly unit: number
}

/**
 * Draws the way and the person over the map: what was walked in grey, the leg that is told in the colour
 * of the way with its casing and chevrons, what is to come paler; the person with a cone ahead.
 *
 * @param context scaled to CSS pixels, cleared
 */
export function drawOverlay(context: CanvasRenderingContext2D, overlay: Overlay): void {
  const { lines, here, film, colours, unit } = overlay
  context.lineJoin = 'round'
  context.lineCap = 'round'
  const width = routeWidth * unit
  for (const state of ['ahead', 'walked', 'now'] as const) {
    for (const line of lines) {
      if (line.state !== state) continue
      const points = state === 'now' ? upTo(line.points, film.drawn) : line.points
      const color = state === 'walked' ? colours.walked : colours.route
      context.globalAlpha = state === 'ahead' ? 0.5 : 1
      drawLine(context, points, { color, casing: colours.casing, width })
      context.globalAlpha = 1
      if (state === 'now' && film.drawn >= 1)
        drawHighlight(context, line.points, { at: film.highlight, width })
      if (state !== 'walked') drawChevrons(context, points, width)
    }
  }
  if (here) drawHere(context, here, overlay)
}

/** A line with its casing. */
export function drawLine(
  context: CanvasRenderingContext2D,
  points: readonly Pixel[],
  { color, casing, width }: { readonly color: string; readonly casing: string; readonly width: number },
): void {
  trace(context, points)
  context.strokeStyle = casing
  context.lineWidth = width * 1.55
  context.stroke()
  context.strokeStyle = color
  context.lineWidth = width
  context.stroke()
}

/** A paler stretch that runs along the way: it says which way to go. */
export function drawHighlight(
  context: CanvasRenderingContext2D,
  points: readonly Pixel[],
  { at, width }: { readonly at: number | undefined; readonly width: number },
): void {
  if (at === undefined) return
  const length = lengthOf(points)
  const stretch = width * highlightWidths
  const middle = at * (length + stretch) - stretch / 2
  const from = Math.max(0, middle - stretch / 2)
  const to = Math.min(length, middle + stretch / 2)
  if (to <= from) return
  trace(context, between(points, from, to))
  context.globalAlpha = 0.38
  context.strokeStyle = '#ffffff'
  context.lineWidth = width
  context.stroke()
  context.globalAlpha = 1
}

/** Chevrons along a line, each pointing the way it goes. */
export function drawChevrons(
  context: CanvasRenderingContext2D,
  points: readonly Pixel[],
  width: number,
): void {
  const half = width * 0.24
  context.strokeStyle = '#ffffff'
  context.lineWidth = width * 0.17
  for (const { x, y, angle } of everyPixels(points, width * chevronEvery)) {
    context.save()
    context.translate(x, y)
    context.rotate(angle)
    context.beginPath()
    context.moveTo(-half * 0.6, -half)
    context.lineTo(half * 0.6, 0)
    context.lineTo(-half * 0.6, half)
    context.stroke()
    context.restore()
  }
}

/** The person, with a cone ahead where it is known which way that is. */
export function drawHere(
  context: CanvasRenderingContext2D,
  { at, ahead }: DrawnHere,
  { colours, unit }: Pick<Overlay, 'colours' | 'unit'>,
): void {
  const radius = hereRadius * unit
  context.save()
  context.translate(at.x, at.y)
  if (ahead) {
    const reach = coneLength * unit
    const fade = context.createRadialGradient(0, 0, radius * 0.8, 0, 0, reach)
    fade.addColorStop(0, `${colours.here}99`)
    fade.addColorStop(1, `${colours.here}00`)
    context.save()
    context.rotate(Math.atan2(ahead.y - at.y, ahead.x - at.x))
    context.fillStyle = fade
    context.beginPath()
    context.moveTo(0, 0)
    context.arc(0, 0, reach, -coneHalfRad, coneHalfRad)
    context.closePath()
    context.fill()
    context.restore()
  }
  context.shadowColor = 'rgb(15 30 70 / 35%)'
  context.shadowBlur = radius * 0.7
  context.shadowOffsetY = radius * 0.15
  disc(context, radius, colours.ring)
  context.shadowColor = 'transparent'
  disc(context, radius * 0.7, colours.here)
  context.restore()
}

function disc(context: CanvasRenderingContext2D, radius: number, color: string): void {
  context.beginPath()
  context.arc(0, 0, radius, 0, 2 * Math.PI)
  context.fillStyle = color
  context.fill()
}

function trace(context: CanvasRenderingContext2D, points: readonly Pixel[]): void {
  context.beginPath()
  points.forEach(({ x, y }, i) => {
    if (i === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  })
}

/** Length of a line in pixels. */
export function lengthOf(points: readonly Pixel[]): number {
  let length = 0
  for (let i = 1; i < points.length; i++) length += distance(points[i - 1]!, points[i]!)
  return length
}

/** The first `share` of a line. */
export function upTo(points: readonly Pixel[], share: number): Pixel[] {
  return share >= 1 ? [...points] : between(points, 0, lengthOf(points) * share)
}

/** The stretch of a line from `from` to `to` pixels along it. */
export function between(points: readonly Pixel[], from: number, to: number): Pixel[] {
  const part: Pixel[] = []
  let passed = 0
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!
    const b = points[i]!
    const length = distance(a, b)
    if (length > 0 && passed + length >= from && passed <= to) {
      if (part.length === 0) part.push(along(a, b, (from - passed) / length))
      part.push(along(a, b, (to - passed) / length))
    }
    passed += length
  }
  return part
}

/** Points at equal distances along a line, the first half a distance from its start, with the way it goes there. */
export function everyPixels(points: readonly Pixel[], step: number): (Pixel & { readonly angle: number })[] {
  const found: (Pixel & { readonly angle: number })[] = []
  let next = step / 2
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!
    const b = points[i]!
    const length = distance(a, b)
    const angle = Math.atan2(b.y - a.y, b.x - a.x)
    for (; next <= length && length > 0; next += step) found.push({ ...along(a, b, next / length), angle })
    next -= length
  }
  return found
}

function along(a: Pixel, b: Pixel, share: number): Pixel {
  const t = Math.min(1, Math.max(0, share))
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }
}

function distance(a: Pixel, b: Pixel): number {
  return Math.hypot(b.x - a.x, b.y - a.y)
}
