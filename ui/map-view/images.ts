import { shopCategories } from '../../maps/model/index.ts'
import { glyphImagePx, symbolKinds, takenPx } from '../../maps/render/client.ts'
import type { Palette } from '../../maps/render/client.ts'
import { symbolGrid, symbolPaths } from '../icons/symbols.ts'
import type { SymbolName } from '../icons/symbols.ts'
import type { SharedMap } from './shared-map.ts'

/** Images are drawn at three times their size, so that they stay sharp on every screen. */
const pixelRatio = 3

/** Sides in CSS pixels. An escalator's symbol is a little smaller: there are many. */
const symbolPx = 22
const escalatorPx = 19
const pinPx = 26
const markerPx = { width: 36, height: 44 } as const

type Draw = (context: CanvasRenderingContext2D) => void

/** Draws every image of the map's style in one theme and hands it to the map, unless it is there. */
export function addMapImages(map: SharedMap, palette: Palette, theme: string): void {
  const add = (name: string, width: number, height: number, draw: Draw) => {
    const id = `${name}@${theme}`
    if (!map.hasImage(id)) map.addImage(id, drawn(width, height, draw), { pixelRatio })
  }
  for (const category of shopCategories) {
    add(`shop-${category}`, glyphImagePx, glyphImagePx, (context) => {
      drawSymbol(context, category, { x: 0, y: 0, side: glyphImagePx, colour: palette[`c-${category}`] })
    })
    add(`dot-${category}`, 6, 6, (context) => {
      context.globalAlpha = 0.7
      fillCircle(context, { x: 3, y: 3, radius: 2.4, colour: palette[`c-${category}`] })
    })
  }
  for (const kind of symbolKinds) {
    const side = kind === 'escalator' ? escalatorPx : symbolPx
    add(`symbol-${kind}`, side + 3, side + 3, (context) => {
      drawSymbolTile(context, kind, side, palette)
    })
  }
  add('taken', takenPx, takenPx, () => undefined)
  add('pin', pinPx + 8, pinPx + 8, (context) => {
    const middle = pinPx / 2 + 4
    fillCircle(context, { x: middle, y: middle, radius: pinPx / 2 + 2, colour: palette.paper })
    fillCircle(context, { x: middle, y: middle, radius: pinPx / 2, colour: palette.ink })
  })
  for (const name of [...shopCategories, ...symbolKinds]) {
    add(`marker-${name}`, markerPx.width + 8, markerPx.height + 4, (context) => {
      drawMarker(context, name, palette)
    })
  }
}

function drawn(width: number, height: number, draw: Draw): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = width * pixelRatio
  canvas.height = height * pixelRatio
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('This browser gives no 2D canvas: the map needs one for its symbols')
  context.scale(pixelRatio, pixelRatio)
  draw(context)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

interface Placed {
  readonly x: number
  readonly y: number
  readonly side: number
  readonly colour: string
}

function drawSymbol(
  context: CanvasRenderingContext2D,
  name: SymbolName,
  { x, y, side, colour }: Placed,
): void {
  context.save()
  context.translate(x, y)
  context.scale(side / symbolGrid, side / symbolGrid)
  context.fillStyle = colour
  context.fill(new Path2D(symbolPaths[name]), 'evenodd')
  context.restore()
}

function drawSymbolTile(
  context: CanvasRenderingContext2D,
  kind: SymbolName,
  side: number,
  palette: Palette,
): void {
  context.beginPath()
  context.roundRect(1.5, 1.5, side, side, side * 0.28)
  context.fillStyle = palette.amen
  context.fill()
  context.lineWidth = 1.5
  context.strokeStyle = palette.floor
  context.stroke()
  const inner = side * 0.68
  const at = 1.5 + (side - inner) / 2
  drawSymbol(context, kind, { x: at, y: at, side: inner, colour: palette['on-amen'] })
}

function fillCircle(
  context: CanvasRenderingContext2D,
  { x, y, radius, colour }: { x: number; y: number; radius: number; colour: string },
): void {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fillStyle = colour
  context.fill()
}

/** A drop whose tip stands on the place. */
function drawMarker(context: CanvasRenderingContext2D, name: SymbolName, palette: Palette): void {
  const { width, height } = markerPx
  const radius = width / 2
  context.translate(4, 3)
  context.beginPath()
  context.arc(radius, radius, radius, Math.PI * 0.82, Math.PI * 0.18)
  context.quadraticCurveTo(radius * 1.5, height * 0.82, radius, height)
  context.quadraticCurveTo(
    radius * 0.5,
    height * 0.82,
    radius - radius * Math.cos(Math.PI * 0.18),
    radius * 1.536,
  )
  context.closePath()
  context.lineJoin = 'round'
  context.lineWidth = 5
  context.strokeStyle = palette.paper
  context.stroke()
  context.fillStyle = palette.ink
  context.fill()
  const inner = 19
  drawSymbol(context, name, {
    x: radius - inner / 2,
    y: radius - inner / 2,
    side: inner,
    colour: palette['on-ink'],
  })
}
