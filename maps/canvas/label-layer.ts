import { labelsOf, levelIds } from '../render/client.ts'
import type { LevelIds } from '../render/client.ts'
import type { Xy } from '../model/index.ts'
import { overlap } from './boxes.ts'
import type { Box } from './boxes.ts'
import type { MapContext } from './context.ts'
import { drawLabel, opacityOf } from './draw-labels.ts'
import type { LabelStyle } from './draw-labels.ts'
import { candidatesOf, planLabels } from './label-plan.ts'
import type { CandidateGroup, PlacedLabel, PlanInput } from './label-plan.ts'
import { frameElapsedMs } from './flight.ts'
import { labelFrame, middleOfShape } from './level-shapes.ts'
import type { LevelShapes } from './level-shapes.ts'
import type { CanvasLevel, MapCamera, OfferMark } from './map-canvas-types.ts'
import { toCanvas } from './projection.ts'
import type { Projection } from './projection.ts'

/** Labels come and go in this time. */
const fadeMs = 160

/** Names are laid out anew when the map has been turned by more than this: their places have other shapes then. */
const relayRad = (4 / 180) * Math.PI

/** What of the plan the map decides. */
export type PlanWishes = Pick<PlanInput, 'amenities' | 'pins' | 'first' | 'ways' | 'wayPx'> & {
  readonly offers: readonly OfferMark[]
}

/** How a frame shows labels. */
export interface LabelView {
  readonly projection: Projection
  readonly camera: MapCamera
  readonly size: { readonly width: number; readonly height: number }
  /** What floats over the map, the person and the badges: labels under them fade. */
  readonly taken: readonly Box[]
  /** Whether the bearing will still change: then names are not laid out anew. */
  readonly isMoving: boolean
  readonly atMs: number
  readonly style: LabelStyle
}

interface Fading {
  readonly label: PlacedLabel
  alpha: number
}

/** The labels of one level in one language: laid out for a bearing, planned for a scale, faded in and out. */
export class LabelLayer {
  private readonly level: CanvasLevel
  private readonly shapes: LevelShapes
  private readonly ids: LevelIds
  private readonly fades: boolean
  private laid:
    { readonly bearingRad: number; readonly language: string; readonly groups: CandidateGroup[] } | undefined
  private planned:
    { readonly key: string; readonly wishes: PlanWishes; readonly labels: PlacedLabel[] } | undefined
  private shown = new Map<string, Fading>()
  private steppedMs = -Infinity

  constructor(level: CanvasLevel, shapes: LevelShapes, fades: boolean) {
    this.level = level
    this.shapes = shapes
    this.ids = levelIds(level.map)
    this.fades = fades
  }

  /** Labels as they stand now, topmost last; for a finger. */
  get placed(): readonly PlacedLabel[] {
    return this.planned?.labels ?? []
  }

  /** Draws all labels; true when some are still fading. O(labels). */
  draw(context: MapContext, wishes: PlanWishes, view: LabelView): boolean {
    const isFirst = !this.planned
    this.plan(wishes, view)
    const elapsedMs = isFirst || !this.fades ? Infinity : frameElapsedMs(this.steppedMs, view.atMs)
    this.steppedMs = view.atMs
    const isFading = this.fade(elapsedMs, view)
    const { dpr } = view.style
    for (const { label, alpha } of this.shown.values()) {
      if (alpha <= 0) continue
      const { x, y } = toCanvas(view.projection, label)
      if (!isOnScreen(label, { x, y }, view.size)) continue
      // On whole device pixels letters stay sharp and do not shiver.
      context.setTransform(dpr, 0, 0, dpr, Math.round(x * dpr), Math.round(y * dpr))
      context.globalAlpha = alpha * opacityOf(label)
      drawLabel(context, label, view.style)
    }
    context.globalAlpha = 1
    return isFading
  }

  /** The short id under which the level's file knows a destination. */
  shortOf(placeId: string): string {
    return this.ids.shortOf(placeId)
  }

  private plan(wishes: PlanWishes, { camera, isMoving, style }: LabelView): void {
    const { laid } = this
    const isTurned = laid !== undefined && Math.abs(laid.bearingRad - camera.bearingRad) > relayRad
    if (laid?.language !== style.language || (isTurned && !isMoving)) {
      const frame = labelFrame(this.level.map, camera.bearingRad)
      const labels = labelsOf(this.level.map, style.language, frame).features
      const groups = candidatesOf(labels, this.level.frame)
      this.laid = { bearingRad: camera.bearingRad, language: style.language, groups }
      this.planned = undefined
    }
    const key = `${camera.scale} ${camera.bearingRad}`
    if (!this.laid || (this.planned?.key === key && this.planned.wishes === wishes)) return
    const input: PlanInput = {
      ...wishes,
      groups: this.laid.groups,
      symbols: this.shapes.symbols,
      offers: this.offersByPlace(wishes.offers),
    }
    this.planned = { key, wishes, labels: planLabels(input, camera) }
  }

  private offersByPlace(offers: readonly OfferMark[]): PlanInput['offers'] {
    const found = new Map<string, { id: string; at: Xy }>()
    for (const { id, placeId } of offers) {
      if (!this.ids.featureOf(placeId)) continue
      const short = this.ids.shortOf(placeId)
      const unit = this.shapes.units.find((each) => each.id === short || each.others.includes(short))
      if (unit) found.set(unit.id, { id, at: middleOfShape(unit) })
    }
    return found
  }

  /** Moves every label's strength towards what the plan and the screen want of it. */
  private fade(elapsedMs: number, { projection, taken }: LabelView): boolean {
    const step = elapsedMs / fadeMs
    const before = this.shown
    const next = new Map<string, Fading>()
    let isFading = false
    const keep = (label: PlacedLabel, wanted: 0 | 1) => {
      const from = before.get(label.key)?.alpha ?? 0
      const alpha = wanted === 1 ? Math.min(1, from + step) : Math.max(0, from - step)
      if (alpha !== wanted) isFading = true
      if (alpha > 0 || wanted === 1) next.set(label.key, { label, alpha })
    }
    const wanted = new Set<string>()
    for (const label of this.placed) {
      wanted.add(label.key)
      const { x, y } = toCanvas(projection, label)
      const box = boxAt(label, x, y)
      keep(label, label.kind !== 'pin' && taken.some((other) => overlap(box, other)) ? 0 : 1)
    }
    for (const [key, { label }] of before) if (!wanted.has(key)) keep(label, 0)
    this.shown = next
    return isFading
  }
}

/** The box of a label whose place is at (x, y) of the canvas. */
export function boxAt({ box }: PlacedLabel, x: number, y: number): Box {
  return { left: x + box.left, top: y + box.top, right: x + box.right, bottom: y + box.bottom }
}

function isOnScreen(label: PlacedLabel, { x, y }: Xy, size: { width: number; height: number }): boolean {
  const { left, top, right, bottom } = boxAt(label, x, y)
  return right > 0 && bottom > 0 && left < size.width && top < size.height
}
