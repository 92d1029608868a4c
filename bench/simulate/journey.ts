import type { Destination, LevelId, Xy } from '../../maps/model/index.ts'
import type { Route, Router } from '../../maps/routes/offline.ts'
import type { ShopperPlan, Stop } from './plan.ts'

/** Where somebody truly is. */
export interface Whereabouts extends Xy {
  readonly levelId: LevelId
  readonly isMoving: boolean
}

interface Piece {
  readonly fromMs: number
  readonly toMs: number
  readonly from: Xy
  readonly to: Xy
  readonly levelId: LevelId
}

/** A visit on its ways: where somebody is at every moment, and when they get where. */
export interface Journey {
  /** From the beginning of the visit to its end, ms. */
  readonly forMs: number
  /** When each stop is reached, in the order of the plan; a place that no way leads to is left out. */
  readonly stops: readonly { readonly stop: Stop; readonly atMs: number }[]
  at(tMs: number): Whereabouts
}

/**
 * Lays a visit out: from the car or an entrance through the shops and back. Rides take as long as the router says, walks
 * as long as the person is slow.
 * @throws Error when the plan names a place the town does not have
 */
export function layOut(
  { stops, entrance, car, speedMps }: ShopperPlan,
  {
    router,
    destinations,
  }: { readonly router: Router; readonly destinations: ReadonlyMap<string, Destination> },
): Journey {
  const pieces: Piece[] = []
  const reached: { stop: Stop; atMs: number }[] = []
  const home = car?.bay ?? entrance
  let place = home
  let nowMs = 0

  const spend = (ms: number, levelId: LevelId, from: Xy, to: Xy = from) => {
    if (ms <= 0) return
    pieces.push({ fromMs: nowMs, toMs: nowMs + ms, from, to, levelId })
    nowMs += ms
  }
  const walkTo = (goal: string): boolean => {
    if (goal === place) return true
    const route = router.route({ from: { place }, to: { place: goal } })
    if ('refused' in route) return false
    for (const step of stepsOf(route, router)) {
      const metres = Math.hypot(step.to.x - step.from.x, step.to.y - step.from.y)
      spend(step.ms ?? (metres / speedMps) * 1000, step.levelId, step.from, step.to)
    }
    place = goal
    return true
  }
  const stand = (ms: number) => {
    const { levelId, x, y } = destinationOf(destinations, place)
    spend(ms, levelId, { x, y })
  }

  stand(car ? 20_000 : 5000)
  for (const stop of stops) {
    if (!walkTo(stop.place)) continue
    reached.push({ stop, atMs: nowMs })
    stand(stop.staysMs)
  }
  walkTo(home)
  stand(car ? 20_000 : 5000)
  return { forMs: nowMs, stops: reached, at: (tMs) => whereAt(pieces, tMs) }
}

interface Step {
  readonly levelId: LevelId
  readonly from: Xy
  readonly to: Xy
  /** Set where it does not depend on who walks. */
  readonly ms?: number
}

function stepsOf(route: Route, router: Router): Step[] {
  const levelId = (level: number) => router.tables.levels[level]!.id
  return route.legs.flatMap((leg): Step[] => {
    if (leg.kind === 'walk') {
      return leg.points.slice(1).map((to, i) => ({ levelId: levelId(leg.level), from: leg.points[i]!, to }))
    }
    // Half way up one is on the next level: nobody's position is asked for between floors.
    const half = { x: (leg.from.x + leg.to.x) / 2, y: (leg.from.y + leg.to.y) / 2 }
    const ms = leg.seconds * 500
    return [
      { levelId: levelId(leg.fromLevel), from: leg.from, to: half, ms },
      { levelId: levelId(leg.toLevel), from: half, to: leg.to, ms },
    ]
  })
}

function whereAt(pieces: readonly Piece[], tMs: number): Whereabouts {
  const piece = pieces.find(({ toMs }) => tMs < toMs) ?? pieces[pieces.length - 1]
  if (!piece) throw new Error('the journey has no piece')
  const { from, to, levelId, fromMs, toMs } = piece
  const share = Math.max(0, Math.min(1, (tMs - fromMs) / (toMs - fromMs)))
  return {
    levelId,
    x: from.x + share * (to.x - from.x),
    y: from.y + share * (to.y - from.y),
    isMoving: from.x !== to.x || from.y !== to.y,
  }
}

function destinationOf(destinations: ReadonlyMap<string, Destination>, id: string): Destination {
  const found = destinations.get(id)
  if (!found) throw new Error(`the town has no place ${id}`)
  return found
}
