import type { Insets, KioskLevel, Trip } from '../map/model.ts'

export interface ExplodedBuildingProps {
  /** All levels of the venue, lowest first; those of the trip are drawn. */
  readonly levels: readonly KioskLevel[]
  readonly trip: Trip
  readonly theme: 'light' | 'dark'
  /** Compass bearing in which the person looks; breaks the tie between two views that show as much. */
  readonly facingDeg?: number | undefined
  readonly insets: Insets
}

/** What `ExplodedBuilding` tells. */
export interface ExplodedBuildingEvents {
  /** A level's chip was tapped. */
  'choose-level': [levelId: string]
  /** A leg was tapped: the lift's badge, here or there. */
  'choose-leg': [leg: number]
  /** The building stands: the first picture is there. */
  drawn: []
  /** The film is over, or there was none to show. */
  ended: []
}

/** What `ExplodedBuilding` can be asked to do (`ref`). */
export interface ExplodedBuildingHandle {
  /** Shows the film again: levels part, the shaft climbs, the destination rises. */
  replay(): void
  /** The building as it stands. JPEG. */
  snapshot(): Promise<Blob>
}
