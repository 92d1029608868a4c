import type { ConnectorKind } from '../connectors/index.ts'
import type { Xy } from '../model/index.ts'
import { profileRules } from '../routes/profiles.ts'
import type { RideLeg, Route, RoutingPlace, RoutingTables, WalkLeg } from '../routes/index.ts'
import { Landmarks } from './landmarks.ts'
import { angleBetween, direction, stretchesOf, turnOf } from './manoeuvres.ts'
import type { Stretch, Turn } from './manoeuvres.ts'
import { isSlight, joined, joinShort } from './spoken.ts'
import type { Spoken } from './spoken.ts'
import { connectorName, placeName, textOf, words } from './words.ts'
import type { InstructionLanguage, Side } from './words.ts'

/** One thing to do; `text` says it aloud, the rest is for a screen, an arrow or a voice of one's own. */
export interface Step {
  readonly kind: 'start' | 'turn' | 'ride' | 'arrive' | 'notice'
  readonly text: string
  /** Level on which it is done, by name. */
  readonly level: string
  /** Where it is done, metres of the level. */
  readonly at: Xy
  /** Metres to walk and seconds to take before the next step. */
  readonly lengthM: number
  readonly seconds: number
  /** Metres of the route walked before this step. */
  readonly alongM: number
  readonly turn?: Turn
  /** A second turn a few metres after the first. */
  readonly thenTurn?: Turn
  /** Direction to take, after the second turn if there is one; radians clockwise from north of the level's frame. */
  readonly headingRad?: number
  /** Destination by id that the text names, and on which side it is. */
  readonly landmark?: { readonly place: string; readonly side: Side }
  readonly ride?: { readonly connector: string; readonly kind: ConnectorKind; readonly toLevel: string }
  readonly side?: Side
}

/** Length and time of a route as a screen shows them: 110 米 · 4 分钟. */
export function summaryOf({ lengthM, seconds }: Route, language: InstructionLanguage): string {
  const said = words[language]
  return `${said.metres(lengthM)} · ${said.minutes(seconds)}`
}

/** How near a landmark must be to a turn or a lift to name it. */
const besideM = 10
/** A stretch longer than this is easier with something to pass. */
const longM = 45
/** So few metres before a lift or a door need no words of their own. */
const stubM = 6
/** Within so many metres a bend and the bend back are a corridor that is not quite straight. */
const jogM = 20
const sameM = 2
/** Over so many metres before a door one has the direction by which its side is told. */
const lastM = 3
const sideRad = (35 * Math.PI) / 180
const behindRad = (150 * Math.PI) / 180

/**
 * Makes the steps of routes in one venue. Keep one for as long as the tables.
 *
 * A step says what to do at one place and how far to walk after it. Turns are told by the shop beside
 * them, a long way by what it passes, a lift by its name or what stands next to it and by the level at
 * which to get off, the destination by its side. Destination and start are never landmarks of their own
 * route.
 */
export class Instructor {
  private readonly tables: RoutingTables
  private readonly landmarks: Landmarks

  constructor(tables: RoutingTables) {
    this.tables = tables
    this.landmarks = new Landmarks(tables)
  }

  /** The steps of a route in a language, the arrival last. O(points + turns × landmarks of the level). */
  stepsOf(route: Route, language: InstructionLanguage): Step[] {
    const steps: Step[] = []
    const said = words[language]
    const own = new Set([route.from.place?.id, route.to.place?.id])
    const isTaken = ({ id }: RoutingPlace) => own.has(id)
    const context = { route, language, isTaken, speedMps: profileRules[route.profile].speedMps }
    const { place } = route.to
    if (place && route.isOpenOnArrival === false) {
      const at = { x: route.from.x, y: route.from.y }
      const text = said.closed(placeName(place, language))
      steps.push({
        kind: 'notice',
        text,
        level: this.level(route.from.level),
        at,
        lengthM: 0,
        seconds: 0,
        alongM: 0,
      })
    }
    let alongM = 0
    route.legs.forEach((leg, index) => {
      if (leg.kind === 'ride') {
        steps.push(this.rideStep(context, leg, { index, alongM, before: steps[steps.length - 1] }))
        return
      }
      const before = route.legs[index - 1]
      const after = route.legs[index + 1]
      // Between two rides a few steps need no words, and none from a lift to that lift.
      if (leg.lengthM === 0 || (before && leg.lengthM < (after ? stubM : sameM))) {
        addWalk(steps, leg.lengthM, context.speedMps)
        alongM += leg.lengthM
        return
      }
      steps.push(...this.walkSteps(context, leg, before?.kind === 'ride' ? before : undefined, alongM))
      alongM += leg.lengthM
    })
    steps.push(this.arrival(context, alongM))
    return steps
  }

