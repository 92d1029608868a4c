/** `radio-map --venue VENUE_DIR --survey WALKS_DIR [--unlabelled WALKS_DIR] --out FILE`: builds a radio map. */
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { encodeRadioMap, gridOf, RadioMapBuilder } from '../positioning/index.ts'
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
const builder = new RadioMapBuilder(gridOf(venue.extents, venue.walkable))
const walks = readRecordedWalks(values.survey)
const used = walks.filter((walk) => builder.addSurvey(walk)).length
const map = builder.build()
const bytes = encodeRadioMap(map)
writeFileSync(values.out, bytes)
console.error(`${used} of ${walks.length} walks, ${map.beacons.length} beacons, ${bytes.length} bytes`)
