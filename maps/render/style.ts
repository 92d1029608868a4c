import { labelLayers } from './style-labels.ts'
import { quietColour, reliefLayers } from './style-relief.ts'
import { shopColours } from './style-colours.ts'
import { px, roofStops, stops, zoomAt } from './style-values.ts'
import type { StyleLayer, StyleOptions } from './style-values.ts'

/** Names of the GeoJSON sources the layers draw from; the map view fills them. */
export const mapSources = ['level', 'roofs', 'treads', 'labels', 'chosen', 'pins', 'taken'] as const
export type MapSource = (typeof mapSources)[number]

/**
 * Every layer of a venue's map in the look's order of drawing, as maplibre-gl and mapbox-gl both read
 * them: plain filters and interpolations, nothing that only one of the two knows.
 *
 * **Source**: own look; style specification version 8.
 */
export function mapLayers(options: StyleOptions): StyleLayer[] {
  const flat = unitLayers(options)
  const units = options.reliefPitchDeg === undefined ? flat : reliefLayers(options, flat)
  return [...groundLayers(options), ...units, ...chosenLayers(options), ...labelLayers(options)]
}

function groundLayers(options: StyleOptions): StyleLayer[] {
  const { palette } = options
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
        'fill-translate': stops(options, (scale) => [0, px(0.55 * scale, 1.5, 7)]),
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
        'line-width': stops(options, (scale) => px(0.22 * scale, 1, 2)),
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
        'line-width': stops(options, (scale) => 0.45 * scale + 1.5),
        'line-offset': stops(options, (scale) => (0.45 * scale + 1.5) / 2),
        'line-blur': stops(options, (scale) => 0.2 * scale),
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

function unitLayers(options: StyleOptions): StyleLayer[] {
  const { palette } = options
  const quiet = { source: 'level', filter: ['match', ['get', 'k'], [...quietKinds], true, false] } as const
  const bays = { source: 'level', filter: ['==', ['get', 'k'], 'bay'] } as const
  const shops = { source: 'level', filter: ['==', ['get', 'k'], 'shop'] } as const
  const zoom = (scale: number) => zoomAt(options, scale)
  return [
    {
      id: 'quiet',
      type: 'fill',
      ...quiet,
      paint: {
        'fill-color': quietColour(palette),
      },
    },
    {
      id: 'quiet-wall',
      type: 'line',
      ...quiet,
      paint: {
        'line-color': palette['wall-2'],
        'line-width': stops(options, (scale) => Math.min(1, 0.2 * scale)),
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
        'line-width': stops(options, (scale) => Math.min(1, 0.25 * scale)),
      },
    },
    {
      // A shop's lower edge gives it body without a third dimension.
      id: 'shop-edge',
      type: 'fill',
      ...shops,
      paint: {
        'fill-color': palette.wall,
        'fill-translate': stops(options, (scale) => [0, px(0.28 * scale, 0.8, 3.2)]),
        'fill-translate-anchor': 'viewport',
      },
    },
    { id: 'shop', type: 'fill', ...shops, paint: { 'fill-color': shopColours(options).roof } },
    {
      id: 'shop-wall',
      type: 'line',
      ...shops,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.wall,
        'line-width': stops(options, (scale) => px(0.16 * scale, 0.7, 1.6)),
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
        'line-width': stops(options, (scale) => Math.max(2.4, 0.3 * scale)),
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

/** What the person chose or searched for. Ink, not the route's colour: that is for the way alone. */
function chosenLayers(options: StyleOptions): StyleLayer[] {
  const { palette } = options
  const up = roofStops(options)
  const onRoof = (kind: 'fill' | 'line'): StyleLayer['paint'] =>
    up && { [`${kind}-translate`]: up, [`${kind}-translate-anchor`]: 'viewport' }
  return [
    {
      id: 'chosen',
      type: 'fill',
      source: 'chosen',
      paint: { 'fill-color': palette.ink, 'fill-opacity': 0.08, ...onRoof('fill') },
    },
    {
      id: 'chosen-line',
      type: 'line',
      source: 'chosen',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.ink,
        'line-width': stops(options, (scale) => Math.max(2, 0.35 * scale)),
        ...onRoof('line'),
      },
    },
  ]
}
