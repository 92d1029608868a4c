import { toXy } from '../model/index.ts'
import type { LevelFrame, ShopCategory, Xy } from '../model/index.ts'
import { shopCategories } from '../model/index.ts'
import { scaleOfBand } from '../render/bands.ts'
import { widthEm } from '../render/break-name.ts'
import { glyphEm, labelPx, lineEm } from '../render/labels.ts'
import type { LabelFeature, LabelKind } from '../render/labels.ts'
import type { SymbolKind } from '../render/client.ts'
import { Boxes } from './boxes.ts'
import type { Box } from './boxes.ts'
import type { SymbolPlace } from './level-shapes.ts'

/** Something that is to stand upright at a place of the level, with the room it was given. */
export interface PlacedLabel extends Xy {
  /** Tells it from all others, at every scale. */
  readonly key: string
  readonly kind: LabelKind | 'symbol' | 'offer' | 'pin'
  /** Short id of what it stands for; an offer's or a pin's own. */
  readonly id: string
  readonly lines: readonly string[]
  /** Size of the type in CSS pixels; side of a symbol. */
  readonly sizePx: number
  readonly tint: ShopCategory
  readonly symbol?: SymbolKind
  /** Its box in CSS pixels around the place. */
  readonly box: Box
}

/** A label that may be shown, as the labels of a level give it. */
export interface LabelCandidate extends Xy {
  readonly kind: LabelKind
  readonly id: string
  readonly lines: readonly string[]
  /** Width of the widest line in ems. */
  readonly widthEm: number
  /** Metres that an em covers when it fills its place. */
  readonly emM: number
  /** Pixels per metre from which it has room. */
  readonly fromScale: number
  readonly tint: ShopCategory
}

/** Labels of one place, the fullest first: the first that has room is shown. */
export type CandidateGroup = readonly LabelCandidate[]

/** What claims room on a level. */
export interface PlanInput {
  /** Shops by rank, then bays. */
  readonly groups: readonly CandidateGroup[]
  readonly symbols: readonly SymbolPlace[]
  /** Only these kinds of symbols, at every scale; undefined for each at its own. */
  readonly amenities: readonly SymbolKind[] | undefined
  readonly pins: readonly (Xy & { readonly id: string; readonly number: number })[]
  /** Offers by the short id of their place. */
  readonly offers: ReadonlyMap<string, { readonly id: string; readonly at: Xy }>
  /** Short ids whose names come before all others: the destination, what was chosen. */
  readonly first: readonly string[]
  /** Points of the ways on this level, in metres, and how wide a way is drawn. */
  readonly ways: readonly (readonly Xy[])[]
  readonly wayPx: number
}

/** The view a plan is for. Where the screen's corner lies plays no part: panning changes nothing. */
export interface PlanView {
  readonly scale: number
  readonly bearingRad: number
}

export const symbolPx = 22
/** An escalator's symbol is a little smaller: there are many. */
const escalatorPx = 19
export const pinPx = 26
export const offerPx = 18

/** Pixels per metre from which symbols are shown: what one looks for from afar, and the others. */
const symbolFrom = { far: 1.2, near: 3.2 } as const
const farSymbols: readonly SymbolKind[] = ['lift', 'toilet']

/** Air around a name. */
const airPx = { x: 4, y: 2 } as const
const dotRoomPx = 5

/** The labels of a level, as `labelsOf` makes them, by place and rank. O(labels × log labels). */
export function candidatesOf(labels: readonly LabelFeature[], frame: LevelFrame): CandidateGroup[] {
  const shops = new Map<string, { rank: number; group: LabelCandidate[] }>()
  const bays: CandidateGroup[] = []
  labels.forEach(({ properties, geometry }, index) => {
    const { k, id, text, t, em, band, rank } = properties
    const lines = text.split('\n')
    const candidate: LabelCandidate = {
      ...toXy(frame, geometry.coordinates),
      kind: k,
      id,
      lines,
      widthEm: Math.max(...lines.map(widthEm)),
      emM: em,
      // A name with its glyph grows as its place does, so the scale is known better than by its band.
      fromScale: k === 'glyph' ? labelPx.glyph.least / em : scaleOfBand(band),
      tint: shopCategories.find((category) => category === t) ?? 'service',
    }
    if (k === 'bay') {
      bays.push([candidate])
      return
    }
    // A shop of several units without an id of its own stands by its place in the list.
    const key = id === '' ? `#${index}` : `${id}/${rank}`
    const known = shops.get(key)
    if (known) known.group.push(candidate)
    else shops.set(key, { rank, group: [candidate] })
  })
  const ranked = [...shops.values()].sort((a, b) => a.rank - b.rank)
  return [...ranked.map(({ group }) => group), ...bays]
}

/**
 * Which labels are shown at a scale and where, so that none lies over another or over the way: pins, the
 * names that come first, symbols, shops by size, bays. Nothing is shrunk under its least size.
 * The same input gives the same plan wherever the screen stands. O(labels + metres of way).
 *
 * **Source**: own; the look's ranks.
 */
