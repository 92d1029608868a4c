import type { Position } from 'geojson'
import { boundsOf } from '../../maps/model/index.ts'
import { cameraFor, scaleOfZoom, zoomOfScale } from '../../maps/render/client.ts'
import type { Camera, FreeArea, LevelMap, Palette } from '../../maps/render/client.ts'
import { startEngine } from './engine.ts'
import type { EngineName } from './engine.ts'
import { addMapImages } from './images.ts'
import { changeLevel } from './level-change.ts'
import { emptyStyle, frameOf, latitudeOf, levelData, outlineOf, pinData, styleOf } from './map-data.ts'
import type { MapState, Pin } from './map-data.ts'
import { forLibrary, isDataSource } from './shared-map.ts'
import type { MapPointerEvent, SharedMap } from './shared-map.ts'
import './map-view.css'

export type { Pin } from './map-data.ts'

export interface MapViewOptions {
  readonly level: LevelMap
  /** Degrees clockwise from north that point up at the start, see `restingBearing`. */
  readonly bearingDeg: number
  readonly language: string
  readonly look: MapLook
  /** The part of the map that nothing floats over. */
  readonly free: FreeArea
  /** The first level is drawn once this resolves: when the letters of its labels have arrived. */
  readonly letters: Promise<unknown>
  /** Public token of a Mapbox account. */
  readonly token?: string
  /** Whether one may move it; a picture of a map on a page may not. Default true. */
  readonly interactive?: boolean
  /** Seen at an angle, shops as bodies. */
  readonly relief?: boolean
  /** The id of the unit or symbol that was tapped; undefined for a tap beside everything. */
  readonly onTap?: (id: string | undefined) => void
  /** The way that points up has changed: degrees clockwise from north. */
  readonly onTurn?: (bearingDeg: number) => void
}

/** What the map takes from the page's theme. */
export interface MapLook {
  readonly theme: string
  readonly palette: Palette
  readonly fonts: readonly string[]
}

/** A venue's map on a page. Everything works alike whichever library draws it. */
export interface MapView {
  readonly engine: () => EngineName
  /** Resolves when the first level stands on the screen. */
  readonly drawn: Promise<void>
  /** Shows another level; resolves when it stands. `direction`: 1 up, -1 down, 0 at once. */
  setLevel(level: LevelMap, direction: -1 | 0 | 1): Promise<void>
  setLanguage(language: string): void
  setLook(look: MapLook): void
  /** Points out these places of the level on screen and no others. */
  setPins(pins: readonly Pin[]): void
  /** Moves so that the whole level fills the free area. */
  showAll(free: FreeArea, animate: boolean): void
  /** Moves so that all points can be seen; not at all when they can be already. */
  show(points: readonly (readonly [number, number])[], free: FreeArea): void
  /** Nearer or farther, about the middle of the free area. */
  zoomBy(steps: number, free: FreeArea): void
  /** Turns the building straight again. */
  straighten(): void
  /** Longitude and latitude in the middle of the map. */
  center(): [number, number]
  remove(): void
}

/** Pixels per metre between which one may zoom, and the one at which a single place is shown. */
const scales = { least: 0.6, most: 20, place: 4.6 } as const

const cameraMs = 600

/** From above at this angle walls are seen and no aisle is hidden. */
const reliefPitchDeg = 46

/** Half the side of a finger's square around a tap, for symbols: 44 px in all. */
const fingerPx = 14

/**
 * Draws a venue in an element of the page that has a size. Needs WebGL 2.
 *
 * @throws when the browser has no WebGL 2: say so, and offer the list
 */