  private walkSteps(context: Context, leg: WalkLeg, after: RideLeg | undefined, alongM: number): Step[] {
    const { language, speedMps } = context
    const level = this.level(leg.level)
    const said = words[language]
    let walkedM = alongM
    return joinShort(this.spokenStretches(context, leg, after)).map((each, k, spoken): Step => {
      const { stretch, landmark, turnRad, thenRad } = each
      const turn = turnRad === undefined ? 'straight' : turnOf(turnRad)
      const thenTurn = thenRad === undefined ? undefined : turnOf(thenRad)
      const named = [landmark?.place, spoken[k + 1]?.landmark?.place]
      const passing = this.passedOn(context, leg.level, stretch, named)
      const go = said.go(turn, said.metres(stretch.lengthM), passing, thenTurn)
      const isSame = landmark !== undefined && spoken[k - 1]?.landmark?.place === landmark.place
      const text =
        k > 0
          ? isSame
            ? said.then(go)
            : said.at(landmark && placeName(landmark.place, language), go)
          : this.startText(context, { leg, after, stretch, isFromDoor: turnRad !== undefined, go })
      const startM = walkedM
      walkedM += stretch.lengthM
      return {
        kind: k === 0 ? 'start' : 'turn',
        text,
        level,
        at: stretch.at,
        lengthM: stretch.lengthM,
        seconds: stretch.lengthM / speedMps,
        alongM: startM,
        turn,
        ...(thenTurn && { thenTurn }),
        headingRad: Math.atan2(stretch.heading.x, stretch.heading.y),
        ...(landmark && {
          landmark: { place: landmark.place.id, side: sideOf(stretch.before, stretch.at, landmark) },
        }),
      }
    })
  }

  /**
   * Stretches worth a sentence, with the landmark at their beginning. A slight bend beside nothing is seen
   * when one walks, a bend and the bend back soon after it are a corridor that is not quite straight, and
   * the last few metres before a lift or a door are told with it: all join the stretch before them.
   */
  private spokenStretches(context: Context, leg: WalkLeg, after: RideLeg | undefined): Spoken[] {
    const spoken: Spoken[] = []
    const stretches = stretchesOf(leg.points)
    stretches.forEach((stretch, k) => {
      const { at, before: heading, turnRad, lengthM } = stretch
      if (k === 0) {
        spoken.push(firstSpoken(context, leg, after, stretch))
        return
      }
      const beside = { level: leg.level, at, heading, withinM: besideM }
      const landmark = this.landmarks.beside(beside, context.isTaken)
      const isStub = k === stretches.length - 1 && lengthM < stubM
      const last = spoken[spoken.length - 1]!
      if (isStub || (landmark === undefined && isSlight(turnRad))) {
        spoken[spoken.length - 1] = { ...last, stretch: joined(last.stretch, stretch) }
        return
      }
      const earlier = spoken[spoken.length - 2]
      const bent = last.turnRad ?? 0
      const isBack = isSlight(turnRad) && isSlight(bent) && turnRad > 0 !== bent > 0
      if (earlier && isBack && last.stretch.lengthM < jogM) {
        spoken.pop()
        spoken[spoken.length - 1] = {
          ...earlier,
          stretch: joined(joined(earlier.stretch, last.stretch), stretch),
        }
        return
      }
      spoken.push({ stretch, landmark, turnRad })
    })
    return spoken
  }

  private startText(
    context: Context,
    start: {
      readonly leg: WalkLeg
      readonly after: RideLeg | undefined
      readonly stretch: Stretch
      readonly isFromDoor: boolean
      readonly go: string
    },
  ): string {
    const { route, language, isTaken } = context
    const { leg, after, stretch, isFromDoor, go } = start
    const said = words[language]
    if (after) {
      const connector = this.tables.connectors[after.connector]!
      return said.getOff(connector.kind, connectorName(connector, language), go)
    }
    const { place } = route.from
    if (place && isFromDoor) return said.leave(placeName(place, language), go)
    const { at, heading, lengthM } = stretch
    const ahead = { x: at.x + heading.x * 12, y: at.y + heading.y * 12 }
    const towards = this.landmarks.beside({ level: leg.level, at: ahead, heading, withinM: besideM }, isTaken)
    return said.head(towards && placeName(towards.place, language), said.metres(lengthM))
  }

  /** Something to look out for on a long stretch. */
  private passedOn(
    { language, isTaken }: Context,
    level: number,
    stretch: Stretch,
    named: readonly (RoutingPlace | undefined)[],
  ): string | undefined {
    if (stretch.lengthM < longM) return undefined
    const where = pointAlong(stretch.points, stretch.lengthM * 0.6)
    const isNamed = (place: RoutingPlace) => isTaken(place) || named.includes(place) || place.kind === 'bay'
    const passed = this.landmarks.beside({ level, ...where, withinM: besideM }, isNamed)
    return passed && placeName(passed.place, language)
  }

