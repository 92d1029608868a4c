import type { GeoJSON, Position } from 'geojson'
import { boundsOf } from '../../maps/model/index.ts'
import {
  bodyHeightM,
  cameraFor,
  scaleOfZoom,
  tiltedCameraFor,
  zoomOfScale,
} from '../../maps/render/client.ts'
import type {
  Accents,
  Camera,
  FreeArea,
  LevelMap,
  MapSource,
  Palette,
  Tilt,
} from '../../maps/render/client.ts'
import { startEngine } from './engine.ts'
import type { EngineName } from './engine.ts'
import { addMapImages } from './images.ts'
import { changeLevel, pictureOf } from './level-change.ts'
import {
  emptyStyle,
  frameOf,
  latitudeOf,
  levelData,
  outlineOf,
  pinData,
  styleOf,
  takenData,
} from './map-data.ts'
import type { MapState, Marks, Pin } from './map-data.ts'
import { forLibrary, isDataSource } from './shared-map.ts'
import type { MapPointerEvent, SharedMap } from './shared-map.ts'
import './map-view.css'

export type { Marks, Pin } from './map-data.ts'

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
  readonly tilt?: Tilt
  /** CSS pixels of one of the look's pixels: 1, and more on a screen that one stands before. */
  readonly unit?: number
  readonly marks?: Marks
  /** The id of the unit or symbol that was tapped; undefined for a tap beside everything. */
  readonly onTap?: (id: string | undefined) => void
  /** The way that points up has changed: degrees clockwise from north. */
  readonly onTurn?: (bearingDeg: number) => void
  /** The camera has moved: what lies over the map is in another place now. */
  readonly onMove?: () => void
  /** The camera has come to rest. */
  readonly onRest?: () => void
}

/** What the map takes from the page's theme. */
export interface MapLook {
  readonly theme: string
  readonly palette: Palette
  readonly fonts: readonly string[]
  /** What tells the shops apart that are marked. */
  readonly accents?: Accents
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
  /** Tells apart the goal, what is closed and how full shops are. */
  setMarks(marks: Marks): void
  /** Keeps labels away from these places, each a square of `takenPx`. */
  setTaken(places: readonly (readonly [number, number])[]): void
  /** Moves so that the whole level fills the free area. */
  showAll(free: FreeArea, animate: boolean): void
  /** Moves so that these points fill the free area, no nearer than `most` pixels per metre. */
  frame(points: readonly (readonly [number, number])[], free: FreeArea, most: number): void
  /** Moves so that all points can be seen; not at all when they can be already. */
  show(points: readonly (readonly [number, number])[], free: FreeArea): void
  /** Nearer or farther, about the middle of the free area. */
  zoomBy(steps: number, free: FreeArea): void
  /** Turns the building straight again. */
  straighten(): void
  /** Longitude and latitude in the middle of the map. */
  center(): [number, number]
  /** Where a place is on the map in CSS pixels; on the roof of a shop where that is asked for. */
  project(lonLat: readonly [number, number], on?: 'floor' | 'roof'): { x: number; y: number }
  unproject(x: number, y: number): [number, number]
  /** CSS pixels of a metre in the middle of the map. */
  scale(): number
  /** Pixels per metre at which the whole level fits; 0 where there is no room. */
  scaleToShowAll(free: FreeArea): number
  /** Turns a little off the bearing it rests at, without laying out the labels anew. */
  sway(restingDeg: number, byDeg: number): void
  /** What is on the canvas, as soon as it has been drawn again. */
  picture(): Promise<HTMLCanvasElement>
  remove(): void
}

/** Pixels per metre between which one may zoom, and the one at which a single place is shown. */
const scales = { least: 0.6, most: 20, place: 4.6 } as const

const cameraMs = 600

/** What a map library sees from bottom to top unless it is told otherwise, in degrees. */
const usualFovDeg = 36.87

/** Half the side of a finger's square around a tap, for symbols: 44 px in all. */
const fingerPx = 14

/**
 * Draws a venue in an element of the page that has a size. Needs WebGL 2.
 *
 * @throws when the browser has no WebGL 2: say so, and offer the list
 */
