import type { Xy } from '../model/index.ts'
import type { MakeSurface, MapContext, MapSurface } from './context.ts'
import { drawBase } from './draw-base.ts'
import type { LevelShapes } from './level-shapes.ts'
import type { CanvasPalette, MapCamera, Size } from './map-canvas-types.ts'
import { projectionOf } from './projection.ts'

/** Side of a cell in device pixels. */
const cellPx = 256

/** What a frame asks of the ground. */
export interface GroundView {
  readonly level: LevelShapes
  readonly palette: CanvasPalette
  readonly camera: MapCamera
  /** Where the camera's point stands, in CSS pixels. */
  readonly middle: Xy
  readonly size: Size
  readonly dpr: number
  /** Whether the scale and the bearing will still change: then an older picture is good enough. */
  readonly isMoving: boolean
}

/** A range of cells: first and last, both inclusive. */
interface Range {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

/**
 * The ground as a bitmap somewhat larger than the screen, so that a frame of panning copies pixels instead
 * of drawing shapes. The bitmap is a torus of cells: what comes into sight is drawn where the cells lie
 * that have gone out of it, nothing is ever moved. While the scale or the bearing changes, the picture of
 * before is stretched and turned as long as it covers the screen; it is drawn anew when the hand rests.
 *
 * Without a bitmap to draw to, every frame draws the shapes.
 *
 * **Source**: own; toroidal update as in clipmaps (Tanner, Migdal and Jones 1998).
 */
export class BaseLayer {
  private readonly makeSurface: MakeSurface | undefined
  private surface: (MapSurface & { readonly columns: number; readonly rows: number }) | undefined
  private hasTried = false
  /** What the cells show; another of these makes them all worthless. */
  private drawn:
    (Pick<GroundView, 'level' | 'palette' | 'dpr'> & { scale: number; bearingRad: number }) | undefined
  /** The cell that each slot of the torus shows, as `x,y`. */
  private slots: string[] = []
  private held: Range = { x0: 0, y0: 0, x1: -1, y1: -1 }
  private lastOrigin: Xy = { x: 0, y: 0 }

  constructor(makeSurface: MakeSurface | undefined) {
    this.makeSurface = makeSurface
  }

  /** Forgets the bitmap: the screen has another size. */
  resize(): void {
    this.surface = undefined
    this.hasTried = false
    this.drawn = undefined
  }

  /** Paints the whole canvas with the ground. */
  draw(context: MapContext, view: GroundView): void {
    const surface = this.surfaceFor(view)
    if (!surface) {
      drawWhole(context, view)
      return
    }
    if (this.isStale(view)) {
      if (view.isMoving) {
        if (this.covers(view)) this.drawTurned(context, view, surface.image)
        else drawWhole(context, view)
        return
      }
      this.begin(view, surface)
    }
    this.drawStraight(context, view, surface)
  }

  private surfaceFor({ size, dpr }: GroundView) {
    if (this.hasTried) return this.surface
    this.hasTried = true
    // A width of n cells touches up to n + 1 of them, and one more lies ready on the side one moves to.
    const columns = Math.ceil((size.width * dpr) / cellPx) + 2
    const rows = Math.ceil((size.height * dpr) / cellPx) + 2
    const made = this.makeSurface?.(columns * cellPx, rows * cellPx)
    this.surface = made && { ...made, columns, rows }
    return this.surface
  }

  private isStale({ level, palette, dpr, camera }: GroundView): boolean {
    const { drawn } = this
    return (
      drawn?.level !== level ||
      drawn.palette !== palette ||
      drawn.dpr !== dpr ||
      drawn.scale !== camera.scale ||
      drawn.bearingRad !== camera.bearingRad
    )
  }

  private begin(view: GroundView, surface: { columns: number; rows: number }): void {
    const { scale, bearingRad } = view.camera
    this.drawn = { level: view.level, palette: view.palette, dpr: view.dpr, scale, bearingRad }
    this.slots = new Array<string>(surface.columns * surface.rows).fill('')
    this.lastOrigin = originOf(view)
  }

