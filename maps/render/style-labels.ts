import { bandCount, scaleOfBand } from './bands.ts'
import { glyphEm, labelPx, leastBayScale, lineEm } from './labels.ts'
import type { LabelKind } from './labels.ts'
import { scaleOfZoom } from './scale.ts'
import { roofStops, zoomAt } from './style-values.ts'
import type { Expression, StyleLayer, StyleOptions } from './style-values.ts'

type TextKind = Exclude<LabelKind, 'dot'>

/** Layers are placed from the top down, so the last of this list claims its room first. */
const kindsFromBelow: readonly LabelKind[] = ['dot', 'bay', 'name', 'glyph']

/**
 * Symbols of amenities, names, numbers of bays, dots and the pins of search results. The library leaves
 * out what would collide; within a layer the larger shop goes first, between layers the upper.
 */
export function labelLayers(options: StyleOptions): StyleLayer[] {
  const bands = Array.from({ length: bandCount }, (_, band) => bandCount - 1 - band)
  const bandsOf = (kind: LabelKind) =>
    kind === 'bay' ? bands.filter((band) => scaleOfBand(band) >= leastBayScale) : bands
  return [
    ...kindsFromBelow.flatMap((kind) => bandsOf(kind).map((band) => bandLayer(options, kind, band))),
    ...symbolLayers(options),
    takenLayer(options),
    ...pinLayers(options),
  ]
}

/** Side in CSS pixels of the squares that keep labels away from what is drawn over the map. */
export const takenPx = 24

/**
 * Squares without a picture: the library lets no label stand there. They are laid over a route and under
 * what floats over the map; above all labels, so that they claim their room first.
 */
function takenLayer({ imageTheme }: StyleOptions): StyleLayer {
  return {
    id: 'taken',
    type: 'symbol',
    source: 'taken',
    layout: { 'icon-image': `taken@${imageTheme}`, 'icon-allow-overlap': true, 'icon-padding': 0 },
  }
}

function bandLayer(options: StyleOptions, kind: LabelKind, band: number): StyleLayer {
  // A shop that is shut keeps its name and loses its dot.
  const notShut: Expression[] = kind === 'dot' && options.accents ? [['!', ['has', 'shut']]] : []
  return {
    id: `${kind}-${String(band)}`,
    type: 'symbol',
    source: 'labels',
    minzoom: zoomAt(options, scaleOfBand(band)),
    filter: ['all', ['==', ['get', 'k'], kind], ['==', ['get', 'band'], band], ...notShut],
    ...lifted(kind === 'dot' ? dot(options) : text(options, kind), options),
  }
}

/** The fullest shops are so dark that ink is not read on them, and no category's ink either. */
const isOnDark: Expression = ['>=', ['coalesce', ['get', 'crowd'], 0], 4]

/** The name of a shop that is shut. */
const shutOpacity = 0.45

type Drawing = Pick<StyleLayer, 'layout' | 'paint'>

/** A label belongs on the roof of a body, and the library knows only the ground: so it goes up the screen. */
function lifted(drawing: Drawing, options: StyleOptions): Drawing {
  const up = roofStops(options)
  if (!up) return drawing
  const paint = {
    'icon-translate': up,
    'icon-translate-anchor': 'viewport',
    ...(drawing.layout?.['text-field'] === undefined
      ? {}
      : { 'text-translate': up, 'text-translate-anchor': 'viewport' }),
  }
  return { ...drawing, paint: { ...drawing.paint, ...paint } }
}

function dot({ imageTheme, unit = 1 }: StyleOptions): Drawing {
  return {
    layout: {
      'icon-image': ['concat', 'dot-', ['get', 't'], `@${imageTheme}`],
      'icon-size': unit,
      'icon-padding': 3 * unit,
      'symbol-sort-key': ['get', 'rank'],
    },
  }
}

function text(options: StyleOptions, kind: TextKind): Drawing {
  const { unit = 1 } = options
  const size = sizeByZoom(options, kind)
  const opacity = kind === 'glyph' ? 1 : kind === 'bay' ? 0.6 : 0.84
  return {
    layout: {
      'text-field': ['get', 'text'],
      'text-font': [kind === 'glyph' ? 'Semibold' : 'Medium', ...options.fonts],
      'text-size': size(1),
      'text-line-height': lineEm,
      'text-max-width': 99,
      'text-padding': 2 * unit,
      'symbol-sort-key': ['get', 'rank'],
      ...(kind === 'glyph' ? glyphOver(options, size) : {}),
    },
    paint: {
      'text-color': options.accents
        ? ['case', isOnDark, options.palette['on-ink'], options.palette.ink]
        : options.palette.ink,
      'text-opacity': options.accents ? ['case', ['has', 'shut'], shutOpacity, opacity] : opacity,
      ...(kind === 'glyph' && options.accents
        ? { 'icon-opacity': ['case', isOnDark, 0, ['has', 'shut'], shutOpacity, 1] }
        : {}),
    },
  }
}

