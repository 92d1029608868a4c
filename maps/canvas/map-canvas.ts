import type { Xy } from '../model/index.ts'
import type { FreeArea } from '../render/camera.ts'
import type { SymbolKind } from '../render/client.ts'
import { badgeWidth, drawBadge, placeBadge } from './badges.ts'
import type { PlacedBadge } from './badges.ts'
import { BaseLayer, originOf } from './base-layer.ts'
import type { Box } from './boxes.ts'
import { CameraControl } from './camera-control.ts'
import type { MapContext } from './context.ts'
import { drawHighlights } from './draw-highlights.ts'
import { GlyphSet } from './draw-labels.ts'
import type { LabelStyle } from './draw-labels.ts'
import { drawRoute, routeWaitMs, routeWidthPx } from './draw-route.ts'
import type { GestureEvent } from './gestures.ts'
import { drawHere, herePx, stepHere } from './here.ts'
import type { ShownHere } from './here.ts'
import { hitAt } from './hit-test.ts'
import { LabelLayer } from './label-layer.ts'
import type { PlanWishes } from './label-layer.ts'
import { LevelChange } from './level-change.ts'
import { frameElapsedMs } from './flight.ts'
import { cameraOver, pointsOf, restingRad } from './fit-camera.ts'
import { levelShapes } from './level-shapes.ts'
import type { LevelShapes } from './level-shapes.ts'
import type {
  CanvasLevel,
  CanvasPalette,
  Follow,
  Here,
  Highlight,
  MapBadge,
  MapCamera,
  MapCanvas,
  MapCanvasOptions,
  MapHit,
  MapPin,
  MapTouch,
  Obstacle,
  OfferMark,
  ShownRoute,
  Size,
} from './map-canvas-types.ts'
import { projectionOf, toCanvas } from './projection.ts'
import type { Projection } from './projection.ts'
import { routeLines } from './route-line.ts'
import type { RouteLine } from './route-line.ts'

/**
 * A venue's map on a 2D canvas: the one renderer of the mini-program and the handheld.
 *
 * A frame while panning costs a copy of the ground's bitmap and the labels; see `BaseLayer`. Nothing is
 * drawn before the first level is set.
 *
 * @example
 * const map = openMapCanvas({ context, size, dpr, palette, glyphs, fontFamily, language: 'zh' })
 * map.setLevel(level, now)
 * const frame = (atMs: number) => {
 *   const waitMs = map.draw(atMs)
 *   if (waitMs === 0) canvas.requestAnimationFrame(frame)
 *   else if (waitMs < Infinity) setTimeout(() => canvas.requestAnimationFrame(frame), waitMs)
 * }
 */
export function openMapCanvas(options: MapCanvasOptions): MapCanvas {
  return new DrawnMap(options)
}

interface OpenLevel {
  readonly level: CanvasLevel
  readonly shapes: LevelShapes
  readonly labels: LabelLayer
}

/** Scale at which a single point is shown, and the largest for several. */
const placeScale = 4.6
const mostShownScale = 8

class DrawnMap implements MapCanvas {
  private readonly options: MapCanvasOptions
  private readonly control: CameraControl
  private readonly base: BaseLayer
  private readonly change = new LevelChange()
  private readonly glyphs: GlyphSet
  private size: Size
  private dpr: number
  private palette: CanvasPalette
  private language: string
  private free: FreeArea
  private hasOwnFree = false
  private obstacles: readonly Obstacle[] = []
  private open: OpenLevel | undefined
  private fix: Here | undefined
  private here: ShownHere | undefined
  private hereMs = -Infinity
  private lines: readonly RouteLine[] = []
  private shownRoute: ShownRoute | undefined
  private routeSinceMs = -Infinity
  private badges: readonly MapBadge[] = []
  private placedBadges: readonly PlacedBadge[] = []
  private pins: readonly MapPin[] = []
  private offers: readonly OfferMark[] = []
  private amenities: readonly SymbolKind[] | undefined
  private highlights: readonly Highlight[] = []
  private wishes: PlanWishes | undefined
  private drawnMs = -Infinity

  constructor(options: MapCanvasOptions) {
    this.options = options
    this.size = options.size
    this.dpr = options.dpr
    this.palette = options.palette
    this.language = options.language
    this.free = wholeOf(options.size)
    this.glyphs = new GlyphSet(options.glyphs)
    this.base = new BaseLayer(options.makeSurface)
    this.control = new CameraControl(this.free, (event) => {
      this.onGesture(event)
    })
  }

  setSize(size: Size, dpr: number): void {
    this.size = size
    this.dpr = dpr
    this.base.resize()
    if (!this.hasOwnFree) this.setFreeArea(wholeOf(size))
    this.dirty()
  }

