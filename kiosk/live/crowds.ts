import type { Destination } from '../../maps/model/index.ts'
import type { FloorState } from '../../server/contract/floor-stream.ts'
import { visitorsIn } from '../data/describe.ts'
import type { Crowd } from '../map/index.ts'

/** From this many people on a shop is shown as fuller; of fewer than the first the server does not tell. */
const steps = [5, 10, 20, 40, 80] as const

/** How full the shops are of which the server tells, by id of destination. O(destinations). */
export function crowdsOf(
  destinations: readonly Destination[],
  floor: Pick<FloorState, 'visitors'>,
): ReadonlyMap<string, Crowd> {
  const crowds = new Map<string, Crowd>()
  if (floor.visitors.size === 0) return crowds
  for (const destination of destinations) {
    const people = visitorsIn(destination, floor) ?? 0
    const crowd = steps.filter((step) => people >= step).length
    if (isCrowd(crowd)) crowds.set(destination.id, crowd)
  }
  return crowds
}

/** The same map where nothing in it changed, so that the level is not painted anew. */
export function unlessSameCrowds(
  before: ReadonlyMap<string, Crowd> | undefined,
  now: ReadonlyMap<string, Crowd>,
): ReadonlyMap<string, Crowd> {
  const isSame = before?.size === now.size && [...now].every(([id, crowd]) => before.get(id) === crowd)
  return isSame ? before : now
}

function isCrowd(step: number): step is Crowd {
  return step >= 1 && step <= steps.length
}
