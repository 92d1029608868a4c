import { glyphEm, lineEm } from '../render/labels.ts'
import type { MapContext } from './context.ts'
import { fillGlyph, parseGlyph, traceRound } from './glyph.ts'
import type { Glyph, Square } from './glyph.ts'
import { offerPx } from './label-plan.ts'
import type { PlacedLabel } from './label-plan.ts'
import type { CanvasPalette, GlyphName, GlyphPaths } from './map-canvas-types.ts'

/** How letters and glyphs are drawn. */
export interface LabelStyle {
  readonly palette: CanvasPalette
  readonly glyphs: GlyphSet
  readonly fontFamily: string
  readonly language: string
  readonly dpr: number
}

/** The glyphs of a map, each parsed when it is first drawn. */
export class GlyphSet {
  private readonly paths: GlyphPaths
  private readonly parsed = new Map<GlyphName, Glyph>()

  constructor(paths: GlyphPaths) {
    this.paths = paths
  }

  /** Fills a glyph; does nothing for one that was not given. */
  fill(context: MapContext, name: GlyphName, square: Square): void {
    let glyph = this.parsed.get(name)
    if (!glyph) {
      const path = this.paths[name]
      if (path === undefined) return
      glyph = parseGlyph(path)
      this.parsed.set(name, glyph)
    }
    fillGlyph(context, glyph, square)
  }
}

/** Draws one label with its place at the origin of the context, in CSS pixels. */
export function drawLabel(context: MapContext, label: PlacedLabel, style: LabelStyle): void {
  switch (label.kind) {
    case 'dot':
      disc(context, 2.4, style.palette[`c-${label.tint}`])
      return
    case 'pin':
      drawPin(context, label, style)
      return
    case 'offer':
      drawOffer(context, label, style)
      return
    case 'symbol':
      drawSymbol(context, label, style)
      return
    case 'bay':
    case 'glyph':
    case 'name':
      drawName(context, label, style)
  }
}

/** How strongly a label is drawn: what stands back stands back by this. */
export function opacityOf({ kind, sizePx }: PlacedLabel): number {
  if (kind === 'bay') return 0.6
  if (kind === 'dot') return 0.7
  return kind === 'name' && sizePx < 16 ? 0.86 : 1
}

function drawName(context: MapContext, { kind, lines, sizePx, tint }: PlacedLabel, style: LabelStyle): void {
  const { palette, glyphs, fontFamily } = style
  const withGlyph = kind === 'glyph'
  const height = (lines.length * lineEm + (withGlyph ? glyphEm : 0)) * sizePx
  let y = -height / 2
  if (withGlyph) {
    const side = sizePx * 1.06
    context.fillStyle = palette[`c-${tint}`]
    glyphs.fill(context, tint, { left: -side / 2, top: y + sizePx * 0.02, side })
    y += glyphEm * sizePx
  }
  write(context, `${sizePx >= 16 ? 600 : 500} ${sizePx}px ${fontFamily}`, palette.ink)
  for (const line of lines) {
    context.fillText(line, 0, y + (lineEm / 2 + 0.04) * sizePx)
    y += lineEm * sizePx
  }
}

function drawSymbol(
  context: MapContext,
  { sizePx, symbol }: PlacedLabel,
  { palette, glyphs }: LabelStyle,
): void {
  if (!symbol) return
  traceRound(context, { left: -sizePx / 2, top: -sizePx / 2, width: sizePx, height: sizePx }, sizePx * 0.28)
  context.lineWidth = 3
  context.strokeStyle = palette.floor
  context.stroke()
  context.fillStyle = palette.amen
  context.fill()
  context.fillStyle = palette['on-amen']
  const side = sizePx * 0.68
  glyphs.fill(context, symbol, { left: -side / 2, top: -side / 2, side })
}

function drawPin(
  context: MapContext,
  { sizePx, lines }: PlacedLabel,
  { palette, fontFamily }: LabelStyle,
): void {
  disc(context, sizePx / 2 + 2, palette.paper)
  disc(context, sizePx / 2, palette.ink)
  write(context, `600 14px ${fontFamily}`, palette['on-ink'])
  context.fillText(lines[0] ?? '', 0, 0.5)
}

function drawOffer(
  context: MapContext,
  { box }: PlacedLabel,
  { palette, fontFamily, language }: LabelStyle,
): void {
  const x = (box.left + box.right) / 2
  disc(context, offerPx / 2 + 1.5, palette.floor, x)
  disc(context, offerPx / 2, palette.offer, x)
  write(context, `600 11px ${fontFamily}`, palette['on-offer'])
  context.fillText(language.startsWith('zh') ? '惠' : '%', x, 0.5)
}

function write(context: MapContext, font: string, colour: string): void {
  context.font = font
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillStyle = colour
}

function disc(context: MapContext, radius: number, colour: string, x = 0): void {
  context.beginPath()
  context.arc(x, 0, radius, 0, 2 * Math.PI)
  context.fillStyle = colour
  context.fill()
}
