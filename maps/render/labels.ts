import type { Feature, FeatureCollection, Point } from 'geojson'
import type { Xy } from '../model/index.ts'
import { bandOf } from './bands.ts'
import { breakName, widthEm } from './break-name.ts'
import { fitLabel } from './fit-label.ts'
import type { LevelMap, UnitFeatureDrawn } from './level-map.ts'
import { isUnit } from './level-map.ts'
import { nameIn } from './name-in.ts'
import type { ScreenFrame } from './screen-frame.ts'
import { areaOf, ringsOf } from './shape.ts'
import { spansAt } from './spans.ts'
import type { Rings, Span } from './spans.ts'

/**
 * - `glyph`: category glyph over the name on one line, for names of 14 px and more;
 * - `name`: the name alone, on the one or two lines that let it appear earliest;
 * - `dot`: the category's dot, where no name fits yet;
 * - `bay`: the number of a parking bay.
 */
export type LabelKind = 'glyph' | 'name' | 'dot' | 'bay'

export interface LabelProperties {
  readonly k: LabelKind
  /** Short id of the destination that carries the label. */
  readonly id: string
  readonly text: string
  /** Category of the shop; empty for a bay. */
  readonly t: string
  /** Metres of floor that one em of the text covers when it fills its place. */
  readonly em: number
  /** The band of scales from which the label has room, see `bandOf`. */
  readonly band: number
  /** The smaller, the earlier it claims its room. */
  readonly rank: number
}

export type LabelFeature = Feature<Point, LabelProperties>

/**
 * Least and most size of each kind of label in CSS pixels. A name alone stays small: the library reserves
 * room for the size a label has at the next whole zoom, and what grows far would drive its neighbours out.
 */
export const labelPx = {
  name: { least: 11, most: 14 },
  glyph: { least: 14, most: 22 },
  bay: { least: 10, most: 11 },
} as const

/** Lines stand this far apart, in ems; the glyph over a name takes `glyphEm`. */
export const lineEm = 1.18
export const glyphEm = 1.25

/** Air left and right of a name inside its walls; at its least size it may lean over them by as much. */
const airEm = 0.6
const leanEm = 0.44

/** Two lines must let a name appear this much earlier than one to be worth the break. */
const worthBreaking = 1.12

/** Under this many square pixels a shop carries nothing, not even a dot. */
const leastDotPx2 = 90

/**
 * Every label of a level in one language, each with the scale from which it has room, so that a map only
 * has to leave out those that would collide. One shop gives up to three features at one place: dot, name,
 * name with glyph; drawn in the order of `LabelKind`, the first that finds room hides the others.
 *
 * Size and break follow the look's rules: √area / 6.2 (Latin 7.2), inside the unit's free chord at its
 * own height.
 *
 * @param frame decides which way is up: make the labels anew when the map has been turned
 * O(shops), see `fitLabel`; bays take next to nothing. README.md has figures.
 */
export function labelsOf(
  level: LevelMap,
  language: string,
  frame: ScreenFrame,
): FeatureCollection<Point, LabelProperties> {
  const units = level.features.filter(isUnit)
  const features = units.flatMap((unit) => {
    if (unit.properties.k === 'bay') return bayLabel(unit, language, frame)
    return unit.properties.k === 'shop' ? shopLabels(unit, language, frame) : []
  })
  return { type: 'FeatureCollection', features }
}

function shopLabels(unit: UnitFeatureDrawn, language: string, frame: ScreenFrame): LabelFeature[] {
  const { n, t = 'service' } = unit.properties
  const text = n ? nameIn(n, language) : ''
  const rings = ringsOf(unit.geometry, frame)
  const area = areaOf(rings)
  const shared = { id: unit.id ?? '', t, rank: -Math.round(area * (t === 'food' ? 1.1 : 1)) }
  const capM = Math.sqrt(area) / (/^[ -ɏ’]+$/.test(text) ? 7.2 : 6.2)
  const glyph = text === '' ? undefined : glyphLabel(rings, text, capM)
  // Both stand at one place, so that the one with the glyph always hides the one without.
  const held = glyph && bandOf(glyph.label.from) !== undefined ? glyph.at : undefined
  const name = text === '' ? undefined : nameLabel(rings, text, { capM, held })
  // The dot stands where the name will be, so that the name covers it.
  const dotPlace = name?.at ?? middleOf(rings)
  const dot = { k: 'dot', text: '', em: 0, from: Math.sqrt(leastDotPx2 / area) } as const
  return [
    ...(glyph ? labelFeature(frame.toLonLat(glyph.at), { ...shared, ...glyph.label }) : []),
    ...(name ? labelFeature(frame.toLonLat(name.at), { ...shared, ...name.label }) : []),
    ...(dotPlace ? labelFeature(frame.toLonLat(dotPlace), { ...shared, ...dot }) : []),
  ]
}

