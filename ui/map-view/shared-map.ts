import type { GeoJSON } from 'geojson'
import type { StyleLayer } from '../../maps/render/client.ts'

/** The part of maplibre-gl's and mapbox-gl's `Map` that Atrium uses; both are structurally this. */
export interface SharedMap {
  on(
    type: 'load' | 'idle' | 'render' | 'move' | 'movestart' | 'moveend' | 'rotateend',
    listener: () => void,
  ): unknown
  on(type: 'error', listener: (event: { readonly error: Error }) => void): unknown
  on(type: 'click' | 'mousemove', listener: (event: MapPointerEvent) => void): unknown
  once(type: 'load' | 'idle' | 'render', listener: () => void): unknown
  off(type: 'idle' | 'render', listener: () => void): unknown
  /** Takes what `forLibrary` gives. */
  setStyle(style: never): unknown
  getSource(id: string): unknown
  hasImage(id: string): boolean
  addImage(id: string, image: ImageData, options: { pixelRatio: number }): unknown
  queryRenderedFeatures(
    area: [[number, number], [number, number]],
    options: { layers: string[] },
  ): readonly { readonly properties: Readonly<Record<string, unknown>> | null }[]
  jumpTo(camera: MapCamera): unknown
  easeTo(camera: Partial<MapCamera> & { around?: [number, number]; duration: number }): unknown
  project(lonLat: [number, number]): { readonly x: number; readonly y: number }
  unproject(point: [number, number]): { readonly lng: number; readonly lat: number }
  getCenter(): { readonly lng: number; readonly lat: number }
  getZoom(): number
  getBearing(): number
  /** maplibre-gl alone; mapbox-gl always sees 36.87 degrees. */
  setVerticalFieldOfView?(degrees: number): unknown
  getCanvas(): HTMLCanvasElement
  getContainer(): HTMLElement
  triggerRepaint(): void
  resize(): unknown
  remove(): void
}

export interface MapPointerEvent {
  readonly point: { readonly x: number; readonly y: number }
}

export interface MapCamera {
  center: [number, number]
  zoom: number
  bearing: number
  pitch?: number
}

/** A whole style, version 8, with the data of its sources in it. */
export interface MapStyle {
  readonly version: 8
  readonly sources: Readonly<
    Record<string, { readonly type: 'geojson'; readonly data: GeoJSON } & SourceOptions>
  >
  readonly layers: readonly StyleLayer[]
  readonly light: Readonly<Record<string, string | number | readonly number[]>>
  /** mapbox-gl refuses a style with text but without it, even when it draws every letter itself. */
  readonly glyphs?: string
}

/**
 * A style as the type a library asks for. Both spell out a union of every layer there can be, each its
 * own; our layers are data of the kernel, held to the specification by a test.
 */
export function forLibrary(style: MapStyle): never {
  return style as never
}

/** Tiles cut finer than a screen can show and never simplified: shared walls must stay one line. */
export interface SourceOptions {
  readonly maxzoom: number
  readonly tolerance: number
}

/** A source whose data can be replaced. */
export interface DataSource {
  setData(data: GeoJSON): unknown
}

/** Whether a source of the map is one whose data can be replaced. */
export function isDataSource(source: unknown): source is DataSource {
  return typeof source === 'object' && source !== null && 'setData' in source
}