/** Glyph and name are centred together on the place: the name goes down by half of what the glyph takes. */
function glyphOver(
  { imageTheme }: StyleOptions,
  size: SizeByZoom,
): Readonly<Record<string, Expression | string>> {
  return {
    'icon-image': ['concat', 'shop-', ['get', 't'], `@${imageTheme}`],
    'icon-size': size(1 / glyphImagePx),
    'icon-offset': [0, (-lineEm / 2) * glyphImagePx],
    'text-offset': [0, glyphEm / 2],
    'text-anchor': 'center',
  }
}

/** Size at which the glyph images are drawn: icon offsets are in their pixels. */
export const glyphImagePx = 16

type SizeByZoom = (factor: number) => Expression

/**
 * A label's size by zoom: what its place gives, held between least and most. Sizes that differ by feature
 * are only evaluated at whole zooms, where this is exact; between them it may be a tenth too large, which
 * the air beside a name takes up.
 */
function sizeByZoom({ latitudeDeg, unit = 1 }: StyleOptions, kind: TextKind): SizeByZoom {
  const { least, most } = labelPx[kind]
  return (factor) => {
    const pairs = [14, 15, 16, 17, 18, 19, 20, 21, 22].flatMap((zoom) => {
      const scale = scaleOfZoom(zoom, latitudeDeg)
      return [zoom, ['*', factor, ['max', least * unit, ['min', most * unit, ['*', scale, ['get', 'em']]]]]]
    })
    return ['interpolate', ['exponential', 2], ['zoom'], ...pairs]
  }
}

/** Lifts and toilets are what one looks for from afar; the other symbols come with the doors. */
const farSymbols = ['lift', 'toilet']

function symbolLayers(options: StyleOptions): StyleLayer[] {
  const { imageTheme, unit = 1 } = options
  const isFar = ['match', ['get', 't'], farSymbols, true, false]
  const layer = (id: string, scale: number, filter: Expression): StyleLayer => ({
    id,
    type: 'symbol',
    source: 'level',
    minzoom: zoomAt(options, scale),
    filter: ['all', ['==', ['get', 'k'], 'symbol'], filter],
    ...lifted(
      {
        layout: {
          'icon-image': ['concat', 'symbol-', ['get', 't'], `@${imageTheme}`],
          'icon-size': unit,
          'icon-padding': 2 * unit,
        },
      },
      options,
    ),
  })
  return [layer('symbols-near', 3.2, ['!', isFar]), layer('symbols-far', 1.2, isFar)]
}

/**
 * Numbers of search results, and the marker of the chosen place with its name under the tip: always
 * shown, and all other labels make room.
 */
function pinLayers({ palette, fonts, imageTheme, unit = 1 }: StyleOptions): StyleLayer[] {
  const shared = {
    'icon-image': ['concat', ['get', 'image'], `@${imageTheme}`],
    'icon-size': unit,
    'icon-allow-overlap': true,
    'text-field': ['get', 'text'],
    'text-font': ['Semibold', ...fonts],
    'text-allow-overlap': true,
    'symbol-sort-key': ['get', 'rank'],
  } as const
  return [
    {
      id: 'pins',
      type: 'symbol',
      source: 'pins',
      filter: ['==', ['get', 'k'], 'pin'],
      layout: { ...shared, 'text-size': 14 * unit },
      paint: { 'text-color': palette['on-ink'] },
    },
    {
      id: 'marker',
      type: 'symbol',
      source: 'pins',
      filter: ['==', ['get', 'k'], 'marker'],
      layout: {
        ...shared,
        'icon-anchor': 'bottom',
        'text-size': 16 * unit,
        'text-anchor': 'top',
        'text-offset': [0, 0.3],
        'text-max-width': 10,
        'text-line-height': lineEm,
      },
      paint: { 'text-color': palette.ink, 'text-halo-color': palette.paper, 'text-halo-width': 1.5 },
    },
  ]
}
