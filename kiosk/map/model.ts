import type { Destination } from '../../maps/model/index.ts'
import type { LevelMap } from '../../maps/render/client.ts'
import type { Route } from '../../maps/routes/offline.ts'
import type { RoutingTables } from '../../maps/routes/tables.ts'

/** A level of the venue with everything that is drawn of it. */
export interface KioskLevel {
  readonly id: string
  /** What stands on the lift button: `F1`. */
  readonly name: string
  /** 0 is the ground. */
  readonly ordinal: number
  readonly map: LevelMap
}

/** Where the screen stands. */
export interface Home {
  readonly levelId: string
  readonly lonLat: readonly [number, number]
  /**
   * Compass bearing in which a person looks who stands before the screen, degrees clockwise from north: it
   * points up on the map. Unknown on a screen that nobody has bound yet: the building then lies straight.
   */
  readonly facingDeg?: number | undefined
}

/** A way on the screen, and which part of it is being told. */
export interface Trip {
  readonly route: Route
  /** The tables the route was computed from (`router.tables`): names and frames of levels, connectors. */
  readonly tables: RoutingTables
  /** Index into `route.legs` of the leg that is told now; what lies before it counts as walked. */
  readonly leg: number
}

/** A place that is pointed out: with a number (a search result) or, without one, by the marker. */
export interface PointedOut {
  readonly destination: Destination
  readonly number?: number | undefined
}

/** Space along the edges of the map that something of the screen floats over, in CSS pixels. */
export interface Insets {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/** Something of the screen inside the free part: CSS pixels from the map's upper left corner. */
export interface Obstacle {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** How many people are in a shop, from few to many: the steps of `--heat-1` to `--heat-5`. */
export type Crowd = 1 | 2 | 3 | 4 | 5

export interface KioskMapProps {
  /** Lowest first. Another venue or version is another map: give the component a key. */
  readonly levels: readonly KioskLevel[]
  /** The level on screen; `v-model:level-id`. */
  readonly levelId: string
  readonly home: Home | undefined
  /** The directory: names what is tapped. */
  readonly destinations: readonly Destination[]
  readonly theme: 'light' | 'dark'
  readonly insets: Insets
  readonly obstacles?: readonly Obstacle[] | undefined
  readonly places?: readonly PointedOut[] | undefined
  /** Ids of destinations that are closed now; they step back, and at night the others are lit. */
  readonly closed?: ReadonlySet<string> | undefined
  /** By id of destination. Shops are tinted by it while it is given. */
  readonly crowds?: ReadonlyMap<string, Crowd> | undefined
  readonly trip?: Trip | undefined
  /** Sways by two degrees while nobody is there; not with reduced motion. */
  readonly sways?: boolean | undefined
  /** Public token of a Mapbox account. */
  readonly token?: string | undefined
}

/** What `KioskMap` tells. */
export interface KioskMapEvents {
  /** A place of the directory was tapped; undefined for a tap beside everything. */
  'tap-place': [destination: Destination | undefined]
  /** The map wants another level: the leg of the trip changed, or its badge was tapped. */
  'update:levelId': [levelId: string]
  /** The badge at the end of a leg was tapped: tell this leg next. */
  'choose-leg': [leg: number]
  /** The first level stands on the screen. */
  drawn: []
  /** There is no WebGL 2 here: show the list, or `ExplodedBuilding`, which draws without. */
  failed: [error: unknown]
}

/** What `KioskMap` can be asked to do (`ref`). */
export interface KioskMapHandle {
  /** The view the screen rests at: the level of home, turned as the person faces. */
  goHome(): void
  zoomBy(steps: number): void
  /** The map as it stands, for an operator who wants to see the screen. JPEG. */
  snapshot(): Promise<Blob>
}
