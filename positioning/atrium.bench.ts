import process from 'node:process'
import type { PositioningEvent, Tracker } from './events.ts'
import {
  decodeRadioMap,
  PhoneTracker,
  RadioModel,
  ServerTrackers,
  WalkableRaster,
  type RadioMap,
} from './index.ts'
import type { EngineReport } from './positioning.bench.ts'
import { readRadioMapBytes, readStreamedWalks } from './testing/bench-case.ts'
import { scoreOf, type Answer, type Question } from './testing/observations.ts'
import { readRecordedVenue } from './testing/recorded-venue.ts'

interface Size {
  readonly name: string
  readonly takes: EngineReport['takes']
  readonly hears: (event: PositioningEvent) => boolean
  readonly newTracker: (seed: number) => Tracker
}

/** Every walk is located this often, each time with other seeds. */
const seeds = [1, 2, 3]

/**
 * Atrium on prepared observations: the phone's engine with beacons and motion, and with beacons alone, and the
 * server's engine, which hears beacons only and follows thousands of visitors in turn.
 * @param venueDir the mall's `venue/`; @param caseDir what `writeBenchCase` wrote.
 */
export function run([venueDir = '', caseDir = '']: readonly string[]): EngineReport[] {
  const { extents, walkable } = readRecordedVenue(venueDir)
  const bytes = readRadioMapBytes(caseDir)
  const before = heldBytes()
  const map: RadioMap = decodeRadioMap(bytes)
  const model = new RadioModel(map)
  const raster = new WalkableRaster(walkable, model.grid.levels)
  const newTracker = (seed: number): Tracker => new PhoneTracker({ model, walkable: raster, seed })
  const sizes: Size[] = [
    { name: 'Atrium, beacons and motion', takes: 'beacons and motion', hears: () => true, newTracker },
    { name: 'Atrium, beacons alone', takes: 'beacons', hears: isSighting, newTracker },
  ]
  const first = newTracker(1)
  first.push({ kind: 'beacon', tMs: 0, id: map.beacons[0] ?? '', rssiDbm: -70 })
  first.fix(2000)
  const engineBytes = heldBytes() - before
  const reports = sizes.map((size) => ({ ...measure(size, extents, caseDir), engineBytes }))
  return [...reports, serverReport(map, extents, caseDir)]
}

/** How many visitors the server's engine follows at once, and for how many seconds of their walks. */
const crowd = { visitors: 2000, seconds: 30 }

function serverReport(map: RadioMap, extents: Parameters<typeof scoreOf>[0], caseDir: string): EngineReport {
  const before = heldBytes()
  const servers = new ServerTrackers(map)
  const engineBytes = heldBytes() - before
  const size: Size = {
    name: 'Atrium server, beacons alone',
    takes: 'beacons',
    hears: isSighting,
    newTracker: () => servers.tracker(),
  }
  const walks = [...readStreamedWalks(caseDir)].map(({ events }) => sightingsBySecond(events))
  const heard = walks.filter((seconds) => seconds.length >= crowd.seconds)
  const visitors = Array.from({ length: crowd.visitors }, () => servers.tracker())
  const start = process.cpuUsage()
  for (let second = 0; second < crowd.seconds; second++) {
    visitors.forEach((visitor, index) => {
      for (const event of heard[index % heard.length]![second]!) visitor.push(event)
      visitor.fix((second + 1) * 1000)
    })
  }
  const { user, system } = process.cpuUsage(start)
  const fixesPerSecond = (crowd.visitors * crowd.seconds) / ((user + system) / 1e6)
  const stateBytes = visitors[0]?.state.byteLength ?? 0
  return { ...measure(size, extents, caseDir), fixesPerSecond, engineBytes, stateBytes }
}

const isSighting = ({ kind }: PositioningEvent): boolean => kind === 'beacon'

/** The beacon sightings of a walk, one list a second. */
function sightingsBySecond(events: readonly PositioningEvent[]): PositioningEvent[][] {
  const seconds: PositioningEvent[][] = []
  for (const event of events) {
    const second = Math.floor(event.tMs / 1000)
    if (event.kind !== 'beacon' || second < 0) continue
    while (seconds.length <= second) seconds.push([])
    seconds[second]!.push(event)
  }
  return seconds
}

function measure(size: Size, extents: Parameters<typeof scoreOf>[0], caseDir: string): EngineReport {
  const asked: { question: Question; answer: Answer | undefined }[] = []
  let fixes = 0
  let walkedMs = 0
  let cpuMs = 0
  for (const seed of seeds) {
    for (const { events, questions } of readStreamedWalks(caseDir)) {
      const heard = events.filter(size.hears)
      const before = process.cpuUsage()
      const tracker = size.newTracker(seed)
      const answers = follow(tracker, heard, questions)
      const { user, system } = process.cpuUsage(before)
      cpuMs += (user + system) / 1000
      walkedMs += events[events.length - 1]?.tMs ?? 0
      fixes += answers.fixes
      asked.push(...answers.asked)
    }
  }
  return {
    name: size.name,
    takes: size.takes,
    covered: scoreOf(
      extents,
      asked.filter(({ question }) => question.covered),
    ),
    warm: scoreOf(extents, asked),
    fixesPerSecond: fixes / (cpuMs / 1000),
    cpuMsPerSecond: cpuMs / (walkedMs / 1000),
    rssBytes: process.memoryUsage().rss,
  }
}

/** Pushes a walk's events and asks where the phone is at every question, and once a second besides. */
function follow(
  tracker: Tracker,
  events: readonly PositioningEvent[],
  questions: readonly Question[],
): { asked: { question: Question; answer: Answer | undefined }[]; fixes: number } {
  const asked: { question: Question; answer: Answer | undefined }[] = []
  const stops: { tMs: number; question?: Question }[] = questions.map((question) => ({
    tMs: question.tMs,
    question,
  }))
  const lastMs = events[events.length - 1]?.tMs ?? 0
  for (let tMs = 1000; tMs < lastMs; tMs += 1000) stops.push({ tMs })
  stops.sort((a, b) => a.tMs - b.tMs)
  let next = 0
  for (const { tMs, question } of stops) {
    for (; next < events.length && events[next]!.tMs <= tMs; next++) tracker.push(events[next]!)
    const answer = tracker.fix(tMs)
    if (question) asked.push({ question, answer })
  }
  return { asked, fixes: stops.length }
}

/** Heap and buffers in use after a collection, bytes. */
function heldBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