export function planLabels(input: PlanInput, view: PlanView): PlacedLabel[] {
  const planner = new Planner(view)
  for (const pin of input.pins) planner.pin(pin)
  for (const way of input.ways) planner.keepOff(way, input.wayPx)
  const isFirst = ([label]: CandidateGroup) => label !== undefined && input.first.includes(label.id)
  for (const group of input.groups) if (isFirst(group)) planner.group(group, input.offers)
  for (const symbol of input.symbols) {
    const { amenities } = input
    const from = farSymbols.includes(symbol.kind) ? symbolFrom.far : symbolFrom.near
    if (amenities ? amenities.includes(symbol.kind) : view.scale >= from) planner.symbol(symbol)
  }
  for (const group of input.groups) if (!isFirst(group)) planner.group(group, input.offers)
  // What found no name to stand beside stands in its place.
  for (const [, offer] of input.offers) planner.offer(offer)
  return planner.placed
}

class Planner {
  readonly placed: PlacedLabel[] = []
  private readonly boxes = new Boxes()
  private readonly scale: number
  private readonly cos: number
  private readonly sin: number
  private readonly shownOffers = new Set<string>()

  constructor({ scale, bearingRad }: PlanView) {
    this.scale = scale
    this.cos = Math.cos(bearingRad) * scale
    this.sin = Math.sin(bearingRad) * scale
  }

  /** A point of the way every 12 px keeps labels off. */
  keepOff(points: readonly Xy[], widthPx: number): void {
    const half = widthPx * 0.8
    const stepPx = 12
    let left = 0
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1]!, points[i]!]
      const lengthPx = Math.hypot(b.x - a.x, b.y - a.y) * this.scale
      for (; left <= lengthPx; left += stepPx) {
        const share = lengthPx === 0 ? 0 : left / lengthPx
        const at = { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
        this.boxes.add(this.around(at, { left: -half, top: -half, right: half, bottom: half }))
      }
      left -= lengthPx
    }
  }

  pin(pin: PlanInput['pins'][number]): void {
    const { id, x, y } = pin
    const box = square(pinPx / 2 + 2)
    this.boxes.add(this.around(pin, box))
    const lines = [String(pin.number)]
    this.placed.push({ key: `pin ${id}`, kind: 'pin', id, x, y, lines, sizePx: pinPx, tint: 'service', box })
  }

  symbol({ x, y, kind, id }: SymbolPlace): void {
    const sizePx = kind === 'escalator' ? escalatorPx : symbolPx
    const box = square(sizePx / 2 + 2)
    const room = this.around({ x, y }, box)
    if (this.boxes.hits(room)) return
    this.boxes.add(room)
    const key = `symbol ${id}`
    this.placed.push({ key, kind: 'symbol', id, x, y, lines: [], sizePx, tint: 'service', symbol: kind, box })
  }

  group(group: CandidateGroup, offers: PlanInput['offers']): void {
    for (const candidate of group) {
      if (this.scale < candidate.fromScale) continue
      const sizePx = sizeOf(candidate, this.scale)
      const box = boxOf(candidate, sizePx)
      const offer = candidate.kind === 'dot' ? undefined : offers.get(candidate.id)
      const room = this.around(candidate, offer ? { ...box, right: box.right + offerPx + 2 } : box)
      if (this.boxes.hits(room)) continue
      this.boxes.add(room)
      const { kind, id, x, y, lines, tint } = candidate
      this.placed.push({ key: `${kind} ${id} ${x}`, kind, id, x, y, lines, sizePx, tint, box })
      if (offer) this.mark(offer.id, candidate, box.right + offerPx / 2 - airPx.x + 3)
      return
    }
  }

  offer({ id, at }: { readonly id: string; readonly at: Xy }): void {
    if (this.shownOffers.has(id)) return
    const room = this.around(at, square(offerPx / 2 + 2))
    if (this.boxes.hits(room)) return
    this.boxes.add(room)
    this.mark(id, at, 0)
  }

  private mark(id: string, { x, y }: Xy, rightPx: number): void {
    this.shownOffers.add(id)
    const half = offerPx / 2
    const box = { left: rightPx - half, top: -half, right: rightPx + half, bottom: half }
    this.placed.push({
      key: `offer ${id}`,
      kind: 'offer',
      id,
      x,
      y,
      lines: [],
      sizePx: offerPx,
      tint: 'service',
      box,
    })
  }

  private around({ x, y }: Xy, box: Box): Box {
    const px = x * this.cos - y * this.sin
    const py = -x * this.sin - y * this.cos
    return { left: px + box.left, top: py + box.top, right: px + box.right, bottom: py + box.bottom }
  }
}

/** Sizes go in steps of half a pixel, so that letters are not drawn anew in every frame of a pinch. */
function sizeOf({ kind, emM }: LabelCandidate, scale: number): number {
  if (kind === 'dot') return 0
  const { least, most } = labelPx[kind]
  return Math.max(least, Math.min(most, Math.floor(emM * scale * 2) / 2))
}

function boxOf({ kind, widthEm: ems, lines }: LabelCandidate, sizePx: number): Box {
  if (kind === 'dot') return square(dotRoomPx)
  const half = {
    x: (ems * sizePx) / 2,
    y: ((lines.length * lineEm + (kind === 'glyph' ? glyphEm : 0)) * sizePx) / 2,
  }
  if (kind === 'bay') return { left: -half.x, top: -half.y, right: half.x, bottom: half.y }
  return {
    left: -half.x - airPx.x,
    top: -half.y - airPx.y,
    right: half.x + airPx.x,
    bottom: half.y + airPx.y,
  }
}

function square(half: number): Box {
  return { left: -half, top: -half, right: half, bottom: half }
}
