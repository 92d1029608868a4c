import { toXy } from '../../../maps/model/index.ts'
import type { Areal, Labels, LevelFrame, Xy } from '../../../maps/model/index.ts'
import type { LevelMap, LevelMapFeature } from '../../../maps/render/index.ts'
import { escapeHtml } from './html.ts'

/** Something to be marked on a drawing. */
export interface Mark extends Xy {
  readonly kind: 'start' | 'stop' | 'ride'
  /** One or two signs inside of it. */
  readonly sign: string
}

/** The part of a level a drawing shows: what is walked, and what stands around it. */
export interface Stage {
  readonly map: LevelMap
  readonly frame: LevelFrame
  readonly walks: readonly (readonly Xy[])[]
  readonly marks: readonly Mark[]
}

/** Metres around the way, and the least that a drawing shows. */
const marginM = 14
const leastM = 50
/** A drawing is at most this much longer than wide, and never wider than long by more. */
const mostTall = 1.5
const mostWide = 1.9
/** Width of a phone in CSS pixels: sizes of signs and names follow from it. */
const screenPx = 343

/** Metres with north up become the drawing's own metres, y downwards. */
interface View {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Metres of a CSS pixel. */
  readonly pxM: number
}

/**
 * Draws the part of a level that a way crosses, as SVG with north up. Colours come from classes of the page.
 *
 * Complexity: O(units of the level); 5 to 40 kB of text.
 */
export function levelDrawing(stage: Stage, language: 'zh' | 'en'): string {
  const view = viewOf([...stage.walks.flat(), ...stage.marks])
  const shapes = new Map<string, string[]>()
  const names: string[] = []
  for (const feature of stage.map.features) {
    const { geometry, properties } = feature
    if (geometry.type === 'Point' || geometry.type === 'MultiLineString') continue
    const rings = ringsOf(geometry, stage.frame)
    if (!meets(view, rings[0] ?? [])) continue
    const kind = classOf(properties)
    shapes.set(kind, [...(shapes.get(kind) ?? []), rings.map((ring) => pathOf(view, ring, true)).join('')])
    if ('n' in properties) names.push(nameIn(view, rings[0] ?? [], nameOf(properties.n, language)))
  }
  const { pxM, width, height } = view
  const walks = stage.walks.map((walk) => pathOf(view, walk, false)).join('')
  const stroke = (px: number) => round(px * pxM)
  return [
    `<svg viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-hidden="true">`,
    ...drawnFirst.flatMap((kind) => {
      const found = shapes.get(kind)
      return found ? [`<path class="u ${kind}" stroke-width="${stroke(0.8)}" d="${found.join('')}"/>`] : []
    }),
    names.join(''),
    `<path class="case" stroke-width="${stroke(10)}" d="${walks}"/>`,
    `<path class="way" stroke-width="${stroke(6)}" d="${walks}"/>`,
    ...stage.marks.map((mark) => markAt(view, mark)),
    '</svg>',
  ].join('')
}

/** From the ground up. */
const drawnFirst = [
  ...['outline', 'floor', 'void', 'aux', 'closed', 'vacant', 'rest', 'bay', 'service'],
  ...['food', 'fashion', 'kids', 'beauty', 'jewel', 'sport', 'digital', 'life', 'fun', 'amenity'],
]

const amenities: ReadonlySet<string> = new Set(['lift', 'escalator', 'stairs', 'toilet'])

function classOf({ k, ...more }: LevelMapFeature['properties']): string {
  if (k === 'shop') return ('t' in more ? more.t : undefined) ?? 'service'
  return amenities.has(k) ? 'amenity' : k
}

function viewOf(points: readonly Xy[]): View {
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const [west, east] = [Math.min(...xs) - marginM, Math.max(...xs) + marginM]
  const [south, north] = [Math.min(...ys) - marginM, Math.max(...ys) + marginM]
  const wide = Math.max(east - west, leastM)
  const tall = Math.max(north - south, leastM / mostWide)
  const width = Math.max(wide, tall / mostTall)
  const height = Math.max(tall, wide / mostWide)
  return {
    left: (west + east) / 2 - width / 2,
    top: (south + north) / 2 + height / 2,
    width,
    height,
    pxM: width / screenPx,
  }
}

function ringsOf(geometry: Areal, frame: LevelFrame): Xy[][] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return polygons.flatMap((polygon) => polygon.map((ring) => ring.map((position) => toXy(frame, position))))
}

function meets({ left, top, width, height }: View, ring: readonly Xy[]): boolean {
  const box = boxOf(ring)
  return box.west < left + width && box.east > left && box.south < top && box.north > top - height
}

function boxOf(ring: readonly Xy[]) {
  const box = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity }
  for (const { x, y } of ring) {
    box.west = Math.min(box.west, x)
    box.east = Math.max(box.east, x)
    box.south = Math.min(box.south, y)
    box.north = Math.max(box.north, y)
  }
  return box
}

function pathOf({ left, top }: View, points: readonly Xy[], isRing: boolean): string {
  const text = points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${round(x - left)} ${round(top - y)}`)
  return text.join('') + (isRing ? 'Z' : '')
}

function nameOf(labels: Labels | undefined, language: 'zh' | 'en'): string {
  return labels?.[language] ?? labels?.zh ?? Object.values(labels ?? {})[0] ?? ''
}

/** A name in the middle of what is seen of its unit, where it fits; nothing where it does not. */
function nameIn(view: View, ring: readonly Xy[], name: string): string {
  if (name === '') return ''
  const { left, top, pxM } = view
  const whole = boxOf(ring)
  const box = {
    west: Math.max(whole.west, left),
    east: Math.min(whole.east, left + view.width),
    south: Math.max(whole.south, top - view.height),
    north: Math.min(whole.north, top),
  }
  const size = 10.5 * pxM
  const width = Array.from(name).reduce((sum, sign) => sum + (sign > '\u2e7f' ? 1 : 0.58), 0) * size
  if (width > (box.east - box.west) * 0.94 || size > (box.north - box.south) * 0.8) return ''
  const x = round((box.west + box.east) / 2 - left)
  const y = round(top - (box.south + box.north) / 2 + size * 0.35)
  return `<text x="${x}" y="${y}" font-size="${round(size)}">${escapeHtml(name)}</text>`
}

function markAt({ left, top, pxM }: View, { kind, sign, x, y }: Mark): string {
  const [cx, cy] = [round(x - left), round(top - y)]
  const size = 12 * pxM
  return (
    `<g class="mark ${kind}"><circle cx="${cx}" cy="${cy}" r="${round(11 * pxM)}" stroke-width="${round(2.5 * pxM)}"/>` +
    `<text x="${cx}" y="${round(top - y + size * 0.36)}" font-size="${round(size)}">${escapeHtml(sign)}</text></g>`
  )
}

/** Decimetres are plenty on a phone. */
function round(metres: number): string {
  return String(Math.round(metres * 10) / 10)
}
