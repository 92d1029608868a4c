import type { ConnectorKind } from '../connectors/index.ts'
import type { Ring } from '../geometry/index.ts'
import type { DestinationKind, Labels, LevelFrame, LevelId, ShopCategory } from '../model/index.ts'

/**
 * Everything a route needs, of one version of a venue, in plain data: what `buildRoutingTables` derives from
 * an archive, what `encodeRoutingTables` writes for kiosk and phone, and what `createRouter` answers from.
 * Levels, doors, places and connectors refer to each other by their index.
 */
export interface RoutingTables {
  /** Lowest first. */
  readonly levels: readonly RoutingLevel[]
  /** Units that have doors: standing in one, a route begins at its door. */
  readonly units: readonly RoutingUnit[]
  readonly doors: readonly RoutingDoor[]
  readonly places: readonly RoutingPlace[]
  readonly connectors: readonly RoutingConnector[]
  /** The walker's network first, the wheelchair's second. */
  readonly networks: readonly NetworkTables[]
}

export interface RoutingLevel {
  readonly id: LevelId
  /** What stands on the lift button: `F1`. */
  readonly name: string
  readonly ordinal: number
  readonly frame: LevelFrame
  /** Ground a person can stand on. */
  readonly standing: readonly Ring[]
}

export interface RoutingUnit {
  readonly id: string
  readonly level: number
  readonly rings: readonly Ring[]
  readonly doors: readonly number[]
}

export interface RoutingDoor {
  readonly level: number
  /** On the wall; for a place without walls the place itself. Metres of the level. */
  readonly x: number
  readonly y: number
  /** In front of it. */
  readonly outsideX: number
  readonly outsideY: number
  readonly widthM: number
  /** Opening by id, if the archive draws one. */
  readonly openingId?: string
}

/** A destination with the doors that lead to it. */
export interface RoutingPlace {
  readonly id: string
  readonly kind: DestinationKind
  readonly category: string
  readonly shopCategory?: ShopCategory
  readonly name: Labels
  readonly level: number
  readonly doors: readonly number[]
  readonly hours?: string
}

export interface RoutingConnector {
  readonly id: string
  readonly kind: ConnectorKind
  readonly ids: readonly string[]
  readonly name?: Labels
  readonly direction: 'both' | 'up' | 'down'
  readonly hours?: string
  /** Length in metres seen from above; an escalator is left at the other end than it is entered. */
  readonly lengthM: number
  /** Lowest first. */
  readonly stops: readonly { readonly level: number; readonly doors: readonly number[] }[]
}

/** The visibility graph of all levels for one width of walker. */
export interface NetworkTables {
  /** Half the width of the walker in metres. */
  readonly clearanceM: number
  /** For each level: rings whose reflex corners are the graph's nodes, and the rings that block the view. */
  readonly levels: readonly { readonly corners: readonly Ring[]; readonly walls: readonly Ring[] }[]
  /** Pairs of corners that see each other, the lower number first. */
  readonly arcs: Int32Array
}