interface Placed {
  readonly at: Xy
  readonly label: Pick<Label, 'k' | 'text' | 'em' | 'from'>
}

function glyphLabel(rings: Rings, text: string, capM: number): Placed | undefined {
  const block = { widthEm: widthEm(text) + airEm, heightEm: lineEm + glyphEm }
  const fit = fitLabel(rings, block, capM)
  if (!fit) return undefined
  return { at: fit.at, label: { k: 'glyph', text, em: fit.emM, from: labelPx.glyph.least / fit.emM } }
}

interface Limits {
  readonly capM: number
  readonly held: Xy | undefined
}

function nameLabel(rings: Rings, text: string, { capM, held }: Limits): Placed | undefined {
  const broken = breakName(text)
  const layouts = [[text], ...(broken ? [broken] : [])].flatMap((lines) => {
    const width = Math.max(...lines.map(widthEm))
    const heightEm = lineEm * lines.length
    // A name may lean over its walls, so it appears before it truly fits; it grows only once it does.
    const lean = fitLabel(rings, { widthEm: width - leanEm, heightEm: heightEm * 0.85 }, capM * 3, held)
    return lean ? [{ lines, lean, block: { widthEm: width + airEm, heightEm } }] : []
  })
  const [one, two] = layouts
  const chosen = two && one && two.lean.emM > one.lean.emM * worthBreaking ? two : (one ?? two)
  if (!chosen) return undefined
  const full = fitLabel(rings, chosen.block, capM, held)
  return {
    at: chosen.lean.at,
    label: {
      k: 'name',
      text: chosen.lines.join('\n'),
      em: full?.emM ?? 0,
      from: labelPx.name.least / chosen.lean.emM,
    },
  }
}

/** Numbers of bays, from 4.2 px per metre at the earliest: before, they are noise. */
export const leastBayScale = 4.2

function bayLabel(unit: UnitFeatureDrawn, language: string, frame: ScreenFrame): LabelFeature[] {
  const text = unit.properties.n ? nameIn(unit.properties.n, language) : ''
  const middle = middleOf(ringsOf(unit.geometry, frame))
  if (text === '' || !middle) return []
  const em = middle.room / widthEm(text)
  const from = Math.max(leastBayScale, labelPx.bay.least / em)
  const label = { k: 'bay', id: unit.id ?? '', text, t: '', em, from, rank: 0 } as const
  return labelFeature(frame.toLonLat(middle), label)
}

/** The middle of the widest stretch at half height, and how wide that is; enough for a dot or a bay. */
function middleOf(rings: Rings): (Xy & { readonly room: number }) | undefined {
  const ys = rings.flat().map(({ y }) => y)
  const y = (Math.min(...ys) + Math.max(...ys)) / 2
  let widest: Span | undefined
  for (const span of spansAt(rings, y)) {
    if (!widest || span[1] - span[0] > widest[1] - widest[0]) widest = span
  }
  return widest && { x: (widest[0] + widest[1]) / 2, y, room: widest[1] - widest[0] }
}

/** A label before it is sorted into its band: the pixels per metre from which it has room. */
type Label = Omit<LabelProperties, 'band'> & { readonly from: number }

function labelFeature(lonLat: readonly [number, number], { from, ...label }: Label): LabelFeature[] {
  const band = bandOf(from)
  if (band === undefined) return []
  const geometry: Point = { type: 'Point', coordinates: [...lonLat] }
  return [{ type: 'Feature', properties: { ...label, band }, geometry }]
}