export async function createMapView(container: HTMLElement, options: MapViewOptions): Promise<MapView> {
  const { level, language, bearingDeg, look } = options
  let state: MapState = { level, language, bearingDeg, pins: [], relief: options.relief ?? false, ...look }
  const latitudeDeg = latitudeOf(level)
  const start = cameraOf(outlinePoints(level), options.free) ?? { center: middleOf(level), scale: 2 }

  let onDrawn: () => void = () => undefined
  const drawn = new Promise<void>((resolve) => {
    onDrawn = resolve
  })
  const engine = await startEngine({
    start: {
      container,
      style: emptyStyle(look.palette),
      camera: {
        center: start.center,
        zoom: zoomOfScale(start.scale, latitudeDeg),
        bearing: bearingDeg,
        pitch: state.relief ? reliefPitchDeg : 0,
      },
      bounds: roomAround(level),
      zoom: { least: zoomOfScale(scales.least, latitudeDeg), most: zoomOfScale(scales.most, latitudeDeg) },
      interactive: options.interactive ?? true,
      fonts: look.fonts,
    },
    ...(options.token === undefined ? {} : { token: options.token }),
    attach,
    currentStyle: () => emptyStyle(state.palette),
  })

  function attach(map: SharedMap): void {
    map.once('load', () => {
      void options.letters.then(() => {
        restyle(map)
        map.once('idle', onDrawn)
      })
    })
    map.on('rotateend', () => {
      turn(map.getBearing())
    })
    map.on('click', (event) => options.onTap?.(idUnder(map, event)))
    map.on('mousemove', (event) => {
      map.getCanvas().style.cursor = idUnder(map, event) === undefined ? '' : 'pointer'
    })
  }

  function restyle(map: SharedMap): void {
    addMapImages(map, state.palette, state.theme)
    map.setStyle(forLibrary(styleOf(state)))
  }

  function turn(bearing: number): void {
    if (Math.abs(bearing - state.bearingDeg) < 0.5) return
    state = { ...state, bearingDeg: bearing }
    fill(engine.map(), levelData(state))
    options.onTurn?.(bearing)
  }

  function cameraOf(points: readonly Position[], free: FreeArea): Camera | undefined {
    const viewport = { width: container.clientWidth, height: container.clientHeight, free }
    const most = points.length === 1 ? scales.place : 8
    return cameraFor(points, frameOf(state.level, state.bearingDeg), viewport, { least: scales.least, most })
  }

  function moveTo(camera: Camera | undefined, animate: boolean): void {
    if (!camera) return
    const to = {
      center: camera.center,
      zoom: zoomOfScale(camera.scale, latitudeDeg),
      bearing: state.bearingDeg,
    }
    if (animate) engine.map().easeTo({ ...to, duration: cameraMs })
    else engine.map().jumpTo(to)
  }

  /** Whether all points lie in the free area, near enough to be told apart. */
  function canBeSeen(points: readonly Position[], free: FreeArea): boolean {
    const frame = frameOf(state.level, state.bearingDeg)
    const map = engine.map()
    const scale = scaleOfZoom(map.getZoom(), latitudeDeg)
    if (scale < scales.place * 0.75 && points.length === 1) return false
    const { lng, lat } = map.getCenter()
    const middle = frame.toScreen([lng, lat])
    return points.every((point) => {
      const at = frame.toScreen(point)
      const x = container.clientWidth / 2 + (at.x - middle.x) * scale
      const y = container.clientHeight / 2 - (at.y - middle.y) * scale
      return x > free.left && x < free.right && y > free.top && y < free.bottom
    })
  }

  return {
    engine: engine.name,
    drawn,
    setLevel: async (next, direction) => {
      await changeLevel(engine.map(), direction, () => {
        state = { ...state, level: next, pins: [] }
        fill(engine.map(), { ...levelData(state), ...pinData(state) })
      })
    },
    setLanguage: (next) => {
      state = { ...state, language: next }
      fill(engine.map(), { labels: levelData(state).labels })
    },
    setLook: (next) => {
      state = { ...state, ...next }
      restyle(engine.map())
    },
    setPins: (pins) => {
      state = { ...state, pins }
      fill(engine.map(), pinData(state))
    },
    showAll: (free, animate) => {
      moveTo(cameraOf(outlinePoints(state.level), free), animate)
    },
    show: (places, free) => {
      const points = places.map(([lon, lat]) => [lon, lat])
      if (!canBeSeen(points, free)) moveTo(cameraOf(points, free), true)
    },
    zoomBy: (steps, free) => {
      const map = engine.map()
      const frame = frameOf(state.level, state.bearingDeg)
      const scale = scaleOfZoom(map.getZoom(), latitudeDeg)
      const { lng, lat } = map.getCenter()
      const middle = frame.toScreen([lng, lat])
      const around = frame.toLonLat({
        x: middle.x + (free.left + free.right - container.clientWidth) / 2 / scale,
        y: middle.y - (free.top + free.bottom - container.clientHeight) / 2 / scale,
      })
      map.easeTo({ around, zoom: map.getZoom() + steps, duration: 200 })
    },
    straighten: () => {
      state = { ...state, bearingDeg }
      moveTo(cameraAsIs(engine.map()), true)
      fill(engine.map(), levelData(state))
      options.onTurn?.(bearingDeg)
    },
    center: () => {
      const { lng, lat } = engine.map().getCenter()
      return [lng, lat]
    },
    remove: engine.remove,
  }

  function cameraAsIs(map: SharedMap): Camera {
    const { lng, lat } = map.getCenter()
    return { center: [lng, lat], scale: scaleOfZoom(map.getZoom(), latitudeDeg) }
  }
}

function fill(
  map: SharedMap,
  data: Partial<ReturnType<typeof levelData> & ReturnType<typeof pinData>>,
): void {
  for (const [name, value] of Object.entries(data)) {
    const source = map.getSource(name)
    if (isDataSource(source)) source.setData(value)
  }
}

const tapLayers = {
  symbols: ['marker', 'pins', 'symbols-far', 'symbols-near'],
  areas: ['shop', 'bay'],
} as const

function idUnder(map: SharedMap, { point: { x, y } }: MapPointerEvent): string | undefined {
  if (!isDataSource(map.getSource('level'))) return undefined
  const near = [
    [x - fingerPx, y - fingerPx],
    [x + fingerPx, y + fingerPx],
  ] satisfies [number, number][]
  const at = [
    [x, y],
    [x, y],
  ] satisfies [number, number][]
  const [symbol] = map.queryRenderedFeatures([near[0]!, near[1]!], { layers: [...tapLayers.symbols] })
  const [area] = symbol ? [] : map.queryRenderedFeatures([at[0]!, at[1]!], { layers: [...tapLayers.areas] })
  const id = (symbol ?? area)?.properties?.id
  return typeof id === 'string' ? id : undefined
}

function outlinePoints(level: LevelMap): Position[] {
  const outline = outlineOf(level)
  return outline.type === 'Polygon' ? outline.coordinates.flat() : outline.coordinates.flat(2)
}

function middleOf(level: LevelMap): [number, number] {
  return frameOf(level, 0).toLonLat({ x: 0, y: 0 })
}

/** How far one may move: the building and its own size of ground around it. */
function roomAround(level: LevelMap): [[number, number], [number, number]] {
  const [west, south, east, north] = boundsOf(outlineOf(level))
  const [wide, high] = [east - west, north - south]
  return [
    [west - wide, south - high],
    [east + wide, north + high],
  ]
}
