import type { Ring } from '../geometry/index.ts'
import type { Lie } from './site.ts'

/** Side of a room on the plan, not on the compass. */
export type Side = 'south' | 'east' | 'north' | 'west'

/** The door a room asks for; where there is none it is a shaft or a void. */
export interface DoorWish {
  readonly widthM: number
  /** Wall it must be in; the longest that faces a corridor when left out. */
  readonly side?: Side
  /** Doors wished for at most, on different walls. */
  readonly atMost?: number
  readonly isService?: boolean
}

/** What a room is for, beyond its IMDF category. */
export type RoomUse =
  | { readonly use: 'shop'; readonly frontageM?: number }
  | { readonly use: 'lift'; readonly number: number }
  | { readonly use: 'escalator'; readonly flight: string; readonly way: 'up' | 'down' }
  | { readonly use: 'stairs'; readonly number: number }
  | { readonly use: 'toilet' }
  | { readonly use: 'bay'; readonly number: string }
  | { readonly use: 'other' }

/** A room before it is a unit. */
export interface Room {
  /** IMDF unit category. */
  readonly category: string
  readonly ring: Ring
  readonly is: RoomUse
  readonly door?: DoorWish
}

/** A stretch of public floor that becomes a walkway unit of its own. */
export interface Stretch {
  readonly key: string
  readonly zh: string
  readonly en: string
  readonly ring: Ring
}

/** One way in: from outside, or from the bays into a lobby. */
export interface Entrance {
  readonly zh: string
  readonly en: string
  /** Ends of the door, on the outline or on a stretch. */
  readonly from: readonly [x: number, y: number]
  readonly to: readonly [x: number, y: number]
  /** Key of the stretch it leads to; a ramp for cars leads to none. */
  readonly into?: string
  /** IMDF opening category. */
  readonly category: 'pedestrian.principal' | 'pedestrian' | 'automobile'
}

/** A level as it is planned: what is left of the outline between rooms is public floor. */
export interface LevelPlan {
  /** What stands on the lift button. */
  readonly key: string
  readonly ordinal: number
  readonly lie: Lie
  readonly outline: Ring
  readonly rooms: readonly Room[]
  readonly stretches: readonly Stretch[]
  readonly entrances: readonly Entrance[]
}