  private rideStep(
    context: Context,
    leg: RideLeg,
    where: { readonly index: number; readonly alongM: number; readonly before: Step | undefined },
  ): Step {
    const { route, language, isTaken } = context
    const { index, alongM, before } = where
    const connector = this.tables.connectors[leg.connector]!
    const earlier = route.legs[index - 1]
    const last = route.legs[index - 2]
    const isOnward =
      last?.kind === 'ride' &&
      earlier?.kind === 'walk' &&
      earlier.lengthM < stubM &&
      this.tables.connectors[last.connector]!.kind === connector.kind
    const heading = { x: 0, y: 0 }
    const here = { level: leg.fromLevel, at: leg.from, heading, withinM: besideM }
    const landmark = connector.name || isOnward ? undefined : this.landmarks.beside(here, isTaken)
    // The last turn was beside the same thing: the lift is in sight.
    const beside = landmark?.place.id === before?.landmark?.place ? undefined : landmark
    const toLevel = this.level(leg.toLevel)
    const text = words[language].ride({
      kind: connector.kind,
      name: connector.name && textOf(connector.name, language),
      beside: beside && placeName(beside.place, language),
      isUp: leg.toLevel > leg.fromLevel,
      toLevel,
      isOnward,
    })
    return {
      kind: 'ride',
      text,
      level: this.level(leg.fromLevel),
      at: leg.from,
      lengthM: 0,
      seconds: leg.seconds,
      alongM,
      ride: { connector: connector.id, kind: connector.kind, toLevel },
    }
  }

  private arrival({ route, language }: Context, alongM: number): Step {
    const said = words[language]
    const { to, legs } = route
    const side = arrivalSide(legs[legs.length - 1])
    const name = to.place && placeName(to.place, language)
    return {
      kind: 'arrive',
      text: name === undefined ? said.arriveAtPoint : side ? said.arrive(name, side) : said.here(name),
      level: this.level(to.level),
      at: { x: to.x, y: to.y },
      lengthM: 0,
      seconds: 0,
      alongM,
      ...(to.place && side && { side }),
    }
  }

  private level(index: number): string {
    return this.tables.levels[index]!.name
  }
}

/** How a walk begins. Who comes out of a door and walks back along it turns twice, round its corner. */
function firstSpoken({ route }: Context, leg: WalkLeg, after: RideLeg | undefined, stretch: Stretch): Spoken {
  const isFromDoor = after !== undefined || (route.from.place?.doors.length ?? 0) > 0
  const [door, outside, next] = leg.points
  const landmark = undefined
  if (!isFromDoor || !door || !outside || !next) return { stretch, landmark, turnRad: undefined }
  const facing = direction(door, outside)
  const turnRad = angleBetween(facing, stretch.heading)
  if (turnOf(turnRad) !== 'back') return { stretch, landmark, turnRad }
  const cornerRad = angleBetween(facing, direction(outside, next)) > 0 ? Math.PI / 2 : -Math.PI / 2
  return { stretch, landmark, turnRad: cornerRad, thenRad: cornerRad }
}

interface Context {
  readonly route: Route
  readonly language: InstructionLanguage
  readonly isTaken: (place: RoutingPlace) => boolean
  readonly speedMps: number
}

/** On which side a point is for somebody at `at` who walks along `heading`. */
function sideOf(heading: Xy, at: Xy, point: Xy): Side {
  const rad = angleBetween(heading, direction(at, point))
  if (Math.abs(rad) < sideRad) return 'ahead'
  if (Math.abs(rad) > behindRad) return 'behind'
  return rad > 0 ? 'left' : 'right'
}

/** Adds the metres of a walk that has no words of its own to the step it comes after. */
function addWalk(steps: Step[], lengthM: number, speedMps: number): void {
  const last = steps.pop()
  if (!last) return
  steps.push({ ...last, lengthM: last.lengthM + lengthM, seconds: last.seconds + lengthM / speedMps })
}

/**
 * Where the door is when one has come along the aisle and stands before it: told from the direction of the
 * last metres, as the very last step may turn to the door already. Undefined when one stands in it.
 */
function arrivalSide(leg: Route['legs'][number] | undefined): Side | undefined {
  if (leg?.kind !== 'walk' || leg.lengthM === 0) return undefined
  const { points } = leg
  const door = points[points.length - 1]!
  const outside = points[points.length - 2]!
  if (points.length < 3) return 'ahead'
  const toOutsideM = leg.lengthM - Math.hypot(door.x - outside.x, door.y - outside.y)
  const { at: from } = pointAlong(points, Math.max(0, toOutsideM - lastM))
  return sideOf(direction(from, outside), outside, door)
}

/** The point so many metres along a walk and the direction there. */
function pointAlong(points: readonly Xy[], metres: number): { at: Xy; heading: Xy } {
  let passedM = 0
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!
    const b = points[i]!
    const stretchM = Math.hypot(b.x - a.x, b.y - a.y)
    if (passedM + stretchM >= metres) {
      const heading = direction(a, b)
      const restM = metres - passedM
      return { at: { x: a.x + heading.x * restM, y: a.y + heading.y * restM }, heading }
    }
    passedM += stretchM
  }
  const last = points[points.length - 1]!
  return { at: last, heading: direction(points[points.length - 2] ?? last, last) }
}
