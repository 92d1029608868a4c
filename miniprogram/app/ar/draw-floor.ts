import type { ArArrow, MapContext } from '../../../maps/canvas/index.ts'
import type { Xy } from '../../../maps/model/index.ts'
import { light } from 'virtual:tokens'
import { chevronShape } from './floor-view.ts'
import type { CameraView } from './floor-view.ts'

/** Beyond this distance chevrons fade, and are gone at the other. */
const fadeM = { from: 7, to: 17 } as const
/** How far below a chevron its shadow lies, CSS pixels of the nearest one. */
const shadowPx = 5

/** Paints the chevrons of the way into the camera's picture, the farthest first. */
export function drawFloor(
  context: MapContext,
  view: CameraView,
  { chevrons }: Extract<ArArrow, { isShown: true }>,
): void {
  for (const chevron of [...chevrons].sort((a, b) => b.forwardM - a.forwardM)) {
    const shape = chevronShape(view, chevron)
    if (!shape) continue
    const distanceM = Math.hypot(chevron.rightM, chevron.forwardM)
    const faded = (distanceM - fadeM.from) / (fadeM.to - fadeM.from)
    context.globalAlpha = 1 - 0.75 * Math.max(0, Math.min(1, faded))
    const lower = shadowPx / Math.max(1, distanceM / 2)
    const shadow = shape.casing.map(({ x, y }) => ({ x, y: y + lower }))
    fill(context, shadow, 'rgba(20, 24, 31, 0.45)')
    fill(context, shape.casing, '#ffffff')
    fill(context, shape.body, light.route ?? '#f2510f')
  }
  context.globalAlpha = 1
}

function fill(context: MapContext, points: readonly Xy[], colour: string): void {
  context.beginPath()
  points.forEach(({ x, y }, index) => {
    if (index === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  })
  context.closePath()
  context.fillStyle = colour
  context.fill()
}
