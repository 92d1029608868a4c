import { eased } from '../map/film.ts'
import type { Stack } from './stack.ts'

/** The look's times in milliseconds: levels part, the way is drawn leg by leg, the destination rises. */
const partMs = 500
const walkMs = 450
const rideMs = 600
const riseMs = 300

/** How far the film of the building is, each from 0 to 1. */
export interface BuildingFilm {
  /** More than 1 where levels part further than usual. */
  readonly parted: number
  /** How much is drawn of each leg, by its index. */
  readonly legs: readonly number[]
  readonly risen: number
  readonly isOver: boolean
}

/** How long the film is: some two seconds for a way with one lift. */
export function buildingFilmMs({ walks, rides }: Stack): number {
  return partMs + walks.length * walkMs + rides.length * rideMs + riseMs
}

/** Where the film is `sinceMs` after it began. */
export function buildingFilmAt({ walks, rides }: Stack, sinceMs: number): BuildingFilm {
  const legs: number[] = []
  let beginsMs = partMs
  for (let leg = 0; leg < walks.length + rides.length; leg++) {
    const takesMs = walks.some((walk) => walk.leg === leg) ? walkMs : rideMs
    legs.push(eased((sinceMs - beginsMs) / takesMs))
    beginsMs += takesMs
  }
  return {
    parted: eased(sinceMs / partMs),
    legs,
    risen: eased((sinceMs - beginsMs) / riseMs),
    isOver: sinceMs >= beginsMs + riseMs,
  }
}
