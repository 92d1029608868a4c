/**
 * `evaluate --data DIR [--set cv|test] [--seeds N] [--tracker phone|server] [--share 0..1] [--learn]
 * [--registry] [--rows FILE]`: how well the engine does on a real mall's walks, without the outside judge.
 * `--set cv` is five-fold cross-validation on the survey walks, `test` all of them on the test walks;
 * `--share` keeps that part of the survey, `--learn` learns from the rest without its waypoints,
 * `--registry` keeps of the survey the beacons' places and powers only, `--rows` writes each comparison.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import {
  gridOf,
  learnMap,
  learnPlacements,
  mapOfRegistry,
  PhoneTracker,
  RadioModel,
  ServerTrackers,
  WalkableRaster,
} from '../positioning/index.ts'
import { compareWalk, scoreOf, shareOf, type Comparison } from '../positioning/testing/evaluation.ts'
import { readRecordedVenue } from '../positioning/testing/recorded-venue.ts'
import { readRecordedWalks, type NamedWalk } from '../positioning/testing/recorded-walks.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    set: { type: 'string', default: 'test' },
    seeds: { type: 'string', default: '1' },
    share: { type: 'string', default: '1' },
    tracker: { type: 'string', default: 'phone' },
    registry: { type: 'boolean', default: false },
    learn: { type: 'boolean', default: false },
    rows: { type: 'string' },
  },
})
if (values.data === undefined) {
  console.error(
    'usage: evaluate --data DIR [--set cv|test] [--seeds N] [--tracker phone|server] [--share 0..1] [--learn] [--registry] [--rows FILE]',
  )
  process.exit(2)
}
const venue = readRecordedVenue(join(values.data, 'venue'))
const grid = gridOf(venue.extents, venue.walkable)
const walkable = new WalkableRaster(venue.walkable, grid.levels)
const survey = readRecordedWalks(join(values.data, 'walks/survey'))
const isLabelled = ({ name }: NamedWalk): boolean => shareOf(name, 'half') < Number(values.share)
const foldOf = ({ name }: NamedWalk): number => Math.floor(5 * shareOf(name, 'fold'))
const folds =
  values.set === 'cv'
    ? [0, 1, 2, 3, 4].map((fold) => ({
        known: survey.filter((walk) => foldOf(walk) !== fold),
        asked: survey.filter((walk) => foldOf(walk) === fold),
      }))
    : [{ known: survey, asked: readRecordedWalks(join(values.data, 'walks/test')) }]

const bySeed: Comparison[][] = Array.from({ length: Number(values.seeds) }, () => [])
for (const { known, asked } of folds) {
  const unlabelled = values.learn ? known.filter((walk) => !isLabelled(walk)).map(({ events }) => events) : []
  const learned = learnMap({ grid, walkable, survey: known.filter(isLabelled), unlabelled })
  const map = values.registry ? mapOfRegistry(grid, learnPlacements(learned)) : learned
  const model = new RadioModel(map)
  const server = new ServerTrackers(map)
  bySeed.forEach((comparisons, seed) => {
    for (const walk of asked) {
      const tracker =
        values.tracker === 'server' ? server.tracker() : new PhoneTracker({ model, walkable, seed: seed + 1 })
      comparisons.push(...compareWalk(walk, tracker, venue.extents))
    }
  })
}
bySeed.forEach((comparisons, seed) => {
  for (const set of ['covered', 'warm']) {
    const score = scoreOf(comparisons.filter(({ covered }) => covered || set === 'warm'))
    const shown = Object.entries(score).map(([name, value]) => `${name} ${Number(value).toFixed(3)}`)
    console.log(`${values.set} seed ${seed + 1} ${set.padEnd(7)} ${shown.join('  ')}`)
  }
})
if (values.rows !== undefined) {
  writeFileSync(values.rows, bySeed.flatMap((rows) => rows.map((row) => `${JSON.stringify(row)}\n`)).join(''))
}
