import {
  between,
  drawChevrons,
  drawHere,
  drawHighlight,
  drawLine,
  lengthOf,
  upTo,
} from '../map/draw-overlay.ts'
import type { OverlayColours, Pixel } from '../map/draw-overlay.ts'
import type { BuildingFilm } from './building-film.ts'
import { projected } from './camera.ts'
import type { Pose, Screen, Xyz } from './camera.ts'
import { heightOf } from './painter.ts'
import type { Stack, StackRide, StackWalk } from './stack.ts'

export interface WayColours extends OverlayColours {
  /** Ground under the dots of a shaft, and inside its rings. */
  readonly paper: string
  /** Rings of storeys at which one does not get off. */
  readonly passed: string
}

export interface Way {
  readonly stack: Stack
  readonly pose: Pose
  readonly screen: Screen
  readonly film: BuildingFilm
  /** Where the highlight is on the leg that is told, 0 to 1. */
  readonly highlight: number | undefined
  readonly told: number
  readonly colours: WayColours
  /** CSS pixels of one unit of the look. */
  readonly unit: number
}

/** Sizes in units of the look. */
const walkWidth = 13
const shaftWidth = 24
const dotWidth = 11
const ring = { rx: 22, ry: 12, line: 6 } as const
/** Walks and shafts are drawn this far above the floor. */
const overFloorM = 0.3

/**
 * Draws the way through the building over its storeys, which never hide it: shafts dotted, with a ring at
 * each level, walks with casing and chevrons, what was walked in grey.
 *
 * @param context scaled to CSS pixels, cleared
 */
export function drawWay(context: CanvasRenderingContext2D, way: Way): void {
  context.lineJoin = 'round'
  context.lineCap = 'round'
  for (const ride of way.stack.rides) drawShaft(context, ride, way)
  for (const walk of way.stack.walks) drawWalk(context, walk, way)
  const { start } = way.stack
  const at = toScreen({ ...start.at, z: 0 }, start.storey, way)
  drawHere(context, { at, ahead: undefined }, { colours: way.colours, unit: way.unit * 0.82 })
}

/** Where a point of a storey is on the screen now; `z` is its height over that storey's floor. */
export function toScreen(
  point: Xyz,
  storey: number,
  { stack, pose, screen, film }: Pick<Way, 'stack' | 'pose' | 'screen' | 'film'>,
): Pixel {
  const floorM = heightOf(stack.storeys[storey]!, film.parted)
  return projected({ ...point, z: floorM + point.z + overFloorM }, pose, screen)
}

function drawWalk(context: CanvasRenderingContext2D, walk: StackWalk, way: Way): void {
  const { colours, film, unit, told } = way
  const width = walkWidth * unit
  const line = walk.points.map((point) => toScreen({ ...point, z: 0 }, walk.storey, way))
  const drawn = upTo(line, film.legs[walk.leg] ?? 1)
  if (drawn.length < 2) return
  const isWalked = walk.state === 'walked'
  drawLine(context, drawn, {
    color: isWalked ? colours.walked : colours.route,
    casing: colours.casing,
    width,
  })
  if (isWalked) return
  if (walk.leg === told) drawHighlight(context, line, { at: way.highlight, width })
  drawChevrons(context, drawn, width)
}

function drawShaft(context: CanvasRenderingContext2D, ride: StackRide, way: Way): void {
  const { colours, film, unit, told } = way
  const share = film.legs[ride.leg] ?? 1
  const [from, to] = [
    toScreen({ ...ride.from, z: 0 }, ride.fromStorey, way),
    toScreen({ ...ride.to, z: 0 }, ride.toStorey, way),
  ]
  const drawn = upTo([from, to], share)
  const isRidden = ride.leg < told
  if (drawn.length === 2 && share > 0) {
    stroke(context, drawn, { color: colours.paper, width: shaftWidth * unit, alpha: 0.85 })
    context.setLineDash([0.1, shaftWidth * unit])
    stroke(context, drawn, {
      color: isRidden ? colours.walked : colours.route,
      width: dotWidth * unit,
      alpha: 1,
    })
    context.setLineDash([])
    if (ride.leg === told && way.highlight !== undefined) {
      const length = lengthOf(drawn)
      const at = way.highlight * length
      const glow = between(drawn, Math.max(0, at - 30 * unit), Math.min(length, at + 30 * unit))
      stroke(context, glow, { color: colours.route, width: dotWidth * 1.5 * unit, alpha: 0.75 })
    }
  }
  drawRings(context, ride, way, share)
}

function drawRings(context: CanvasRenderingContext2D, ride: StackRide, way: Way, share: number): void {
  const { colours, unit } = way
  const step = Math.sign(ride.toStorey - ride.fromStorey)
  const storeys = Math.abs(ride.toStorey - ride.fromStorey)
  const heights = way.stack.storeys.map(({ openM }) => openM)
  const risesM = heights[ride.toStorey]! - heights[ride.fromStorey]!
  for (let i = 0; i <= storeys; i++) {
    const storey = ride.fromStorey + i * step
    const along = risesM === 0 ? 0 : (heights[storey]! - heights[ride.fromStorey]!) / risesM
    if (along > share + 1e-6) return
    const x = ride.from.x + (ride.to.x - ride.from.x) * along
    const y = ride.from.y + (ride.to.y - ride.from.y) * along
    const at = toScreen({ x, y, z: 0 }, storey, way)
    const isEnd = i === 0 || i === storeys
    context.beginPath()
    context.ellipse(at.x, at.y, ring.rx * unit, ring.ry * unit, 0, 0, 2 * Math.PI)
    context.fillStyle = colours.paper
    context.fill()
    context.lineWidth = ring.line * unit
    context.strokeStyle = !isEnd ? colours.passed : ride.leg < way.told ? colours.walked : colours.route
    context.stroke()
  }
}

function stroke(
  context: CanvasRenderingContext2D,
  points: readonly Pixel[],
  { color, width, alpha }: { readonly color: string; readonly width: number; readonly alpha: number },
): void {
  context.beginPath()
  points.forEach(({ x, y }, i) => {
    if (i === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  })
  context.globalAlpha = alpha
  context.strokeStyle = color
  context.lineWidth = width
  context.stroke()
  context.globalAlpha = 1
}