  /** Whether the picture of before still reaches over the whole screen. */
  private covers({ camera, middle, size, level, palette, dpr }: GroundView): boolean {
    const { drawn, held } = this
    if (drawn?.level !== level || drawn.palette !== palette || drawn.dpr !== dpr) return false
    const { scale, bearingRad } = drawn
    const ratio = camera.scale / scale
    if (ratio > 2.5 || ratio < 0.4) return false
    const now = projectionOf(camera, middle)
    const before = projectionOf({ x: 0, y: 0, scale: scale * dpr, bearingRad }, { x: 0, y: 0 })
    const determinant = now.a * now.d - now.b * now.c
    for (const px of [0, size.width]) {
      for (const py of [0, size.height]) {
        const x = (now.d * (px - now.e) - now.c * (py - now.f)) / determinant
        const y = (now.a * (py - now.f) - now.b * (px - now.e)) / determinant
        const cellX = (before.a * x + before.c * y) / cellPx
        const cellY = (before.b * x + before.d * y) / cellPx
        if (cellX < held.x0 || cellX > held.x1 + 1 || cellY < held.y0 || cellY > held.y1 + 1) return false
      }
    }
    return true
  }

  /** The picture of before, stretched and turned about the camera. */
  private drawTurned(
    context: MapContext,
    { camera, middle, dpr, palette, size }: GroundView,
    image: unknown,
  ): void {
    const { drawn } = this
    if (!drawn) return
    const ratio = camera.scale / drawn.scale
    const turned = camera.bearingRad - drawn.bearingRad
    const cos = Math.cos(turned) * ratio
    const sin = Math.sin(turned) * ratio
    const { x, y } = pixelsOf(camera, drawn.scale * dpr, drawn.bearingRad)
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.fillStyle = palette.floor
    context.fillRect(0, 0, size.width * dpr, size.height * dpr)
    context.setTransform(
      cos,
      -sin,
      sin,
      cos,
      middle.x * dpr - cos * x - sin * y,
      middle.y * dpr + sin * x - cos * y,
    )
    this.copy(context, image, this.held, { x: 0, y: 0 })
  }

  private drawStraight(
    context: MapContext,
    view: GroundView,
    surface: MapSurface & { readonly columns: number; readonly rows: number },
  ): void {
    const { size, dpr } = view
    const origin = originOf(view)
    const seen: Range = {
      x0: Math.floor(origin.x / cellPx),
      y0: Math.floor(origin.y / cellPx),
      x1: Math.floor((origin.x + size.width * dpr - 1) / cellPx),
      y1: Math.floor((origin.y + size.height * dpr - 1) / cellPx),
    }
    if (!this.fillCells(seen, view, surface)) {
      const ahead = aheadOf(seen, { x: origin.x - this.lastOrigin.x, y: origin.y - this.lastOrigin.y })
      if (ahead) this.fillCells(ahead, view, surface)
    }
    this.lastOrigin = origin
    this.held = seen
    context.setTransform(1, 0, 0, 1, 0, 0)
    this.copy(context, surface.image, seen, origin)
  }

  /** Draws the cells of a range that are not there; true when there was one. */
  private fillCells(
    range: Range,
    view: GroundView,
    surface: MapSurface & { readonly columns: number; readonly rows: number },
  ): boolean {
    const { columns, rows } = surface
    let found = false
    for (let y = range.y0; y <= range.y1; y++) {
      for (let x = range.x0; x <= range.x1; x++) {
        if (this.slots[slotOf(x, y, columns, rows)] === keyOf(x, y)) continue
        const block = this.blockFrom(x, y, range, surface)
        drawCells(surface.context, view, block, { columns, rows })
        found = true
      }
    }
    return found
  }

