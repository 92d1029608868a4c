import type { WeekMinute } from '../../maps/hours/opening-hours.ts'
import { Instructor } from '../../maps/instructions/index.ts'
import type { InstructionLanguage, Step } from '../../maps/instructions/index.ts'
import { itineraryOf } from '../../maps/routes/offline.ts'
import type {
  Closure,
  Profile,
  Route,
  RouteRefusal,
  Router,
  Spot,
  Target,
} from '../../maps/routes/offline.ts'
import type { RoutingTables } from '../../maps/routes/tables.ts'

/** The ways of a trip in the order they are walked: one, or one to each stop. */
export interface Ways {
  readonly routes: readonly Route[]
  readonly lengthM: number
  readonly seconds: number
}

/** How a person wants to go. */
export interface Going {
  readonly profile: Profile
  /** When they set out; everything is open when undefined. */
  readonly at?: WeekMinute | undefined
}

/**
 * Knows the ways from where the screen stands, without the server. One guide is one state of the venue:
 * another place, or other closures, is another guide.
 */
export class Guide {
  readonly tables: RoutingTables
  private readonly router: Router
  private readonly home: Spot
  private readonly instructor: Instructor
  private readonly seconds = new Map<string, number | undefined>()

  constructor(options: {
    readonly router: Router
    readonly home: Spot
    readonly closures: readonly Closure[]
  }) {
    const { router, home, closures } = options
    this.router = closures.length === 0 ? router : router.withClosures(closures)
    this.home = home
    this.tables = this.router.tables
    this.instructor = new Instructor(this.tables)
  }

  /** The way to one goal, or through several in the order that is shortest; or why there is none. */
  waysTo(goals: readonly Target[], { profile, at }: Going): Ways | RouteRefusal {
    const base = { from: this.home, profile, ...(at && { at }) }
    const [first] = goals
    const stops = goals.flatMap((goal) => ('nearest' in goal ? [] : [goal]))
    if (goals.length > 1 && stops.length === goals.length) {
      const found = itineraryOf(this.router, { ...base, stops })
      if (!('refused' in found)) return found
      return found.refused === 'too-many-stops' ? { refused: 'no-way', facts: found.facts } : found
    }
    if (!first) return { refused: 'unknown-place', facts: {} }
    const route = this.router.route({ ...base, to: first })
    if ('refused' in route) return route
    return { routes: [route], lengthM: route.lengthM, seconds: route.seconds }
  }

  /** Walking time to a place, whoever walks fastest; undefined when there is no way. Remembered. */
  secondsTo(id: string): number | undefined {
    if (this.seconds.has(id)) return this.seconds.get(id)
    const route = this.router.route({ from: this.home, to: { place: id } })
    const seconds = 'refused' in route ? undefined : route.seconds
    this.seconds.set(id, seconds)
    return seconds
  }

  stepsOf(route: Route, language: InstructionLanguage): Step[] {
    return this.instructor.stepsOf(route, language)
  }
}

/**
 * Works out the walking times to all these places while nobody waits: a list then has its minutes at once.
 * @returns stops it
 */
export function walkAhead(guide: Guide, ids: readonly string[]): () => void {
  let next = 0
  let handle = requestIdleCallback(walk)
  function walk(deadline: IdleDeadline): void {
    while (next < ids.length && deadline.timeRemaining() > 2) guide.secondsTo(ids[next++]!)
    if (next < ids.length) handle = requestIdleCallback(walk)
  }
  return () => {
    cancelIdleCallback(handle)
  }
}
