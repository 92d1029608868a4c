import type { LevelFrame, LevelId, ShopCategory, Xy } from '../model/index.ts'
import type { LevelMap, MapToken, SymbolKind } from '../render/client.ts'
import type { FreeArea } from '../render/camera.ts'
import type { Progress } from '../routes/progress.ts'
import type { Route } from '../routes/route.ts'
import type { MakeSurface, MapContext } from './context.ts'

/** Colours beside those of the map library: the way, the person, offers and what floats. */
export const canvasOnlyTokens = [
  'route',
  'on-route',
  'route-case',
  'here',
  'on-here',
  'offer',
  'on-offer',
] as const

/** The colours of one theme by their names in `ui/tokens.css`, as `#rrggbb`. */
export type CanvasPalette = Readonly<Record<MapToken | (typeof canvasOnlyTokens)[number], string>>

/** What a glyph can stand for; `car` is one's own. */
export type GlyphName = ShopCategory | SymbolKind | 'car'

/**
 * SVG path data of each glyph in a square of 15 units, as `symbolPaths` of `ui/icons/symbols.ts` has them.
 * They are drawn without `Path2D`, which older mini-program base libraries lack.
 */
export type GlyphPaths = Readonly<Partial<Record<GlyphName, string>>>

/** A size in CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Where the map looks. */
export interface MapCamera {
  /** What lies in the middle of the free area, in metres of the level. */
  readonly x: number
  readonly y: number
  /** CSS pixels of a metre. */
  readonly scale: number
  /** The compass bearing that points up, in radians clockwise from north. */
  readonly bearingRad: number
}

/** One level as the server publishes it. */
export interface CanvasLevel {
  readonly id: LevelId
  readonly ordinal: number
  readonly map: LevelMap
  /** In its metres stand all positions, routes and the camera. */
  readonly frame: LevelFrame
}

/** A point of a level in its metres. */
export interface OnLevel extends Xy {
  readonly levelId: LevelId
}

/** The person, as the position engine gives it. */
export interface Here extends OnLevel {
  /** Holds the truth nine times in ten; drawn at its true size. */
  readonly radiusM: number
  /** Compass heading of the phone, clockwise from north; without it there is no cone. */
  readonly headingRad?: number
  /** Standard deviation of the heading; the cone is never narrower, and is left out beyond 60°. */
  readonly headingSigmaRad?: number
}

/** A numbered search result; all labels make room for it. */
export interface MapPin extends OnLevel {
  /** What a tap on it reports. */
  readonly id: string
  readonly number: number
}

/** An offer that runs in a place of the venue, drawn as a mark beside the place's name. */
export interface OfferMark {
  readonly id: string
  /** Destination by id. */
  readonly placeId: string
}

/** A sign with a tip: the lift a leg ends in, one's own car. It stays in the free area, at its edge if need be. */
export interface MapBadge extends OnLevel {
  readonly id: string
  readonly text: string
  readonly glyph?: GlyphName
  /** What stands on the second ground: the level at which to get off. */
  readonly chip?: string
  /** `ink` for a step of the way, `route` for its destination. */
  readonly tone: 'ink' | 'route'
}

/** A place that is pointed out: `route` fills it (one's own bay), `ink` tints and outlines it (what was chosen). */
export interface Highlight {
  readonly placeId: string
  readonly tone: 'ink' | 'route'
}

/** Whether the camera goes along: not, with the position, or turned so that one's heading is up as well. */
export type Follow = 'off' | 'position' | 'heading'

/** What lies under a finger. */
export type MapHit =
  | { readonly kind: 'badge' | 'offer' | 'pin'; readonly id: string }
  /** An amenity's symbol or a shop or bay, by the short id of the level's file (`levelIds`). */
  | { readonly kind: 'amenity' | 'place'; readonly id: string }

/** One finger on the canvas, in CSS pixels from its upper left corner. */
export interface TouchPoint {
  readonly id: number
  readonly x: number
  readonly y: number
}

