import type { LevelId } from '../model/index.ts'
import type { MapContext } from './context.ts'
import type { CanvasPalette, Here } from './map-canvas-types.ts'
import { wrapped } from './projection.ts'

/** Radius of the dot with its ring in CSS pixels. */
export const herePx = 11

/** Half of the look's cone of 57°. */
const coneRad = 0.5

/** Beyond this deviation a heading says nothing. */
const vagueRad = Math.PI / 3

/** Time constants with which the dot follows the fix, its radius and its heading. */
const settleMs = { position: 180, radius: 110, heading: 120 } as const

/** A jump of this length is shown as one: the fix was wrong, nobody walked it. */
const jumpM = 8

/** The person as drawn: on the way from the last fix to the new one. */
export interface ShownHere {
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
  readonly radiusM: number
  readonly headingRad: number | undefined
  /** Half the angle of the cone: wider when the heading is doubtful. */
  readonly halfConeRad: number
}

/**
 * One step of the dot towards the fix. Under 8 m it glides, farther it stands there at once, as on another
 * level; the radius grows from nothing.
 * @param elapsedMs since the last step; Infinity arrives at once.
 * @returns the dot, and whether it has arrived
 */
export function stepHere(
  shown: ShownHere | undefined,
  fix: Here,
  elapsedMs: number,
): { readonly shown: ShownHere; readonly hasArrived: boolean } {
  const headingRad = (fix.headingSigmaRad ?? 0) > vagueRad ? undefined : fix.headingRad
  const halfConeRad = Math.max(coneRad, fix.headingSigmaRad ?? 0)
  const { levelId, x, y, radiusM } = fix
  const target: ShownHere = { levelId, x, y, radiusM, headingRad, halfConeRad }
  const isNear = shown?.levelId === levelId && Math.hypot(shown.x - x, shown.y - y) < jumpM
  const from = shown && isNear ? shown : { ...target, radiusM: 0 }
  const share = (constantMs: number) => 1 - Math.exp(-elapsedMs / constantMs)
  const turn =
    headingRad === undefined || from.headingRad === undefined ? 0 : wrapped(headingRad - from.headingRad)
  const next: ShownHere = {
    ...target,
    x: from.x + (x - from.x) * share(settleMs.position),
    y: from.y + (y - from.y) * share(settleMs.position),
    radiusM: from.radiusM + (radiusM - from.radiusM) * share(settleMs.radius),
    headingRad: headingRad === undefined ? undefined : headingRad - turn * (1 - share(settleMs.heading)),
  }
  const leftRad = turn * (1 - share(settleMs.heading))
  const leftM = Math.max(Math.hypot(next.x - x, next.y - y), Math.abs(next.radiusM - radiusM))
  return leftM < 0.02 && Math.abs(leftRad) < 0.01
    ? { shown: target, hasArrived: true }
    : { shown: next, hasArrived: false }
}

/**
 * Draws the dot at the origin of the context, in CSS pixels: the circle of doubt at its true size, the cone
 * of the heading, the dot in its white ring.
 * @param bearingRad the bearing that points up
 */
export function drawHere(
  context: MapContext,
  { radiusM, headingRad, halfConeRad }: ShownHere,
  view: { readonly scale: number; readonly bearingRad: number; readonly palette: CanvasPalette },
): void {
  const { here } = view.palette
  const radiusPx = radiusM * view.scale
  if (radiusPx > 0) {
    circle(context, radiusPx)
    context.fillStyle = `${here}1F`
    context.fill()
    context.lineWidth = 1
    context.strokeStyle = `${here}55`
    context.stroke()
  }
  if (headingRad !== undefined) {
    const reach = herePx * 4.6
    const up = headingRad - view.bearingRad - Math.PI / 2
    const light = context.createRadialGradient(0, 0, herePx * 0.8, 0, 0, reach)
    light.addColorStop(0, `${here}99`)
    light.addColorStop(1, `${here}00`)
    context.fillStyle = light
    context.beginPath()
    context.moveTo(0, 0)
    context.arc(0, 0, reach, up - halfConeRad, up + halfConeRad)
    context.closePath()
    context.fill()
  }
  const shade = context.createRadialGradient(0, 1.5, herePx * 0.8, 0, 1.5, herePx * 1.4)
  shade.addColorStop(0, '#0F1E4650')
  shade.addColorStop(1, '#0F1E4600')
  context.fillStyle = shade
  circle(context, herePx * 2)
  context.fill()
  context.fillStyle = '#FFFFFF'
  circle(context, herePx)
  context.fill()
  context.fillStyle = here
  circle(context, herePx * 0.7)
  context.fill()
}

function circle(context: MapContext, radius: number): void {
  context.beginPath()
  context.arc(0, 0, radius, 0, 2 * Math.PI)
}
