import type { GeoJSON } from 'geojson'
import { Map as PeerMap, setWorkerUrl } from 'maplibre-gl'
import type { StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { isPlace, labelsOf, mapLayers, screenFrame, treadsOf, zoomOfScale } from '../../render/client.ts'
import { outlineOf } from '../level-shapes.ts'
import type { PageScene } from './page.ts'

/** What of a browser the peer needs. */
interface PageElement {
  readonly style: { width: string; height: string }
}
interface PixelReader {
  readonly RGBA: number
  readonly UNSIGNED_BYTE: number
  readPixels(...of: readonly [number, number, number, number, number, number, Uint8Array]): void
}
declare const document: {
  createElement(tag: 'div'): PageElement
  readonly body: { replaceChildren(...nodes: unknown[]): void }
}
declare const performance: { now(): number }

/** The scale the peer pans at, pixels per metre. */
const scale = 3.9

/**
 * The same level in maplibre-gl with the layers that browser clients give it, panned by the same figure:
 * milliseconds of each frame, painting waited for. Its tiles are cut in workers beforehand and not counted;
 * it draws no symbols' images, as none are given to it.
 */
export async function runPeer(
  { level, palette, dpr, size, language }: PageScene,
  frames: number,
): Promise<number[]> {
  setWorkerUrl(workerUrl)
  const container = document.createElement('div')
  container.style.width = `${size.width}px`
  container.style.height = `${size.height}px`
  document.body.replaceChildren(container)
  const frame = screenFrame(outlineOf(level.map), 0)
  const [lon, lat] = frame.toLonLat({ x: 0, y: 0 })
  const map = new PeerMap({
    container: container as never,
    style: styleOf({ level, palette, language }, lat),
    center: [lon, lat],
    zoom: zoomOfScale(scale, lat),
    pixelRatio: dpr,
    fadeDuration: 0,
    attributionControl: false,
    interactive: false,
  })
  await new Promise<void>((resolve) => {
    map.once('idle', () => {
      resolve()
    })
  })
  const reader = map.getCanvas().getContext('webgl2') as unknown as PixelReader
  const pixel = new Uint8Array(4)
  const times: number[] = []
  for (let i = 0; i < frames; i++) {
    const share = (i / frames) * 2 * Math.PI
    const by = { x: (380 * Math.sin(share * 2)) / scale, y: (380 * Math.sin(share * 3)) / scale }
    const before = performance.now()
    map.jumpTo({ center: frame.toLonLat(by) })
    map.redraw()
    reader.readPixels(0, 0, 1, 1, reader.RGBA, reader.UNSIGNED_BYTE, pixel)
    times.push(performance.now() - before)
  }
  map.remove()
  return times
}

type PeerScene = Pick<PageScene, 'level' | 'palette' | 'language'>

function styleOf({ level, palette, language }: PeerScene, latitudeDeg: number): StyleSpecification {
  const frame = screenFrame(outlineOf(level.map), 0)
  const features = level.map.features.map((feature) =>
    isPlace(feature) ? { ...feature, properties: { ...feature.properties, id: feature.id } } : feature,
  )
  const nothing: GeoJSON = { type: 'FeatureCollection', features: [] }
  const data: Readonly<Record<string, GeoJSON>> = {
    level: { type: 'FeatureCollection', features },
    treads: treadsOf(level.map, frame),
    labels: labelsOf(level.map, language, frame),
  }
  const layers = mapLayers({
    palette,
    latitudeDeg,
    imageTheme: 'light',
    fonts: ['Noto Sans CJK SC', 'sans-serif'],
  })
  const names = new Set(layers.flatMap(({ source }) => source ?? []))
  const sources: Record<string, unknown> = {}
  for (const name of names) {
    sources[name] = { type: 'geojson', maxzoom: 20, tolerance: 0, data: data[name] ?? nothing }
  }
  return { version: 8, sources, layers } as unknown as StyleSpecification
}