/** A touch event: `touches` are all fingers that are on the canvas after it. */
export interface MapTouch {
  readonly kind: 'start' | 'move' | 'end' | 'cancel'
  readonly touches: readonly TouchPoint[]
}

/** A rectangle of the screen that something floats over, in CSS pixels. */
export type Obstacle = FreeArea

export interface MapCanvasOptions {
  /** The context of the canvas on the screen, whose bitmap is `size` × `dpr`, without a transform. */
  readonly context: MapContext
  readonly size: Size
  /** Device pixels of a CSS pixel. */
  readonly dpr: number
  readonly palette: CanvasPalette
  readonly glyphs: GlyphPaths
  /** CSS font families, the first that exists wins: `"Noto Sans SC", sans-serif`. */
  readonly fontFamily: string
  /** BCP 47 tag of the names. */
  readonly language: string
  readonly makeSurface?: MakeSurface
  /** True when the person wants less motion: levels swap, the camera jumps, nothing runs along the route. */
  readonly reducedMotion?: boolean
  /** A tap that was not the first of a double tap; undefined for the ground. */
  readonly onTap?: (hit: MapHit | undefined) => void
  /** The hand has taken the camera: following stopped. */
  readonly onFollow?: (follow: Follow) => void
  /** Something happened that wants a frame while none was coming: call `draw` in the next one. */
  readonly onDirty?: () => void
}

/**
 * A venue's map on a canvas. It has no clock: every `atMs` is milliseconds of one monotonic clock, the one
 * that frames and touch events come with.
 */
export interface MapCanvas {
  /** The canvas has another size: its bitmap must have it already. */
  setSize(size: Size, dpr: number): void
  /** Shows a level. The first one is shown whole; a later one arrives as the look has it, at the same place. */
  setLevel(level: CanvasLevel, atMs: number): void
  setLook(look: { readonly palette?: CanvasPalette; readonly language?: string }): void
  /** What floats over the canvas, measured by the page; labels and badges keep off. */
  setObstacles(obstacles: readonly Obstacle[]): void
  /** The part of the canvas nothing floats over: its middle is where the camera looks. Default: all of it. */
  setFree(free: FreeArea): void
  camera(): MapCamera
  /** Moves the camera: at once, or in 600 ms when `atMs` is given. What is left out stays. */
  setCamera(camera: Partial<MapCamera>, atMs?: number): void
  /** Moves so that the points of the level fill the free area; without points, the whole level. */
  show(points: readonly Xy[], atMs?: number): void
  /** Nearer (2) or farther (0.5) about the middle of the free area, in 200 ms. */
  zoomBy(factor: number, atMs: number): void
  touch(event: MapTouch, atMs: number): void
  follow(): Follow
  setFollow(follow: Follow, atMs: number): void
  setHere(here: Here | undefined, atMs: number): void
  /** A route and how far one has come. `levelIds` are the levels of the routing tables in their order. */
  setRoute(shown: ShownRoute | undefined, atMs: number): void
  setBadges(badges: readonly MapBadge[]): void
  setPins(pins: readonly MapPin[]): void
  setOffers(offers: readonly OfferMark[]): void
  /** Only these kinds of amenities, at every scale; undefined for all of them at their own scales. */
  setAmenities(kinds: readonly SymbolKind[] | undefined): void
  setHighlights(highlights: readonly Highlight[]): void
  hitTest(x: number, y: number): MapHit | undefined
  /** Where a point of the level is on the canvas, in CSS pixels. */
  project(point: Xy): Xy
  /**
   * Draws the frame of this time.
   * @returns milliseconds until another frame is wanted: 0 for the next one, Infinity for none until something
   *   is set or touched.
   */
  draw(atMs: number): number
}

export interface ShownRoute {
  readonly route: Route
  readonly levelIds: readonly LevelId[]
  /** Without it nothing has been walked yet. */
  readonly progress?: Progress
}