  setLevel(level: CanvasLevel, atMs: number): void {
    const before = this.open
    if (before && before.level.ordinal !== level.ordinal && !this.isStill) {
      const direction = level.ordinal > before.level.ordinal ? 1 : -1
      const paint = (context: MapContext) => void this.paint(context, this.drawnMs)
      this.change.begin(this.options.makeSurface, this.pixels, { direction, atMs, paint })
    }
    const shapes = levelShapes(level)
    this.open = { level, shapes, labels: new LabelLayer(level, shapes, !this.isStill) }
    this.wishes = undefined
    const bearingRad = before ? this.control.camera.bearingRad : restingRad(level, this.free)
    const whole = cameraOver(pointsOf(shapes.outline), this.free, { bearingRad, most: Infinity })
    this.control.setBounds(shapes.bounds, whole.scale)
    if (!before) this.control.moveTo(whole, undefined)
    this.dirty()
  }

  setLook({ palette, language }: { readonly palette?: CanvasPalette; readonly language?: string }): void {
    if (palette) this.palette = palette
    if (language !== undefined) this.language = language
    this.dirty()
  }

  setObstacles(obstacles: readonly Obstacle[]): void {
    this.obstacles = obstacles
    this.dirty()
  }

  setFree(free: FreeArea): void {
    this.hasOwnFree = true
    this.setFreeArea(free)
    this.dirty()
  }

  camera(): MapCamera {
    return this.control.camera
  }

  setCamera(camera: Partial<MapCamera>, atMs?: number): void {
    this.control.moveTo(camera, this.flightFrom(atMs))
    this.dirty()
  }

  show(points: readonly Xy[], atMs?: number): void {
    if (!this.open) return
    const { bearingRad } = this.control.camera
    const shown = points.length > 0 ? points : pointsOf(this.open.shapes.outline)
    const most = points.length === 1 ? placeScale : mostShownScale
    this.setFollowing('off', atMs)
    this.control.moveTo(cameraOver(shown, this.free, { bearingRad, most }), this.flightFrom(atMs))
    this.dirty()
  }

  zoomBy(factor: number, atMs: number): void {
    this.control.zoomAbout(this.control.middle, factor, this.flightFrom(atMs))
    this.dirty()
  }

  touch(event: MapTouch, atMs: number): void {
    this.control.touch(event, atMs)
    this.dirty()
  }

  follow(): Follow {
    return this.control.following
  }

  setFollow(follow: Follow, atMs: number): void {
    this.setFollowing(follow, atMs)
    this.dirty()
  }

  setHere(here: Here | undefined, atMs: number): void {
    const isFirst = this.fix === undefined
    this.fix = here
    if (!here) this.here = undefined
    else if (isFirst) {
      this.here = stepHere(undefined, here, 0).shown
      this.hereMs = atMs
      // Following was wished for before it was known whom.
      if (this.control.following !== 'off') this.setFollowing(this.control.following, atMs)
    }
    this.dirty()
  }

  setRoute(shown: ShownRoute | undefined, atMs: number): void {
    if (shown && shown.route !== this.shownRoute?.route) this.routeSinceMs = atMs
    this.shownRoute = shown
    this.lines = shown ? routeLines(shown) : []
    this.wishes = undefined
    this.dirty()
  }

  setBadges(badges: readonly MapBadge[]): void {
    this.badges = badges
    this.dirty()
  }

  setPins(pins: readonly MapPin[]): void {
    this.pins = pins
    this.wishes = undefined
    this.dirty()
  }

  setOffers(offers: readonly OfferMark[]): void {
    this.offers = offers
    this.wishes = undefined
    this.dirty()
  }

  setAmenities(kinds: readonly SymbolKind[] | undefined): void {
    this.amenities = kinds
    this.wishes = undefined
    this.dirty()
  }

  setHighlights(highlights: readonly Highlight[]): void {
    this.highlights = highlights
    this.wishes = undefined
    this.dirty()
  }

  hitTest(x: number, y: number): MapHit | undefined {
    if (!this.open) return undefined
    const { shapes, labels } = this.open
    const scene = { projection: this.projection(0), badges: this.placedBadges, labels: labels.placed, shapes }
    return hitAt(scene, { x, y })
  }

  project(point: Xy): Xy {
    return toCanvas(this.projection(0), point)
  }

  draw(atMs: number): number {
    const { fix } = this
    let waitMs = Infinity
    if (fix) {
      const elapsedMs = this.isStill ? Infinity : frameElapsedMs(this.hereMs, atMs)
      const step = stepHere(this.here, fix, elapsedMs)
      this.here = step.shown
      this.hereMs = atMs
      if (!step.hasArrived) waitMs = 0
    }
    waitMs = Math.min(waitMs, this.control.step(atMs, this.hereOnLevel))
    const paintWaitMs = this.paint(this.options.context, atMs)
    this.drawnMs = atMs
    return Math.min(waitMs, paintWaitMs)
  }

