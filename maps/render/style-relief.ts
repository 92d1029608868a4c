import type { Palette } from './palette.ts'
import { mixed, shopColours } from './style-colours.ts'
import { stops } from './style-values.ts'
import type { Expression, StyleLayer, StyleOptions, Value } from './style-values.ts'

/** The roof is laid on its body, so that the rim of the body shows around it. */
const roofM = 0.06

/** Colour of a unit that stands back, by its kind. */
export function quietColour(palette: Palette): Expression {
  const { closed, vacant, rest, aux } = palette
  return ['match', ['get', 'k'], 'closed', closed, 'vacant', vacant, 'rest', rest, aux]
}

/**
 * Units as bodies with roofs, for a view from above at an angle; what one walks on stays flat. A shade on
 * the floor holds the bodies to it.
 *
 * @param flat the layers of the flat map, of which those of the floor are kept
 */
export function reliefLayers(options: StyleOptions, flat: readonly StyleLayer[]): StyleLayer[] {
  const { palette } = options
  const shops: Expression = ['==', ['get', 'k'], 'shop']
  const quiet: Expression = ['all', ['has', 'high'], ['!=', ['get', 'k'], 'shop']]
  const { roof, wall } = shopColours(options)
  const wallOf = (colour: string) =>
    options.accents?.isNight ? mixed(colour, palette.wall, 0.25) : mixed(colour, '#000000', 0.1)
  const quietWall: Expression = [
    'match',
    ['get', 'k'],
    'closed',
    wallOf(palette.closed),
    'vacant',
    wallOf(palette.vacant),
    wallOf(palette.aux),
  ]
  const high: Expression = ['get', 'high']
  const body = (id: string, filter: Expression, color: Value): StyleLayer => ({
    id,
    type: 'fill-extrusion',
    source: 'level',
    filter,
    paint: { 'fill-extrusion-color': color, 'fill-extrusion-height': ['-', high, roofM] },
  })
  const lid = (id: string, filter: Expression, color: Value): StyleLayer => ({
    id,
    type: 'fill-extrusion',
    source: 'roofs',
    filter,
    paint: {
      'fill-extrusion-color': color,
      'fill-extrusion-height': high,
      'fill-extrusion-base': ['-', high, roofM],
      'fill-extrusion-vertical-gradient': false,
    },
  })
  return [
    ...flat.filter(({ id }) => !/^shop|^quiet-wall|^doors/.test(id)),
    ...shadeLayers(options),
    body('quiet-body', quiet, quietWall),
    body('shop', shops, wall),
    lid('quiet-roof', quiet, quietColour(palette)),
    lid('shop-roof', shops, roof),
  ]
}

/** The light comes from the upper left: two pale fills, one further away, make an edge that is soft. */
function shadeLayers(options: StyleOptions): StyleLayer[] {
  return [0.5, 0.85].map((reachM, index) => ({
    id: `shade-${String(index)}`,
    type: 'fill',
    source: 'level',
    filter: ['has', 'high'],
    paint: {
      'fill-color': options.palette['void-edge'],
      'fill-opacity': 0.22,
      'fill-translate': stops(options, (scale) => [reachM * scale, reachM * 0.9 * scale]),
      'fill-translate-anchor': 'viewport',
    },
  }))
}
