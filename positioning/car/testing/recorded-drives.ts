import { join } from 'node:path'
import type { PositioningEvent } from '../../events.ts'
import { gridOf, learnMap, RadioModel, WalkableRaster } from '../../index.ts'
import { SurveyTrack } from '../../radio-map/survey.ts'
import { RandomStream } from '../../random.ts'
import { heldPhone } from '../../simulate/index.ts'
import type { BodySample } from '../../simulate/journey.ts'
import { motionEvents } from '../../simulate/phone-motion.ts'
import { readRecordedVenue } from '../../testing/recorded-venue.ts'
import { readRecordedWalks } from '../../testing/recorded-walks.ts'
import type { NamedWalk } from '../../testing/recorded-walks.ts'
import { carLossDb, carMps, driveSamples, followDrive, gettingOutMs, lengthOf, walkShownMs } from './drive.ts'
import type { Drives, Point } from './drive.ts'

const level = 'B1'
/** Least way driven and least time walked, so that there is a drive and a walk to notice. */
const leastDriveM = 40
const leastWalkMs = 15_000
/** What was heard within this of the place of the car is what is heard while it stands. */
const besideMs = 4000
const sampleMs = 20

/** A recorded walk, the moment of it at which the car is put, and from which end of the walk it comes. */
interface Parting {
  readonly walk: NamedWalk
  readonly track: SurveyTrack
  readonly atMs: number
  readonly from: 'start' | 'end'
}

/**
 * Drives made of the real mall's recorded walks on B1, all but the driving: along a part of a test walk a car
 * drives, at a car's speed, and hears the beacons that were recorded there, weaker by its body; it stands, and
 * hears what was recorded within four seconds of that place; then the recording goes on as it is, beacons, steps
 * and turns. The car comes the way the walk came, or to meet it. Only the shaking of the car and the driver who
 * sits are simulated. The radio map is the survey's.
 * @param mallDir the folder `ATRIUM_REAL_MALL` names
 */
export function recordedDrives(mallDir: string): Drives {
  const venue = readRecordedVenue(join(mallDir, 'venue'))
  const grid = gridOf(venue.extents, venue.walkable)
  const walkable = new WalkableRaster(venue.walkable, grid.levels)
  const survey = readRecordedWalks(join(mallDir, 'walks', 'survey'))
  const model = new RadioModel(learnMap({ grid, walkable, survey, unlabelled: [] }))
  const partings = readRecordedWalks(join(mallDir, 'walks', 'test'))
    .filter((walk) => walk.level === level)
    .flatMap(partingsOf)
  return {
    drive(seed) {
      const random = new RandomStream(2000 + seed)
      const { walk, track, atMs, from } = partings[Math.floor(random.uniform() * partings.length)]!
      const walkedAlong = wayOf(track, atMs, from)
      const way = from === 'start' ? walkedAlong : [...walkedAlong].reverse()
      const wayM = lengthOf(way)
      const stoppedMs = (wayM / carMps) * 1000
      const walkedMs = stoppedMs + 15_000 + Math.floor(random.uniform() * 30_000)
      const samples = driveSamples(way, level, random)
      const seated = seatedUntil(walkedMs, samples[samples.length - 1]!)
      const heardOnTheWay = walk.events.flatMap((event) => {
        const onTheWay = from === 'start' ? event.tMs <= atMs : event.tMs > atMs
        if (event.kind !== 'beacon' || !onTheWay) return []
        const toThere = track.waypoints.filter(
          ({ tMs }) => tMs < event.tMs && (from === 'start' || tMs >= atMs),
        )
        const alongM = lengthOf([...toThere, track.at(event.tMs)!])
        const drivenM = from === 'start' ? alongM : wayM - alongM
        return [{ ...event, tMs: (drivenM / carMps) * 1000, rssiDbm: event.rssiDbm - carLossDb }]
      })
      const walked = walk.events.flatMap((event) =>
        event.tMs > atMs && event.tMs <= atMs + walkShownMs
          ? [{ ...event, tMs: walkedMs + event.tMs - atMs }]
          : [],
      )
      const events: PositioningEvent[] = [
        ...motionEvents([...samples, ...seated], heldPhone, random),
        ...heardOnTheWay,
        ...heardBeside(walk, atMs, stoppedMs, walkedMs),
        ...walked,
      ].sort((a, b) => a.tMs - b.tMs)
      return { car: track.at(atMs)!, stoppedMs, walkedMs, events, seed }
    },
    follow: (drive, each) => {
      followDrive(drive, { model, walkable }, each)
    },
  }
}

/** Every waypoint with way enough on one of its sides and time enough after it. */
function partingsOf(walk: NamedWalk): Parting[] {
  const track = new SurveyTrack(walk)
  const endMs = walk.events[walk.events.length - 1]?.tMs ?? 0
  return track.waypoints
    .filter(({ tMs }) => endMs - tMs >= leastWalkMs)
    .flatMap(({ tMs: atMs }) =>
      (['start', 'end'] as const).flatMap((from) =>
        lengthOf(wayOf(track, atMs, from)) >= leastDriveM ? [{ walk, track, atMs, from }] : [],
      ),
    )
}

/** The part of a walk before or after a waypoint, as it was walked. */
function wayOf({ waypoints }: SurveyTrack, atMs: number, from: Parting['from']): Point[] {
  return waypoints.filter(({ tMs }) => (from === 'start' ? tMs <= atMs : tMs >= atMs))
}

/** The driver sits still until they walk. */
function seatedUntil(walkedMs: number, last: BodySample): BodySample[] {
  const still = { ...last, acceleration: { forward: 0, right: 0, up: 0 } }
  const samples: BodySample[] = []
  for (let tMs = last.tMs + sampleMs; tMs < walkedMs; tMs += sampleMs) samples.push({ ...still, tMs })
  return samples
}

/** What was recorded about the place of the car, over and over until the walk begins. */
function heardBeside(walk: NamedWalk, atMs: number, stoppedMs: number, walkedMs: number): PositioningEvent[] {
  const beside = walk.events.filter(
    (event) => event.kind === 'beacon' && Math.abs(event.tMs - atMs) <= besideMs,
  )
  const heard: PositioningEvent[] = []
  for (let roundMs = stoppedMs; roundMs < walkedMs; roundMs += 2 * besideMs) {
    for (const event of beside) {
      const tMs = roundMs + event.tMs - (atMs - besideMs)
      if (event.kind !== 'beacon' || tMs >= walkedMs) continue
      const inCar = tMs < walkedMs - gettingOutMs
      heard.push({ ...event, tMs, rssiDbm: event.rssiDbm - (inCar ? carLossDb : 0) })
    }
  }
  return heard
}
