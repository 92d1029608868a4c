/**
 * `evaluate --data DIR [--set cv|test] [--seeds N] [--tracker phone|server] [--share 0..1] [--learn]
 * [--registry] [--rows FILE]`: how well the engine does on a real mall's walks, without the outside judge.
 * `--set cv` is five-fold cross-validation on the survey walks, `test` all of them on the test walks;
 * `--share` keeps that part of the survey, `--learn` learns from the rest without its waypoints,
 * `--registry` keeps of the survey the beacons' places and powers only, `--rows` writes each comparison.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
import type { RadioMap, Tracker } from '../positioning/index.ts'
import { compareWalk, scoreOf, shareOf, type Comparison } from '../positioning/testing/evaluation.ts'
import type { NamedWalk } from '../positioning/testing/recorded-walks.ts'
import { runProgram, WrongCall } from './program.ts'
import { venueAt, walksAt, wholeNumber } from './recordings.ts'

const usage = `usage: npm run --silent evaluate -- --data DIR [--set cv|test] [--seeds N] [--tracker phone|server]
                                      [--share 0..1] [--learn] [--registry] [--rows FILE]

  --data      a folder with venue, walks/survey and walks/test
  --set       cv: five-fold cross-validation on the survey walks; test: all of them, on the test walks
  --seeds     how many, from 1 on
  --share     keep that part of the survey
  --learn     learn from the rest without its waypoints
  --registry  keep of the survey the beacons' places and powers only
  --rows      write each comparison to FILE`

await runProgram(usage, () => Promise.resolve(main()))

function main(): number {
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
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (!values.data) throw new WrongCall('Expected --data.')
  const share = Number(values.share)
  if (!(share > 0 && share <= 1)) throw new WrongCall(`Expected a share up to 1, got "${values.share}".`)
  const { data, learn, registry } = values
  const set = oneOf('--set', ['cv', 'test'], values.set)
  const tracker = oneOf('--tracker', ['phone', 'server'], values.tracker)
  const seeds = wholeNumber('--seeds', values.seeds)
  const bySeed = evaluate({ data, set, tracker, seeds, share, learn, registry })
  bySeed.forEach((comparisons, seed) => {
    for (const kind of ['covered', 'warm']) {
      const score = scoreOf(comparisons.filter(({ covered }) => covered || kind === 'warm'))
      const shown = Object.entries(score).map(([name, value]) => `${name} ${Number(value).toFixed(3)}`)
      console.log(`${set} seed ${seed + 1} ${kind.padEnd(7)} ${shown.join('  ')}`)
    }
  })
  if (values.rows) {
    writeFileSync(
      values.rows,
      bySeed.flatMap((rows) => rows.map((row) => `${JSON.stringify(row)}\n`)).join(''),
    )
  }
  return 0
}

interface Evaluation {
  readonly data: string
  readonly set: string
  readonly tracker: string
  readonly seeds: number
  readonly share: number
  readonly learn: boolean
  readonly registry: boolean
}

/** Every comparison, by seed. */
function evaluate(evaluation: Evaluation): Comparison[][] {
  const { data, tracker, seeds, share, learn, registry } = evaluation
  const venue = venueAt(join(data, 'venue'))
  const grid = gridOf(venue.extents, venue.walkable)
  const walkable = new WalkableRaster(venue.walkable, grid.levels)
  const isLabelled = ({ name }: NamedWalk): boolean => shareOf(name, 'half') < share
  const bySeed: Comparison[][] = Array.from({ length: seeds }, () => [])
  for (const { known, asked } of foldsOf(evaluation)) {
    const unlabelled = learn ? known.filter((walk) => !isLabelled(walk)).map(({ events }) => events) : []
    const learned = learnMap({ grid, walkable, survey: known.filter(isLabelled), unlabelled })
    const newTracker = trackersOf(registry ? mapOfRegistry(grid, learnPlacements(learned)) : learned)
    bySeed.forEach((comparisons, seed) => {
      for (const walk of asked) comparisons.push(...compareWalk(walk, newTracker(seed + 1), venue.extents))
    })
  }
  return bySeed

  function trackersOf(map: RadioMap): (seed: number) => Tracker {
    if (tracker === 'server') {
      const server = new ServerTrackers(map)
      return () => server.tracker()
    }
    const model = new RadioModel(map)
    return (seed) => new PhoneTracker({ model, walkable, seed })
  }
}

/** What the map is built from and what it is asked for. */
function foldsOf({ data, set }: Evaluation): { known: NamedWalk[]; asked: NamedWalk[] }[] {
  const survey = walksAt(join(data, 'walks/survey'))
  if (set === 'test') return [{ known: survey, asked: walksAt(join(data, 'walks/test')) }]
  const foldOf = ({ name }: NamedWalk): number => Math.floor(5 * shareOf(name, 'fold'))
  return [0, 1, 2, 3, 4].map((fold) => ({
    known: survey.filter((walk) => foldOf(walk) !== fold),
    asked: survey.filter((walk) => foldOf(walk) === fold),
  }))
}

function oneOf(option: string, allowed: readonly string[], value: string): string {
  if (allowed.includes(value)) return value
  throw new WrongCall(`Expected ${allowed.join(' or ')} for ${option}, got "${value}".`)
}
