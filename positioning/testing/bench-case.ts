import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PositioningEvent } from '../events.ts'
import { encodeRadioMap, gridOf, RadioMapBuilder } from '../index.ts'
import { SurveyTrack } from '../radio-map/survey.ts'
import { fitBeacons, type FittedBeacon } from './fit-beacons.ts'
import { meanRssi, questionsOf, sightingsOf, type Question } from './observations.ts'
import { readRecordedVenue } from './recorded-venue.ts'
import { readRecordedWalks, type NamedWalk } from './recorded-walks.ts'

/** Mean rssi by beacon, as pairs, so that it survives JSON. */
export type RssiPairs = readonly (readonly [string, number])[]

/** What an engine that learns from fingerprints and answers from windows is given. */
export interface WindowCase {
  /** Mean rssi of the six seconds around every second of the survey, at its place. */
  readonly fingerprints: readonly {
    readonly level: string
    readonly x: number
    readonly y: number
    readonly rssi: RssiPairs
  }[]
  /** Beacons as the survey lets one guess them. */
  readonly beacons: readonly FittedBeacon[]
  readonly pathLossExponent: number
  /** One list for each test walk: what was heard in the eight seconds before each question. */
  readonly walks: readonly (readonly { readonly question: Question; readonly rssi: RssiPairs }[])[]
}

/** A test walk as an engine that follows a phone is given it. */
export interface StreamedWalk {
  readonly events: readonly PositioningEvent[]
  readonly questions: readonly Question[]
}

/** A query is what was heard in so many milliseconds: of 3, 5 and 8 s the last did best for OpenHPS. */
const queryWindowMs = 8000
const printReachMs = 3000
const printPeriodMs = 1000
/** A beacon heard less often in the whole survey is noise, for Atrium's radio map as for the others. */
const leastSightings = 5

const files = { windows: 'windows.json', walks: 'walks.jsonl', radioMap: 'radio-map.bin' }

/**
 * Prepares the same observations for every engine from a mall's folder with `venue/` and `walks/`, so that
 * each runs in a process of its own and its memory holds nothing but its own work.
 */
export function writeBenchCase(mallDir: string, caseDir: string): void {
  const venue = readRecordedVenue(join(mallDir, 'venue'))
  const survey = readRecordedWalks(join(mallDir, 'walks', 'survey'))
  const test = readRecordedWalks(join(mallDir, 'walks', 'test'))
  const builder = new RadioMapBuilder(gridOf(venue.extents, venue.walkable))
  for (const walk of survey) builder.addSurvey(walk)
  writeFileSync(join(caseDir, files.radioMap), encodeRadioMap(builder.build()))
  const { beacons, pathLossExponent } = fitBeacons(survey, venue.extents)
  const windows: WindowCase = {
    fingerprints: fingerprintsOf(survey),
    beacons: [...beacons.values()],
    pathLossExponent,
    walks: test.map((walk) => {
      const sightings = sightingsOf(walk)
      return questionsOf(walk).map((question) => ({
        question,
        rssi: [...meanRssi(sightings, question.tMs - queryWindowMs, question.tMs)],
      }))
    }),
  }
  writeFileSync(join(caseDir, files.windows), JSON.stringify(windows))
  const streamed = test.map((walk): StreamedWalk => ({ events: walk.events, questions: questionsOf(walk) }))
  writeFileSync(join(caseDir, files.walks), streamed.map((walk) => JSON.stringify(walk)).join('\n'))
}

/** What `writeBenchCase` wrote for engines that answer from windows. */
export function readWindowCase(caseDir: string): WindowCase {
  return JSON.parse(readFileSync(join(caseDir, files.windows), 'utf8')) as WindowCase
}

/** The radio map that `writeBenchCase` wrote, as a phone fetches it. */
export function readRadioMapBytes(caseDir: string): Uint8Array {
  return readFileSync(join(caseDir, files.radioMap))
}

/** The test walks that `writeBenchCase` wrote, one at a time. */
export function* readStreamedWalks(caseDir: string): Generator<StreamedWalk> {
  const text = readFileSync(join(caseDir, files.walks), 'latin1')
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from)
    yield JSON.parse(text.slice(from, end < 0 ? text.length : end)) as StreamedWalk
    from = end < 0 ? text.length : end + 1
  }
}

function fingerprintsOf(survey: readonly NamedWalk[]): WindowCase['fingerprints'] {
  const counts = new Map<string, number>()
  for (const walk of survey) {
    for (const { id } of sightingsOf(walk)) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return survey.flatMap((walk) => {
    const track = new SurveyTrack(walk)
    const first = track.waypoints[0]
    const last = track.waypoints[track.waypoints.length - 1]
    if (!first || !last) return []
    const sightings = sightingsOf(walk).filter(({ id }) => (counts.get(id) ?? 0) >= leastSightings)
    const prints: WindowCase['fingerprints'][number][] = []
    for (let tMs = first.tMs; tMs <= last.tMs; tMs += printPeriodMs) {
      const rssi = [...meanRssi(sightings, tMs - printReachMs, tMs + printReachMs)]
      const point = track.at(tMs)
      if (rssi.length > 0 && point) prints.push({ level: walk.level, x: point.x, y: point.y, rssi })
    }
    return prints
  })
}
