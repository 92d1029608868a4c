import { startMapbox, startMaplibre } from './engines.ts'
import type { EngineStart } from './engines.ts'
import type { MapStyle, SharedMap } from './shared-map.ts'

export type EngineName = 'maplibre' | 'mapbox'

/** The map library in use; which one can change while the map lives, so ask for it each time. */
export interface Engine {
  readonly map: () => SharedMap
  readonly name: () => EngineName
  readonly remove: () => void
}

export interface EngineOptions {
  readonly start: EngineStart
  /** Public token of a Mapbox account; without one, mapbox-gl is not even loaded. */
  readonly token?: string
  /** Called with each map before it draws: once, and again if another library takes over. */
  readonly attach: (map: SharedMap) => void
  /** The style as it is when another library takes over. */
  readonly currentStyle: () => MapStyle
}

/**
 * The renderer seam: mapbox-gl when a token is configured, and maplibre-gl without one or as soon as
 * mapbox-gl gives up, which it does by blanking the canvas: at a token it does not accept, at load or at
 * any later time. The style is the same for both.
 *
 * **Source**: own; behaviour of mapbox-gl 3.32 without, with a refused and with an unreachable account
 * was tried out.
 */
export async function startEngine({ start, token, attach, currentStyle }: EngineOptions): Promise<Engine> {
  let name: EngineName = 'maplibre'
  let removed = false
  let layer = layerIn(start.container)
  let map: SharedMap

  const takeOver = async () => {
    if (name !== 'mapbox' || removed) return
    name = 'maplibre'
    const former = { map, layer }
    const { lng, lat } = former.map.getCenter()
    const pitch = start.camera.pitch === undefined ? {} : { pitch: start.camera.pitch }
    const camera = {
      center: [lng, lat] as [number, number],
      zoom: map.getZoom(),
      bearing: map.getBearing(),
      ...pitch,
    }
    layer = layerIn(start.container)
    map = await startMaplibre({ ...start, container: layer, camera, style: currentStyle() })
    attach(map)
    former.map.remove()
    former.layer.remove()
  }

  const mapbox = token === undefined ? undefined : await tryMapbox({ ...start, container: layer }, token)
  if (mapbox) {
    name = 'mapbox'
    map = mapbox
    whenItGivesUp(mapbox, () => void takeOver())
  } else {
    map = await startMaplibre({ ...start, container: layer })
  }
  attach(map)
  return {
    map: () => map,
    name: () => name,
    remove: () => {
      removed = true
      map.remove()
    },
  }
}

async function tryMapbox(start: EngineStart, token: string): Promise<SharedMap | undefined> {
  try {
    return await startMapbox(start, token)
  } catch {
    // Not installed, not reachable or no WebGL for it: the other library does without.
    return undefined
  }
}

/** Calls back once when the token is refused or the canvas has gone blank under a drawn map. */
function whenItGivesUp(map: SharedMap, callback: () => void): void {
  map.on('error', ({ error }) => {
    if (/access token|unauthorized|401/i.test(error.message)) callback()
  })
  // The outside is painted opaque, so a transparent pixel means that nothing was drawn.
  map.on('idle', () => {
    map.once('render', () => {
      if (isBlank(map.getCanvas())) callback()
    })
    map.triggerRepaint()
  })
}

function isBlank(canvas: HTMLCanvasElement): boolean {
  const gl = canvas.getContext('webgl2')
  if (!gl || gl.isContextLost()) return true
  const pixel = new Uint8Array(4)
  gl.readPixels(canvas.width >> 1, canvas.height >> 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel)
  return pixel[3] === 0
}

function layerIn(container: HTMLElement): HTMLElement {
  const layer = document.createElement('div')
  layer.className = 'map-layer'
  container.append(layer)
  return layer
}
