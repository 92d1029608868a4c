import { Instructor } from '../../../maps/instructions/instructions-of.ts'
import type { Step } from '../../../maps/instructions/instructions-of.ts'
import type { Destination } from '../../../maps/model/index.ts'
import type { Router } from '../../../maps/routes/router.ts'
import { progressOn } from '../../../maps/routes/progress.ts'
import type { Progress } from '../../../maps/routes/progress.ts'
import type { Route, Spot } from '../../../maps/routes/route.ts'
import type { Fix } from '../../../positioning/events.ts'
import type { Language } from './messages.ts'
import type { VenueData } from './venue-data.ts'
import { isRoute, startOf } from './ways.ts'

/** So near the end one is there. */
const thereM = 8
/** How long somebody is off the way before another is sought: a fix may wander for a moment. */
const offForMs = 900
/** Between two tries to find a way where there was none. */
const retryMs = 3_000
/** A step is begun this far before its place: neither words nor the dot are exact. */
const besideM = 2
/** What comes next is said this far before it. */
const soonM = 12
/** After so many metres the words of the beginning make room for what comes next. */
const begunM = 6

/** Where a way leads. */
export interface Goal {
  readonly name: string
  readonly spot: Spot
  /** Destination by id, when the goal is one. */
  readonly placeId?: string
  /** Where the way begins while nobody knows where the person is: the screen they left. */
  readonly from?: Spot
}

/**
 * What has just happened on the way: `planned` at first, `found` when it begins anew where the person turned
 * out to be, `again` after a wrong turn, `changed` when something was closed or opened; `soon` a few metres
 * before the next step, `step` at it.
 */
export type GuideNews = 'planned' | 'found' | 'again' | 'changed' | 'soon' | 'step' | 'arrived'

/** A way to a goal and the person on it; the pages of map and camera share one. */
export interface Guide {
  readonly goal: Goal
  way(): Route | undefined
  /** Why there is no way. */
  trouble(): 'no-start' | 'no-way' | undefined
  /** Where the way begins while nobody knows where the person is. */
  entrance(): Destination | undefined
  steps(): readonly Step[]
  /** The step the person is carrying out. */
  stepIndex(): number
  /** How far they have come; undefined before they were seen on the way. */
  progress(): Progress | undefined
  isThere(): boolean
  /** Since when the person is off the way, ms; undefined while they are on it. */
  offSinceMs(): number | undefined
  /** Looks where the person is now. Call at every fix. O(points of the way), a route when it is sought anew. */
  look(): GuideNews | undefined
}

/**
 * Leads to a goal: seeks the way, follows the person on it, and seeks another one when they have left it for
 * certain and for longer than a moment, or when the venue's router knows another state of the venue.
 *
 * @param parts.router asked at each look: closures make another one
 * @param parts.now ms
 */