export async function createMapView(container: HTMLElement, options: MapViewOptions): Promise<MapView> {
  const { level, language, bearingDeg, look } = options
  const { tilt, unit = 1 } = options
  let state: MapState = {
    level,
    language,
    bearingDeg,
    pins: [],
    unit,
    marks: options.marks ?? {},
    taken: [],
    ...(tilt ? { reliefPitchDeg: tilt.pitchDeg } : {}),
    ...look,
  }
  const latitudeDeg = latitudeOf(level)
  let fovDeg = tilt?.fovDeg ?? usualFovDeg
  const start = cameraOf(outlinePoints(level), options.free, 8) ?? { center: middleOf(level), scale: 2 }

  let isSwaying = false
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
        pitch: tilt?.pitchDeg ?? 0,
      },
      bounds: roomAround(level, tilt ? 4 : 1),
      zoom: {
        least: zoomOfScale(scales.least, latitudeDeg),
        most: zoomOfScale(scales.most * unit, latitudeDeg),
      },
      interactive: options.interactive ?? true,
      fonts: look.fonts,
    },
    ...(options.token === undefined ? {} : { token: options.token }),
    attach,
    currentStyle: () => emptyStyle(state.palette),
  })

  function attach(map: SharedMap): void {
    if (tilt && map.setVerticalFieldOfView) map.setVerticalFieldOfView(tilt.fovDeg)
    fovDeg = tilt && map.setVerticalFieldOfView ? tilt.fovDeg : usualFovDeg
    map.once('load', () => {
      void options.letters.then(() => {
        restyle(map)
        map.once('idle', onDrawn)
      })
    })
    map.on('move', () => options.onMove?.())
    map.on('moveend', () => options.onRest?.())
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
    if (isSwaying || Math.abs(bearing - state.bearingDeg) < 0.5) return
    state = { ...state, bearingDeg: bearing }
    fill(engine.map(), levelData(state))
    options.onTurn?.(bearing)
  }

  function cameraOf(points: readonly Position[], free: FreeArea, most: number): Camera | undefined {
    const viewport = { width: container.clientWidth, height: container.clientHeight, free }
    const limits = { least: scales.least, most: most * unit }
    const frame = frameOf(state.level, state.bearingDeg)
    return tilt
      ? tiltedCameraFor(points, frame, viewport, { ...limits, pitchDeg: tilt.pitchDeg, fovDeg })
      : cameraFor(points, frame, viewport, limits)
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
    const map = engine.map()
    if (points.length === 1 && scaleNow(map) < scales.place * unit * 0.75) return false
    return points.every(([lon, lat]) => {
      const { x, y } = map.project([lon!, lat!])
      return x > free.left && x < free.right && y > free.top && y < free.bottom
    })
  }

  function scaleNow(map: SharedMap): number {
    return scaleOfZoom(map.getZoom(), latitudeDeg)
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
    setMarks: (marks) => {
      state = { ...state, marks }
      fill(engine.map(), levelData(state))
    },
    setTaken: (taken) => {
      state = { ...state, taken }
      fill(engine.map(), takenData(state))
    },
    showAll: (free, animate) => {
      moveTo(cameraOf(outlinePoints(state.level), free, 8), animate)
    },
    frame: (places, free, most) => {
      moveTo(cameraOf(positionsOf(places), free, most), true)
    },
    show: (places, free) => {
      const points = positionsOf(places)
      if (canBeSeen(points, free)) return
      moveTo(cameraOf(points, free, points.length === 1 ? scales.place : 8), true)
    },
    zoomBy: (steps, free) => {
      const map = engine.map()
      const { lng, lat } = map.unproject([(free.left + free.right) / 2, (free.top + free.bottom) / 2])
      map.easeTo({ around: [lng, lat], zoom: map.getZoom() + steps, duration: 200 })
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
    project: ([lon, lat], on = 'floor') => {
      const map = engine.map()
      const { x, y } = map.project([lon, lat])
      const pitch = on === 'roof' && tilt ? (tilt.pitchDeg / 180) * Math.PI : 0
      return { x, y: y - (bodyHeightM.shop ?? 0) * scaleNow(map) * Math.sin(pitch) }
    },
    unproject: (x, y) => {
      const { lng, lat } = engine.map().unproject([x, y])
      return [lng, lat]
    },
    scale: () => scaleNow(engine.map()),
    scaleToShowAll: (free) => cameraOf(outlinePoints(state.level), free, 8)?.scale ?? 0,
    sway: (restingDeg, byDeg) => {
      isSwaying = true
      engine.map().jumpTo({ ...cameraOptions(engine.map()), bearing: restingDeg + byDeg })
      isSwaying = false
    },
    picture: () => pictureOf(engine.map()),
    remove: engine.remove,
  }

  function cameraOptions(map: SharedMap) {
    const { lng, lat } = map.getCenter()
    return { center: [lng, lat] as [number, number], zoom: map.getZoom() }
  }

  function cameraAsIs(map: SharedMap): Camera {
    const { lng, lat } = map.getCenter()
    return { center: [lng, lat], scale: scaleNow(map) }
  }
}

function fill(map: SharedMap, data: Partial<Record<MapSource, GeoJSON>>): void {
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

function positionsOf(places: readonly (readonly [number, number])[]): Position[] {
  return places.map(([lon, lat]) => [lon, lat])
}

function outlinePoints(level: LevelMap): Position[] {
  const outline = outlineOf(level)
  return outline.type === 'Polygon' ? outline.coordinates.flat() : outline.coordinates.flat(2)
}

function middleOf(level: LevelMap): [number, number] {
  return frameOf(level, 0).toLonLat({ x: 0, y: 0 })
}

/** How far one may move: the building and some times its own size of ground around it. */
function roomAround(level: LevelMap, times: number): [[number, number], [number, number]] {
  const [west, south, east, north] = boundsOf(outlineOf(level))
  const [wide, high] = [(east - west) * times, (north - south) * times]
  return [
    [west - wide, south - high],
    [east + wide, north + high],
  ]
}