  /** Paints a frame without letting time pass; milliseconds until something painted wants the next. */
  private paint(context: MapContext, atMs: number): number {
    if (!this.open) return Infinity
    const { shapes, labels, level } = this.open
    const { camera } = this.control
    const { dpr, palette, size } = this
    const downPx = this.change.offsetPx(atMs)
    const middle = { x: this.control.middle.x, y: this.control.middle.y + downPx }
    const isMoving = this.control.isMoving(atMs)
    this.base.draw(context, { level: shapes, palette, camera, middle, size, dpr, isMoving })
    const projection = this.projection(downPx)
    const shown = { projection: scaled(projection, dpr), scale: camera.scale, palette }
    const marked = this.highlights.map(({ placeId, tone }) => ({ short: labels.shortOf(placeId), tone }))
    drawHighlights(context, shapes.units, marked, shown)
    const lines = this.lines.filter(({ levelId }) => levelId === level.id)
    const ageMs = this.isStill ? Infinity : atMs - this.routeSinceMs
    if (lines.length > 0) {
      drawRoute(context, lines, { ...shown, ageMs })
    }
    this.placedBadges = this.badgesOn(context, projection)
    const here = this.hereOnLevel
    const taken: Box[] = [...this.obstacles, ...this.placedBadges.map(({ box }) => box)]
    if (here) taken.push(boxAround(toCanvas(projection, here), herePx + 4))
    const view = { projection, camera, size, taken, isMoving, atMs, style: this.style }
    const isFading = labels.draw(context, this.wishesFor(lines), view)
    if (here) {
      const at = toCanvas(projection, here)
      context.setTransform(dpr, 0, 0, dpr, at.x * dpr, at.y * dpr)
      drawHere(context, here, { scale: camera.scale, bearingRad: camera.bearingRad, palette })
    }
    context.setTransform(dpr, 0, 0, dpr, 0, 0)
    for (const badge of this.placedBadges) drawBadge(context, badge, this.style)
    this.change.draw(context, this.pixels, { dpr, atMs })
    const routeMs = lines.length > 0 ? routeWaitMs(ageMs) : Infinity
    return isFading || this.change.isOn ? 0 : routeMs
  }

  private badgesOn(context: MapContext, projection: Projection): PlacedBadge[] {
    const { open } = this
    context.setTransform(1, 0, 0, 1, 0, 0)
    return this.badges
      .filter(({ levelId }) => levelId === open?.level.id)
      .map((badge) => {
        const width = badgeWidth(context, badge, this.options.fontFamily)
        return placeBadge(badge, toCanvas(projection, badge), this.free, width)
      })
  }

  /** What the plan of labels depends on; the same object until something of it changes. */
  private wishesFor(lines: readonly RouteLine[]): PlanWishes {
    const wayPx = lines.length > 0 ? routeWidthPx(this.control.camera.scale) : 0
    if (this.wishes?.wayPx === wayPx) return this.wishes
    const { open } = this
    this.wishes = {
      amenities: this.amenities,
      pins: this.pins.filter(({ levelId }) => levelId === open?.level.id),
      offers: this.offers,
      first: this.highlights.map(({ placeId }) => open?.labels.shortOf(placeId) ?? placeId),
      ways: lines.map(({ points }) => points),
      wayPx,
    }
    return this.wishes
  }

  private get hereOnLevel(): ShownHere | undefined {
    return this.here?.levelId === this.open?.level.id ? this.here : undefined
  }

  private get style(): LabelStyle {
    const { palette, glyphs, language, dpr } = this
    return { palette, glyphs, language, dpr, fontFamily: this.options.fontFamily }
  }

  private get pixels(): Size {
    return { width: Math.round(this.size.width * this.dpr), height: Math.round(this.size.height * this.dpr) }
  }

  private get isStill(): boolean {
    return this.options.reducedMotion === true
  }

  /** Metres to CSS pixels, on the whole device pixels of the ground. */
  private projection(downPx: number): Projection {
    const { camera, middle } = this.control
    const { dpr } = this
    const placed = { x: middle.x, y: middle.y + downPx }
    if (this.control.isMoving(this.drawnMs)) return projectionOf(camera, placed)
    const origin = originOf({ camera, middle: placed, dpr })
    return projectionOf({ ...camera, x: 0, y: 0 }, { x: -origin.x / dpr, y: -origin.y / dpr })
  }

  private onGesture(event: GestureEvent): void {
    if (event.kind === 'taken') {
      if (this.control.following === 'off') return
      this.setFollowing('off', undefined)
      this.options.onFollow?.('off')
    } else if (event.kind === 'zoom') {
      const place = this.control.following === 'off' ? event : this.control.middle
      this.control.zoomAbout(place, event.factor, this.flightFrom(this.drawnMs))
    } else this.options.onTap?.(this.hitTest(event.x, event.y))
  }

  private setFollowing(follow: Follow, atMs: number | undefined): void {
    this.control.setFollow(follow, this.hereOnLevel, this.flightFrom(atMs))
  }

  private setFreeArea(free: FreeArea): void {
    this.free = free
    this.control.setFree(free)
  }

  private flightFrom(atMs: number | undefined): number | undefined {
    return this.isStill ? undefined : atMs
  }

  private dirty(): void {
    this.options.onDirty?.()
  }
}

function scaled({ a, b, c, d, e, f }: Projection, k: number): Projection {
  return { a: a * k, b: b * k, c: c * k, d: d * k, e: e * k, f: f * k }
}

function boxAround({ x, y }: Xy, half: number): Box {
  return { left: x - half, top: y - half, right: x + half, bottom: y + half }
}

function wholeOf({ width, height }: Size): FreeArea {
  return { left: 0, top: 0, right: width, bottom: height }
}
