import type { FeatureCollection, GeoJSON, Point } from 'geojson'
import { levelIds, isPlace, labelsOf, mapLayers, screenFrame, treadsOf } from '../../maps/render/client.ts'
import type { LevelMap, MapSource, Palette, ScreenFrame } from '../../maps/render/client.ts'
import type { SymbolName } from '../icons/symbols.ts'
import type { MapStyle } from './shared-map.ts'

/** A place that is pointed out: with a number (a search result) or, without, by the marker. */
export interface Pin {
  readonly destinationId: string
  readonly lonLat: readonly [number, number]
  readonly symbol: SymbolName
  readonly name: string
  readonly number?: number
}

/** Everything a map shows; a style with all its data follows from it alone. */
export interface MapState {
  readonly level: LevelMap
  readonly language: string
  readonly theme: string
  readonly palette: Palette
  readonly fonts: readonly string[]
  readonly bearingDeg: number
  readonly pins: readonly Pin[]
  readonly relief: boolean
}

/** The style of both map libraries with the data of all sources in it. */
export function styleOf(state: MapState): MapStyle {
  const { palette, theme, fonts, relief } = state
  const latitudeDeg = latitudeOf(state.level)
  const layers = mapLayers({ palette, fonts, imageTheme: theme, latitudeDeg, relief })
  const sources = { ...levelData(state), ...pinData(state) }
  const cut = { type: 'geojson', maxzoom: 20, tolerance: 0 } as const
  const entries = Object.entries<GeoJSON>(sources).map(([name, data]) => [name, { ...cut, data }] as const)
  return { version: 8, sources: Object.fromEntries(entries), layers, light }
}

/** Light from the upper left of the screen, as on the flat map; only bodies show it. */
const light = { anchor: 'viewport', color: '#ffffff', intensity: 0.14, position: [1.5, 210, 40] } as const

/** Nothing but the ground: what a map starts with while its images are drawn. */
export function emptyStyle(palette: Palette): MapStyle {
  const outside = {
    id: 'outside',
    type: 'background',
    paint: { 'background-color': palette.outside },
  } as const
  return { version: 8, sources: {}, layers: [outside], light }
}

/** The sources that change with level, language and bearing. */
export function levelData(state: MapState): Pick<Record<MapSource, GeoJSON>, 'level' | 'treads' | 'labels'> {
  const frame = frameOf(state.level, state.bearingDeg)
  return {
    level: withIds(state.level),
    treads: treadsOf(state.level, frame),
    labels: labelsOf(state.level, state.language, frame),
  }
}

/** The sources that change with what is pointed out. */
export function pinData({ level, pins }: MapState): Pick<Record<MapSource, GeoJSON>, 'chosen' | 'pins'> {
  const ids = levelIds(level)
  const found = pins.flatMap((pin) => ids.featureOf(pin.destinationId) ?? [])
  const areas = found.filter(({ properties }) => properties.k !== 'symbol')
  return { chosen: collection(areas), pins: collection(pins.map(pinFeature)) }
}

/** A frame around the level's outline; undefined outlines do not exist, a level always has one. */
export function frameOf(level: LevelMap, bearingDeg: number): ScreenFrame {
  return screenFrame(outlineOf(level), bearingDeg)
}

/** The edge of a level. */
export function outlineOf(level: LevelMap) {
  for (const feature of level.features) {
    if (feature.properties.k === 'outline' && feature.geometry.type !== 'Point') {
      if (feature.geometry.type !== 'MultiLineString') return feature.geometry
    }
  }
  throw new Error('A level came without its outline: expected a feature with k = "outline"')
}

/** Latitude for the look's scales; a mall's own extent makes no difference. */
export function latitudeOf(level: LevelMap): number {
  return frameOf(level, 0).toLonLat({ x: 0, y: 0 })[1]
}

/** The libraries drop ids that are not numbers, so a feature carries its id as a property too. */
function withIds(level: LevelMap): FeatureCollection {
  const features = level.features.map((feature) =>
    isPlace(feature) ? { ...feature, properties: { ...feature.properties, id: feature.id } } : feature,
  )
  return { type: 'FeatureCollection', features }
}

function pinFeature({
  destinationId,
  lonLat,
  symbol,
  name,
  number,
}: Pin): FeatureCollection['features'][number] {
  const shown =
    number === undefined
      ? { k: 'marker', image: `marker-${symbol}`, text: name, rank: 0 }
      : { k: 'pin', image: 'pin', text: String(number), rank: number }
  const geometry: Point = { type: 'Point', coordinates: [...lonLat] }
  return { type: 'Feature', properties: { id: destinationId, ...shown }, geometry }
}

function collection(features: readonly FeatureCollection['features'][number][]): FeatureCollection {
  return { type: 'FeatureCollection', features: [...features] }
}
