import { mixed } from '../../maps/render/client.ts'
import { blockColours } from './block-colours.ts'
import { projected } from './camera.ts'
import { heightOf } from './painter.ts'
import type { BuildingView, Painter, PainterStart } from './painter.ts'
import type { Shape, Storey } from './stack.ts'

/** Storeys one rides past are paler. */
const sheetOpacity = 0.5
const slabM = 2.2

/**
 * Draws the storeys as flat sheets over each other, for a screen without WebGL: the same levels, shops and
 * heights from the same point of view, only without walls and shadows.
 *
 * @throws when the browser gives no 2D canvas either
 */
export function createSheetsPainter({ stack, colours }: PainterStart): Painter {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser gives no 2D canvas')
  const { palette } = colours

  function fill(shape: Shape, z: number, view: BuildingView): void {
    if (!context) return
    context.beginPath()
    for (const ring of shape) {
      ring.forEach(({ x, y }, i) => {
        const at = projected({ x, y, z }, view.pose, view.screen)
        if (i === 0) context.moveTo(at.x, at.y)
        else context.lineTo(at.x, at.y)
      })
      context.closePath()
    }
    context.fill('evenodd')
    context.stroke()
  }

  function drawStorey(context: CanvasRenderingContext2D, storey: Storey, view: BuildingView): void {
    const z = heightOf(storey, view.parted)
    context.globalAlpha = storey.isWalked ? 1 : sheetOpacity
    context.lineWidth = 1
    if (storey.isWalked) {
      context.fillStyle = palette.side
      context.strokeStyle = palette.side
      for (const shape of storey.outline) fill(shape, z - slabM, view)
    }
    context.fillStyle = palette.floor
    context.strokeStyle = palette.edge
    for (const shape of storey.outline) fill(shape, z, view)
    for (const block of storey.blocks) {
      const { roof } = blockColours(block, colours)
      context.fillStyle = roof
      context.strokeStyle = block.isGoal ? mixed(roof, '#000000', 0.2) : palette.wall
      for (const shape of block.shapes) fill(shape, z, view)
    }
  }

  return {
    canvas,
    draw(view) {
      const ratio = devicePixelRatio
      const { width, height } = view.screen
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(height * ratio)
      canvas.style.width = `${String(width)}px`
      canvas.style.height = `${String(height)}px`
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      for (const storey of stack.storeys) drawStorey(context, storey, view)
    },
    dispose() {
      canvas.remove()
    },
  }
}