  /** The largest block of missing cells to the right of one and then down, within the torus' edges; marks it drawn. */
  private blockFrom(
    x0: number,
    y0: number,
    range: Range,
    { columns, rows }: { columns: number; rows: number },
  ): Range {
    const isMissing = (x: number, y: number) => this.slots[slotOf(x, y, columns, rows)] !== keyOf(x, y)
    let x1 = x0
    while (x1 < range.x1 && modulo(x1 + 1, columns) !== 0 && isMissing(x1 + 1, y0)) x1++
    let y1 = y0
    const rowIsMissing = (y: number) => {
      for (let x = x0; x <= x1; x++) if (!isMissing(x, y)) return false
      return true
    }
    while (y1 < range.y1 && modulo(y1 + 1, rows) !== 0 && rowIsMissing(y1 + 1)) y1++
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) this.slots[slotOf(x, y, columns, rows)] = keyOf(x, y)
    }
    return { x0, y0, x1, y1 }
  }

  /** Copies a range to where it belongs: in at most four pieces, cut where the torus meets itself. */
  private copy(context: MapContext, image: unknown, range: Range, origin: Xy): void {
    const { surface } = this
    if (!surface) return
    for (const [x0, x1] of piecesOf(range.x0, range.x1, surface.columns)) {
      for (const [y0, y1] of piecesOf(range.y0, range.y1, surface.rows)) {
        const [width, height] = [(x1 - x0 + 1) * cellPx, (y1 - y0 + 1) * cellPx]
        const [sx, sy] = [modulo(x0, surface.columns) * cellPx, modulo(y0, surface.rows) * cellPx]
        context.drawImage(
          image,
          ...([
            sx,
            sy,
            width,
            height,
            x0 * cellPx - origin.x,
            y0 * cellPx - origin.y,
            width,
            height,
          ] as const),
        )
      }
    }
  }
}

/** The ground's pixel in the upper left corner of the canvas: whole, so that a copy stays sharp. */
export function originOf({ camera, middle, dpr }: Pick<GroundView, 'camera' | 'middle' | 'dpr'>): Xy {
  const { x, y } = pixelsOf(camera, camera.scale * dpr, camera.bearingRad)
  return { x: Math.round(x - middle.x * dpr), y: Math.round(y - middle.y * dpr) }
}

/** Where a point of the level lies among the ground's pixels. */
function pixelsOf({ x, y }: Xy, pixelsPerMetre: number, bearingRad: number): Xy {
  const cos = Math.cos(bearingRad) * pixelsPerMetre
  const sin = Math.sin(bearingRad) * pixelsPerMetre
  return { x: x * cos - y * sin, y: -x * sin - y * cos }
}

function drawWhole(context: MapContext, { level, palette, camera, middle, size, dpr }: GroundView): void {
  const origin = originOf({ camera, middle, dpr })
  const projection = projectionOf(
    { x: 0, y: 0, scale: camera.scale * dpr, bearingRad: camera.bearingRad },
    { x: -origin.x, y: -origin.y },
  )
  const [width, height] = [size.width * dpr, size.height * dpr]
  drawBase(context, level, palette, { left: 0, top: 0, width, height, projection, scale: camera.scale, dpr })
}

function drawCells(
  context: MapContext,
  { level, palette, camera, dpr }: GroundView,
  { x0, y0, x1, y1 }: Range,
  { columns, rows }: { columns: number; rows: number },
): void {
  const [left, top] = [modulo(x0, columns) * cellPx, modulo(y0, rows) * cellPx]
  const projection = projectionOf(
    { x: 0, y: 0, scale: camera.scale * dpr, bearingRad: camera.bearingRad },
    { x: left - x0 * cellPx, y: top - y0 * cellPx },
  )
  const [width, height] = [(x1 - x0 + 1) * cellPx, (y1 - y0 + 1) * cellPx]
  drawBase(context, level, palette, { left, top, width, height, projection, scale: camera.scale, dpr })
}

/** The row or column of cells that comes into sight next; undefined while nothing moves. */
function aheadOf(seen: Range, moved: Xy): Range | undefined {
  if (moved.x === 0 && moved.y === 0) return undefined
  if (Math.abs(moved.x) > Math.abs(moved.y)) {
    const x = moved.x > 0 ? seen.x1 + 1 : seen.x0 - 1
    return { ...seen, x0: x, x1: x }
  }
  const y = moved.y > 0 ? seen.y1 + 1 : seen.y0 - 1
  return { ...seen, y0: y, y1: y }
}

/** A run of cells cut where it wraps around. */
function piecesOf(from: number, to: number, count: number): [number, number][] {
  const wrap = (Math.floor(from / count) + 1) * count
  return wrap > to
    ? [[from, to]]
    : [
        [from, wrap - 1],
        [wrap, to],
      ]
}

function slotOf(x: number, y: number, columns: number, rows: number): number {
  return modulo(y, rows) * columns + modulo(x, columns)
}

function keyOf(x: number, y: number): string {
  return `${x},${y}`
}

function modulo(value: number, count: number): number {
  return ((value % count) + count) % count
}
