import type { FeatureCollection, GeoJSON, Point } from 'geojson'
import {
  bodyHeightM,
  isPlace,
  isUnit,
  labelsOf,
  levelIds,
  mapLayers,
  roofOf,
  screenFrame,
  treadsOf,
} from '../../maps/render/client.ts'
import type {
  Accents,
  LevelMap,
  LevelMapFeature,
  MapSource,
  Palette,
  ScreenFrame,
} from '../../maps/render/client.ts'
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
  readonly unit: number
  /** Shops as bodies, seen at this angle; flat when absent. */
  readonly reliefPitchDeg?: number
  readonly accents?: Accents
  readonly marks: Marks
  /** Where no label may stand, longitude and latitude: every `takenPx` one. */
  readonly taken: readonly (readonly [number, number])[]
}

/** What is told apart among the shops, by id of destination; shown by the accents. */
export interface Marks {
  readonly goalId?: string
  readonly closed?: ReadonlySet<string>
  /** From 1 up to as many as the accents have colours. */
  readonly crowds?: ReadonlyMap<string, number>
}

/** The style of both map libraries with the data of all sources in it. */
export function styleOf(state: MapState): MapStyle {
  const { palette, theme, fonts, unit, reliefPitchDeg, accents } = state
  const layers = mapLayers({
    palette,
    fonts,
    imageTheme: theme,
    latitudeDeg: latitudeOf(state.level),
    unit,
    ...(reliefPitchDeg === undefined ? {} : { reliefPitchDeg }),
    ...(accents ? { accents } : {}),
  })
  const sources = { ...levelData(state), ...pinData(state), ...takenData(state) }
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

/** The sources that change with level, language, bearing and marks. */
export function levelData(
  state: MapState,
): Pick<Record<MapSource, GeoJSON>, 'level' | 'roofs' | 'treads' | 'labels'> {
  const frame = frameOf(state.level, state.bearingDeg)
  const level = drawnLevel(state)
  return {
    level,
    roofs: state.reliefPitchDeg === undefined ? collection([]) : roofsOf(level, frame),
    treads: treadsOf(state.level, frame),
    labels: markedLabels(state, frame),
  }
}

/** The source that keeps labels away. */
export function takenData({ taken }: MapState): Pick<Record<MapSource, GeoJSON>, 'taken'> {
  return { taken: { type: 'MultiPoint', coordinates: taken.map((lonLat) => [...lonLat]) } }
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
function drawnLevel({ level, marks, reliefPitchDeg }: MapState): FeatureCollection {
  const marksOf = markReader(level, marks)
  const features = level.features.map((feature) => {
    if (!isPlace(feature)) return feature
    const high = feature.properties.k === 'symbol' ? undefined : bodyHeightM[feature.properties.k]
    const standing = reliefPitchDeg === undefined || high === undefined ? {} : { high }
    const properties = { ...feature.properties, id: feature.id, ...marksOf(feature), ...standing }
    return { ...feature, properties }
  })
  return { type: 'FeatureCollection', features }
}

function roofsOf(level: FeatureCollection, frame: ScreenFrame): FeatureCollection {
  const roofs = level.features.flatMap((feature) => {
    const { type } = feature.geometry
    if (feature.properties?.high === undefined || (type !== 'Polygon' && type !== 'MultiPolygon')) return []
    return [{ ...feature, geometry: roofOf(feature.geometry, frame) }]
  })
  return collection(roofs)
}

/** The goal carries no label: who points it out says its name. */
function markedLabels({ level, language, marks }: MapState, frame: ScreenFrame): FeatureCollection {
  const labels = labelsOf(level, language, frame)
  const goal = marks.goalId === undefined ? undefined : levelIds(level).shortOf(marks.goalId)
  const { shut, crowds } = shortMarks(level, marks)
  return collection(
    labels.features
      .filter(({ properties }) => properties.id !== goal)
      .map((label) => {
        const { id } = label.properties
        const crowd = crowds.get(id)
        const marked = { ...(shut.has(id) ? { shut: true } : {}), ...(crowd === undefined ? {} : { crowd }) }
        return { ...label, properties: { ...label.properties, ...marked } }
      }),
  )
}

function markReader(level: LevelMap, marks: Marks): (feature: LevelMapFeature) => object {
  const { goal, shut, crowds } = shortMarks(level, marks)
  return (feature) => {
    if (!isUnit(feature) || feature.id === undefined) return {}
    const ids = [feature.id, ...(feature.properties.d ?? [])]
    // A food court is as full as the fullest of its shops, and open while one of them is.
    const crowd = Math.max(...ids.map((id) => crowds.get(id) ?? 0))
    return {
      ...(goal !== undefined && ids.includes(goal) ? { goal: true } : {}),
      ...(ids.every((id) => shut.has(id)) ? { shut: true } : {}),
      ...(crowd > 0 ? { crowd } : {}),
    }
  }
}

/** Marks by the short ids of a level. */
function shortMarks(level: LevelMap, { goalId, closed, crowds }: Marks) {
  const ids = levelIds(level)
  const shortOf = (id: string) => ids.shortOf(id)
  const isHere = (id: string) => ids.featureOf(id) !== undefined
  return {
    goal: goalId === undefined ? undefined : shortOf(goalId),
    shut: new Set([...(closed ?? [])].filter(isHere).map(shortOf)),
    crowds: new Map([...(crowds ?? [])].filter(([id]) => isHere(id)).map(([id, n]) => [shortOf(id), n])),
  }
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
