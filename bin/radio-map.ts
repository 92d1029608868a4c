/**
 * `radio-map --venue VENUE_DIR --survey WALKS_DIR [--unlabelled WALKS_DIR] --out FILE`: builds a radio map,
 * and says on standard error what it holds and where to survey next.
 */
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import {
  encodeRadioMap,
  gridOf,
  learnMap,
  nextSurvey,
  RadioModel,
  WalkableRaster,
} from '../positioning/index.ts'
import { readRecordedVenue } from '../positioning/testing/recorded-venue.ts'
import { readRecordedWalks } from '../positioning/testing/recorded-walks.ts'

const usage = 'usage: radio-map --venue VENUE_DIR --survey WALKS_DIR [--unlabelled WALKS_DIR] --out FILE'
const { values } = parseArgs({
  options: {
    venue: { type: 'string' },
    survey: { type: 'string' },
    unlabelled: { type: 'string' },
    out: { type: 'string' },
  },
})
if (values.venue === undefined || values.survey === undefined || values.out === undefined) {
  console.error(usage)
  process.exit(2)
}
const venue = readRecordedVenue(values.venue)
const grid = gridOf(venue.extents, venue.walkable)
const survey = readRecordedWalks(values.survey)
// Their waypoints, should they have any, go no further than this line.
const unlabelled =
  values.unlabelled === undefined ? [] : readRecordedWalks(values.unlabelled).map(({ events }) => events)
const walkable = new WalkableRaster(venue.walkable, grid.levels)
const map = learnMap({ grid, walkable, survey, unlabelled })
const bytes = encodeRadioMap(map)
writeFileSync(values.out, bytes)
console.error(
  `${survey.length} survey walks, ${unlabelled.length} unlabelled, ${map.beacons.length} beacons, ${bytes.length} bytes`,
)
const thin = nextSurvey(new RadioModel(map))
const largest = [...thin].sort((a, b) => b.areaM2 - a.areaM2).slice(0, 5)
console.error(
  `${thin.length} places with thin support; the largest: ${largest
    .map(({ level, x, y, areaM2 }) => `${level} ${Math.round(x)}, ${Math.round(y)} (${areaM2} m²)`)
    .join('; ')}`,
)
