import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { forLibrary } from './shared-map.ts'
import type { MapCamera, MapStyle, SharedMap } from './shared-map.ts'

/** What a map library starts with. */
export interface EngineStart {
  readonly container: HTMLElement
  readonly style: MapStyle
  readonly camera: MapCamera
  readonly bounds: [[number, number], [number, number]]
  readonly zoom: { readonly least: number; readonly most: number }
  readonly interactive: boolean
  readonly fonts: readonly string[]
}

const fadeMs = 160

/** maplibre-gl: needs no account and makes no calls out. Letters are drawn from the page's own fonts. */
export async function startMaplibre(start: EngineStart): Promise<SharedMap> {
  const [library] = await Promise.all([import('maplibre-gl'), import('maplibre-gl/dist/maplibre-gl.css')])
  library.setWorkerUrl(workerUrl)
  return new library.Map({
    ...commonOptions(start),
    style: forLibrary(start.style),
    // Nothing but the venue's own map is shown: nobody else is to be named.
    attributionControl: false,
    canvasContextAttributes: { antialias: hasBodies(start) },
    renderWorldCopies: false,
  })
}

/**
 * mapbox-gl 3, with an account's public token. Loaded only when one is configured. Its globe and its
 * figures about performance are switched off; what its terms require it to report, it reports.
 */
export async function startMapbox(start: EngineStart, token: string): Promise<SharedMap> {
  const [library] = await Promise.all([import('mapbox-gl'), import('mapbox-gl/dist/mapbox-gl.css')])
  return new library.default.Map({
    ...commonOptions(start),
    accessToken: token,
    style: forLibrary({ ...start.style, glyphs: 'mapbox://fonts/atrium/{fontstack}/{range}.pbf' }),
    projection: 'mercator',
    localFontFamily: start.fonts.join(','),
    performanceMetricsCollection: false,
    antialias: hasBodies(start),
    renderWorldCopies: false,
  })
}

/** Edges of bodies are drawn as they are; those of a flat map the libraries smooth by themselves. */
function hasBodies({ camera }: EngineStart): boolean {
  return (camera.pitch ?? 0) > 0
}

function commonOptions({ container, camera, bounds, zoom, interactive }: EngineStart) {
  return {
    container,
    ...camera,
    maxBounds: bounds,
    minZoom: zoom.least,
    maxZoom: zoom.most,
    // A map is seen at one angle: flat, or as a body.
    minPitch: camera.pitch ?? 0,
    maxPitch: camera.pitch ?? 0,
    touchPitch: false,
    pitchWithRotate: false,
    interactive,
    fadeDuration: fadeMs,
  }
}
