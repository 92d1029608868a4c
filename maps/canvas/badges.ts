import type { Xy } from '../model/index.ts'
import type { FreeArea } from '../render/camera.ts'
import type { Box } from './boxes.ts'
import type { MapContext } from './context.ts'
import { traceRound } from './glyph.ts'
import type { GlyphSet } from './draw-labels.ts'
import type { CanvasPalette, MapBadge } from './map-canvas-types.ts'

/** Measures of a badge in CSS pixels. */
const px = {
  height: 36,
  padding: 11,
  gap: 7,
  glyph: 18,
  text: 16,
  chip: 26,
  tip: 8,
  radius: 11,
  margin: 10,
} as const

/** The tip ends this far from the point, so that the way's end can be seen. */
const awayPx = 5

/** A badge with its place on the screen, in CSS pixels. */
export interface PlacedBadge {
  readonly badge: MapBadge
  readonly box: Box
  /** Where its tip points. */
  readonly tip: Xy
}

/**
 * Where a badge stands: above its point, below it when there is no room above, and at the edge of the free
 * area, tip towards the point, when the point is out of sight.
 */
export function placeBadge(badge: MapBadge, point: Xy, free: FreeArea, widthPx: number): PlacedBadge {
  const above = point.y - awayPx - px.tip - px.height
  const top = above >= free.top + px.margin ? above : point.y + awayPx + px.tip
  const left = clamped(point.x - widthPx / 2, free.left + px.margin, free.right - px.margin - widthPx)
  const held = clamped(top, free.top + px.margin, free.bottom - px.margin - px.height)
  const box = { left, top: held, right: left + widthPx, bottom: held + px.height }
  return { badge, box, tip: point }
}

/** Width of a badge in CSS pixels, as the context measures its letters. */
export function badgeWidth(context: MapContext, badge: MapBadge, fontFamily: string): number {
  context.font = `600 ${px.text}px ${fontFamily}`
  const glyph = badge.glyph === undefined ? 0 : px.glyph + px.gap
  return 2 * px.padding + glyph + context.measureText(badge.text).width + chipWidth(context, badge)
}

/** Draws a badge; the context takes CSS pixels. */
export function drawBadge(
  context: MapContext,
  placed: PlacedBadge,
  style: { readonly palette: CanvasPalette; readonly glyphs: GlyphSet; readonly fontFamily: string },
): void {
  const { badge, box } = placed
  const { palette, glyphs, fontFamily } = style
  const [ground, ink] =
    badge.tone === 'route' ? [palette.route, palette['on-route']] : [palette.ink, palette['on-ink']]
  const tip = tipOf(placed)
  for (const [colour, width] of [
    ['#14181F14', 7],
    [palette.paper, 4],
  ] as const) {
    context.strokeStyle = colour
    context.lineWidth = width
    context.lineJoin = 'round'
    traceBody(context, box)
    context.stroke()
    traceTip(context, tip)
    context.stroke()
  }
  context.fillStyle = ground
  traceTip(context, tip)
  context.fill()
  traceBody(context, box)
  context.fill()
  let x = box.left + px.padding
  const y = (box.top + box.bottom) / 2
  context.fillStyle = ink
  if (badge.glyph !== undefined) {
    glyphs.fill(context, badge.glyph, { left: x, top: y - px.glyph / 2, side: px.glyph })
    x += px.glyph + px.gap
  }
  context.font = `600 ${px.text}px ${fontFamily}`
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  context.fillText(badge.text, x, y + 1)
  if (badge.chip === undefined) return
  const width = chipWidth(context, badge) - px.gap
  const left = box.right - px.padding / 2 - width
  traceRound(context, { left, top: y - px.chip / 2, width, height: px.chip }, 6)
  context.fillStyle = badge.tone === 'route' ? palette.ink : palette.route
  context.fill()
  context.fillStyle = badge.tone === 'route' ? palette['on-ink'] : palette['on-route']
  context.textAlign = 'center'
  context.fillText(badge.chip, left + width / 2, y + 1)
}

function chipWidth(context: MapContext, { chip }: MapBadge): number {
  // The padding to the right of a chip is half of that beside letters.
  return chip === undefined ? 0 : context.measureText(chip).width + 14 + px.gap - px.padding / 2
}

function traceBody(context: MapContext, { left, top, right, bottom }: Box): void {
  traceRound(context, { left, top, width: right - left, height: bottom - top }, px.radius)
}

type Triangle = readonly [Xy, Xy, Xy]

/** The tip: on the side of the badge that faces the point, as near to it as the side allows. */
function tipOf({ box, tip }: PlacedBadge): Triangle {
  const room = px.radius + px.tip
  const isBeside =
    (tip.x < box.left || tip.x > box.right) && tip.y > box.top - px.tip && tip.y < box.bottom + px.tip
  if (isBeside) {
    const y = clamped(tip.y, box.top + room, box.bottom - room)
    const side = tip.x < box.left ? box.left : box.right
    const out = tip.x < box.left ? -px.tip : px.tip
    return [
      { x: side, y: y - px.tip },
      { x: side + out, y },
      { x: side, y: y + px.tip },
    ]
  }
  const x = clamped(tip.x, box.left + room, box.right - room)
  const isBelow = tip.y > (box.top + box.bottom) / 2
  const side = isBelow ? box.bottom - 1 : box.top + 1
  return [
    { x: x - px.tip, y: side },
    { x, y: side + (isBelow ? px.tip : -px.tip) },
    { x: x + px.tip, y: side },
  ]
}

function traceTip(context: MapContext, [a, b, c]: Triangle): void {
  context.beginPath()
  context.moveTo(a.x, a.y)
  context.lineTo(b.x, b.y)
  context.lineTo(c.x, c.y)
  context.closePath()
}

function clamped(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}