export function createGuide(parts: {
  readonly goal: Goal
  readonly venue: VenueData
  readonly router: () => Router
  readonly fix: () => Fix | undefined
  readonly language: () => Language
  readonly now: () => number
}): Guide {
  const { goal, venue, router, fix, language, now } = parts
  let planned: Router | undefined
  let plannedMs = -Infinity
  let way: Route | undefined
  let trouble: ReturnType<Guide['trouble']>
  let entrance: Destination | undefined
  let steps: readonly Step[] = []
  let spoken: Language | undefined
  let progress: Progress | undefined
  let offSinceMs: number | undefined
  let stepIndex = 0
  let saidIndex = 0
  let isThere = false
  /** Whether the way begins where somebody said and not where the person was seen. */
  let isGuessed = false

  const levelName = (index: number) => venue.router.tables.levels[index]?.name

  const plan = (): void => {
    planned = router()
    plannedMs = now()
    progress = undefined
    offSinceMs = undefined
    stepIndex = 0
    saidIndex = 0
    isThere = false
    const at = fix()
    isGuessed = at === undefined
    const start = !at && goal.from ? { spot: goal.from } : startOf(venue, at)
    entrance = start && 'entrance' in start ? start.entrance : undefined
    const answer = start && planned.route({ from: start.spot, to: goal.spot })
    way = answer && isRoute(answer) ? answer : undefined
    trouble = way ? undefined : start ? 'no-way' : 'no-start'
    word()
  }

  const word = (): void => {
    spoken = language()
    steps = way && planned ? new Instructor(planned.tables).stepsOf(way, spoken) : []
  }

  const follow = (route: Route, at: Fix): GuideNews | undefined => {
    const level = venue.router.tables.levels.findIndex(({ id }) => id === at.level)
    const where = { x: at.x, y: at.y, radiusM: at.radiusM, level: level < 0 ? undefined : level }
    const next = progressOn(route, where, progress?.alongM ?? 0)
    if (next.isOff) {
      offSinceMs ??= now()
      if (now() - offSinceMs < offForMs) return undefined
      const news = isGuessed ? 'found' : 'again'
      plan()
      return news
    }
    offSinceMs = undefined
    entrance = undefined
    isGuessed = false
    progress = next
    const wasThere = isThere
    isThere = next.remainingM < thereM
    const before = stepIndex
    stepIndex = stepAt(steps, route, { progress: next, levelName })
    if (isThere) return wasThere ? undefined : 'arrived'
    if (stepIndex !== before) return 'step'
    const after = steps[stepIndex + 1]
    if (!after || saidIndex > stepIndex || after.alongM - next.alongM > soonM) return undefined
    saidIndex = stepIndex + 1
    return 'soon'
  }

  return {
    goal,
    way: () => way,
    trouble: () => trouble,
    entrance: () => entrance,
    steps: () => steps,
    stepIndex: () => stepIndex,
    progress: () => progress,
    isThere: () => isThere,
    offSinceMs: () => offSinceMs,
    look() {
      if (planned !== router()) {
        const isFirst = planned === undefined
        plan()
        return isFirst ? 'planned' : 'changed'
      }
      if (spoken !== language()) word()
      const at = fix()
      if (!way) {
        if (now() - plannedMs < retryMs) return undefined
        plan()
        return trouble === undefined ? 'found' : undefined
      }
      return at && follow(way, at)
    },
  }
}

/**
 * The step one is carrying out: the last one whose place has been reached. What is to be done after a ride is
 * at the same metre of the way as the ride, and is reached on its own level only.
 */
function stepAt(
  steps: readonly Step[],
  route: Route,
  { progress, levelName }: { progress: Progress; levelName: (index: number) => string | undefined },
): number {
  const { alongM, leg } = progress
  let legStartM = 0
  for (const each of route.legs.slice(0, leg)) if (each.kind === 'walk') legStartM += each.lengthM
  const current = route.legs[leg]
  const level = current && levelName(current.kind === 'walk' ? current.level : current.fromLevel)
  let index = 0
  steps.forEach((step, each) => {
    if (step.kind === 'notice' || step.alongM > alongM + besideM) return
    if (step.level === level || step.alongM < legStartM - besideM) index = each
  })
  return index
}

/** What a screen shows of something to do. */
export interface NextThing {
  readonly icon: string
  /** Metres to its place; 0 when it is to be done now. */
  readonly metres: number
  readonly text: string
}

/** What to do next and after that, in words; undefined without a way. */
export function nextThings(
  guide: Guide,
): { readonly now: NextThing; readonly then: NextThing | undefined } | undefined {
  const steps = guide.steps()
  const at = guide.stepIndex()
  const alongM = guide.progress()?.alongM ?? 0
  const [step, next, afterNext] = [steps[at], steps[at + 1], steps[at + 2]]
  if (!step) return undefined
  const isBeginning = step.kind === 'start' && alongM - step.alongM < begunM
  if (!next || step.kind === 'ride' || isBeginning) {
    return { now: thingOf(step, 0), then: next && thingOf(next, 0) }
  }
  return { now: thingOf(next, next.alongM - alongM), then: afterNext && thingOf(afterNext, 0) }
}

function thingOf(step: Step, metres: number): NextThing {
  const ahead = Math.max(0, Math.round(metres))
  // Said while it is still ahead, the arrival is where the goal will be.
  const text = step.kind === 'arrive' && ahead > 0 ? step.text.replace(/^到了，/, '') : step.text
  return { icon: iconOf(step), metres: ahead, text }
}

function iconOf({ kind, turn }: Step): string {
  if (kind === 'ride') return 'elevator'
  if (kind === 'arrive') return 'map-pin'
  if (turn === undefined || turn === 'straight') return 'arrow-up'
  if (turn.includes('left')) return 'corner-up-left'
  return turn.includes('right') ? 'corner-up-right' : 'rotate-ccw'
}
