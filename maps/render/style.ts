import { shopCategories } from '../model/index.ts'
import { labelLayers } from './style-labels.ts'
import { px, stops } from './style-values.ts'
import type { Expression, StyleLayer, StyleOptions, Value } from './style-values.ts'
import { zoomOfScale } from './scale.ts'

/** Names of the GeoJSON sources the layers draw from; the map view fills them. */
export const mapSources = ['level', 'treads', 'labels', 'chosen', 'pins'] as const
export type MapSource = (typeof mapSources)[number]

/**
 * Every layer of a venue's map in the look's order of drawing, as maplibre-gl and mapbox-gl both read
 * them: plain filters and interpolations, nothing that only one of the two knows.
 *
 * **Source**: own look; style specification version 8.
 */
export function mapLayers(options: StyleOptions): StyleLayer[] {
  const units = options.relief ? reliefLayers(options) : unitLayers(options)
  return [...groundLayers(options), ...units, ...chosenLayers(options), ...labelLayers(options)]
}

function groundLayers({ palette, latitudeDeg }: StyleOptions): StyleLayer[] {
  const outline = { source: 'level', filter: ['==', ['get', 'k'], 'outline'] } as const
  const voids = { source: 'level', filter: ['==', ['get', 'k'], 'void'] } as const
  return [
    { id: 'outside', type: 'background', paint: { 'background-color': palette.outside } },
    {
      id: 'slab',
      type: 'fill',
      ...outline,
      paint: {
        'fill-color': palette.side,
        'fill-translate': stops(latitudeDeg, (scale) => [0, px(0.55 * scale, 1.5, 7)]),
        'fill-translate-anchor': 'viewport',
      },
    },
    { id: 'floor', type: 'fill', ...outline, paint: { 'fill-color': palette.floor } },
    {
      id: 'outline',
      type: 'line',
      ...outline,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.edge,
        'line-width': stops(latitudeDeg, (scale) => px(0.22 * scale, 1, 2)),
      },
    },
    { id: 'void', type: 'fill', ...voids, paint: { 'fill-color': palette.void } },
    {
      // The shade that makes an opening look deep: inside its edge, soft, as wide as its offset allows.
      id: 'void-shade',
      type: 'line',
      ...voids,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette['void-edge'],
        'line-opacity': 0.45,
        'line-width': stops(latitudeDeg, (scale) => 0.45 * scale + 1.5),
        'line-offset': stops(latitudeDeg, (scale) => (0.45 * scale + 1.5) / 2),
        'line-blur': stops(latitudeDeg, (scale) => 0.2 * scale),
      },
    },
    {
      id: 'void-edge',
      type: 'line',
      ...voids,
      paint: { 'line-color': palette['void-edge'], 'line-width': 1 },
    },
  ]
}

/** Units that stand back: service rooms, empty shops, shafts and stairs. */
const quietKinds = ['aux', 'closed', 'vacant', 'rest', 'lift', 'escalator', 'stairs', 'toilet'] as const

function unitLayers({ palette, latitudeDeg }: StyleOptions): StyleLayer[] {
  const quiet = { source: 'level', filter: ['match', ['get', 'k'], [...quietKinds], true, false] } as const
  const bays = { source: 'level', filter: ['==', ['get', 'k'], 'bay'] } as const
  const shops = { source: 'level', filter: ['==', ['get', 'k'], 'shop'] } as const
  const zoom = (scale: number) => zoomOfScale(scale, latitudeDeg)
  return [
    {
      id: 'quiet',
      type: 'fill',
      ...quiet,
      paint: {
        'fill-color': [
          'match',
          ['get', 'k'],
          'closed',
          palette.closed,
          'vacant',
          palette.vacant,
          'rest',
          palette.rest,
          palette.aux,
        ],
      },
    },
    {
      id: 'quiet-wall',
      type: 'line',
      ...quiet,
      paint: {
        'line-color': palette['wall-2'],
        'line-width': stops(latitudeDeg, (scale) => Math.min(1, 0.2 * scale)),
      },
    },
    { id: 'bay', type: 'fill', ...bays, minzoom: zoom(1.2), paint: { 'fill-color': palette.bay } },
    {
      id: 'bay-line',
      type: 'line',
      ...bays,
      minzoom: zoom(1.2),
      paint: {
        'line-color': palette['bay-line'],
        'line-width': stops(latitudeDeg, (scale) => Math.min(1, 0.25 * scale)),
      },
    },
    {
      // A shop's lower edge gives it body without a third dimension.
      id: 'shop-edge',
      type: 'fill',
      ...shops,
      paint: {
        'fill-color': palette.wall,
        'fill-translate': stops(latitudeDeg, (scale) => [0, px(0.28 * scale, 0.8, 3.2)]),
        'fill-translate-anchor': 'viewport',
      },
    },
    { id: 'shop', type: 'fill', ...shops, paint: { 'fill-color': shopTint(palette) } },
    {
      id: 'shop-wall',
      type: 'line',
      ...shops,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.wall,
        'line-width': stops(latitudeDeg, (scale) => px(0.16 * scale, 0.7, 1.6)),
      },
    },
    {
      id: 'doors',
      type: 'line',
      source: 'level',
      filter: ['==', ['get', 'k'], 'doors'],
      minzoom: zoom(3.2),
      paint: {
        'line-color': palette.floor,
        'line-width': stops(latitudeDeg, (scale) => Math.max(2.4, 0.3 * scale)),
      },
    },
    {
      id: 'treads',
      type: 'line',
      source: 'treads',
      minzoom: zoom(2),
      paint: { 'line-color': palette.wall, 'line-width': 0.8 },
    },
  ]
}

/** Shops stand this high; higher walls would hide the aisle. Back rooms stay a little lower. */
const shopHeightM = 2.6
const quietHeightM = 1.9

/** Units as bodies, for a view from above at an angle; what one walks on stays flat. */
function reliefLayers(options: StyleOptions): StyleLayer[] {
  const { palette } = options
  const flat = unitLayers(options).filter(({ id }) => !/^shop|^quiet-wall|^doors/.test(id))
  const standing = ['aux', 'closed', 'vacant', 'lift', 'toilet']
  const body = (id: string, filter: Expression, color: Value, height: number): StyleLayer => ({
    id,
    type: 'fill-extrusion',
    source: 'level',
    filter,
    paint: { 'fill-extrusion-color': color, 'fill-extrusion-height': height },
  })
  return [
    ...flat,
    body('quiet-body', ['match', ['get', 'k'], standing, true, false], palette.aux, quietHeightM),
    body('shop', ['==', ['get', 'k'], 'shop'], shopTint(palette), shopHeightM),
  ]
}

function shopTint(palette: StyleOptions['palette']) {
  const tints = shopCategories.flatMap((category) => [category, palette[`t-${category}`]])
  return ['match', ['get', 't'], ...tints, palette['t-service']]
}

/** What the person chose or searched for. Ink, not the route's colour: that is for the way alone. */
function chosenLayers({ palette, latitudeDeg }: StyleOptions): StyleLayer[] {
  return [
    {
      id: 'chosen',
      type: 'fill',
      source: 'chosen',
      paint: { 'fill-color': palette.ink, 'fill-opacity': 0.08 },
    },
    {
      id: 'chosen-line',
      type: 'line',
      source: 'chosen',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.ink,
        'line-width': stops(latitudeDeg, (scale) => Math.max(2, 0.35 * scale)),
      },
    },
  ]
}
