/**
 * `radio-map --venue VENUE_DIR --survey WALKS_DIR [--unlabelled WALKS_DIR] --out FILE`: builds a radio map,
 * and says on standard error what it holds and where to survey next.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  encodeRadioMap,
  gridOf,
  learnMap,
  nextSurvey,
  RadioModel,
  WalkableRaster,
} from '../positioning/index.ts'
import { runProgram, WrongCall } from './program.ts'
import { venueAt, walksAt } from './recordings.ts'

const usage = `usage: npm run --silent radio-map -- --venue VENUE_DIR --survey WALKS_DIR [--unlabelled WALKS_DIR]
                                       --out FILE

  --venue       a folder in the format of the Indoor Location Competition
  --survey      walks with waypoints: a folder for each level
  --unlabelled  walks whose places nobody noted; waypoints in them are not read
  --out         where the map is written`

/** Most places named where surveying next would help. */
const namedPlaces = 5

await runProgram(usage, () => Promise.resolve(main()))

function main(): number {
  const { values } = parseArgs({
    options: {
      venue: { type: 'string' },
      survey: { type: 'string' },
      unlabelled: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (!values.venue || !values.survey || !values.out) {
    throw new WrongCall('Expected --venue, --survey and --out.')
  }
  const venue = venueAt(values.venue)
  const grid = gridOf(venue.extents, venue.walkable)
  const survey = walksAt(values.survey)
  // Their waypoints, should they have any, go no further than this line.
  const unlabelled = values.unlabelled ? walksAt(values.unlabelled).map(({ events }) => events) : []
  const walkable = new WalkableRaster(venue.walkable, grid.levels)
  const map = learnMap({ grid, walkable, survey, unlabelled })
  const bytes = encodeRadioMap(map)
  writeFileSync(values.out, bytes)
  console.error(
    `${survey.length} survey walks, ${unlabelled.length} unlabelled, ${map.beacons.length} beacons, ${bytes.length} bytes`,
  )
  const thin = nextSurvey(new RadioModel(map))
  const largest = [...thin].sort((a, b) => b.areaM2 - a.areaM2).slice(0, namedPlaces)
  console.error(
    `${thin.length} places with thin support; the largest: ${largest
      .map(({ level, x, y, areaM2 }) => `${level} ${Math.round(x)}, ${Math.round(y)} (${areaM2} m²)`)
      .join('; ')}`,
  )
  return 0
}
