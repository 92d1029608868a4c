import test from 'ava'
import fc from 'fast-check'
import { gridOf } from './cell-grid.ts'
import type { WalkableArea } from './events.ts'
import { defaultFilterTuning, type FilterTuning } from './filter-tuning.ts'
import { ParticleFilter } from './particle-filter.ts'
import { RandomStream } from './random.ts'
import { ExactFilter } from './testing/exact-filter.ts'
import { WalkableRaster } from './walkable-raster.ts'

/** Half a metre a character; # is a wall. Two rooms with a gap between them; nobody comes near the edge. */
const plan = [
  ...Array.from({ length: 5 }, () => '##################################'),
  ...Array.from({ length: 7 }, () => '#####........................#####'),
  ...Array.from({ length: 2 }, () => '###################....###########'),
  ...Array.from({ length: 7 }, () => '#####........................#####'),
  ...Array.from({ length: 5 }, () => '##################################'),
]
const isWalkable: WalkableArea['isWalkable'] = (_, x, y) =>
  plan[Math.floor(y * 2)]?.[Math.floor(x * 2)] === '.'
const walkable: WalkableArea = { isWalkable, isClear: () => true }
const extents = ['A', 'B'].map((id) => ({ id, widthM: 17, heightM: 13, originXM: 0, originYM: 0 }))
const grid = gridOf(extents, walkable)
const raster = new WalkableRaster(walkable, extents)

/** The default but for what an exact filter cannot follow: differences of stride, drift, redrawing. */
const plainTuning: FilterTuning = {
  ...defaultFilterTuning,
  particlesPerLevel: 6000,
  strideSpread: 0,
  biasSd: 0,
  biasDriftSd: 0,
  anyHeading: 0,
  lostShare: 1e-12,
  redrawnShare: 0,
  levelFloor: -600,
}

/** What the radio says: nearer to `x`, `y` on level `level` is likelier, each cell a little off by `noise`. */
function likelihood(
  level: number,
  at: { x: number; y: number },
  noise: (cell: number) => number,
): Float32Array {
  return Float32Array.from({ length: grid.cellCount }, (_, cell) => {
    const d2 = (grid.xOf(cell) - at.x) ** 2 + (grid.yOf(cell) - at.y) ** 2
    return -d2 / 32 - (grid.levelOf[cell] === level ? 0 : 0.4) + 0.5 * noise(cell)
  })
}

const stepM = 0.65

/** One step and what is heard after it. */
interface Move {
  readonly headingRad: number
  readonly seed: number
  readonly heard: boolean
}

const moves = fc.array(
  fc.record({
    headingRad: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    heard: fc.boolean(),
  }),
  { minLength: 4, maxLength: 8 },
)

/** Runs both filters over the same moves and gives both estimates after each. */
function both(tuning: FilterTuning, exact: { placeM: number; biasCount: number }, steps: readonly Move[]) {
  const prior = new Float32Array(grid.cellCount)
  const drawn = new ParticleFilter({ grid, walkable: raster, prior, random: new RandomStream(1), tuning })
  const summed = new ExactFilter({ grid, walkable: raster, tuning }, exact.placeM, exact.biasCount)
  const heard = (seed: number): Float32Array => {
    const random = new RandomStream(seed)
    const at = { x: 2.5 + 12 * random.uniform(), y: 2.5 + 8 * random.uniform() }
    return likelihood(seed % 2, at, () => random.normal())
  }
  const first = heard(steps[0]!.seed)
  drawn.observe(first)
  summed.observe(first)
  return steps.map(({ headingRad, seed, heard: isHeard }) => {
    drawn.step(headingRad, stepM)
    summed.step(headingRad, stepM)
    if (isHeard) {
      const now = heard(seed + 1)
      drawn.observe(now)
      summed.observe(now)
    }
    return { drawn: drawn.estimate()!, summed: summed.estimate() }
  })
}

/** What is left between the two when all is right: the drawing of 6000, and the exact filter's places. */
const toleranceM = 0.5

test('believes what an exact Bayes filter believes, walls, gaps and levels included', (t) => {
  fc.assert(
    fc.property(moves, (steps) => {
      for (const { drawn, summed } of both(plainTuning, { placeM: 0.4, biasCount: 1 }, steps)) {
        if (summed.levelProbability > 0.55) {
          t.is(drawn.levelIndex, summed.levelIndex)
          t.true(Math.abs(drawn.levelProbability - summed.levelProbability) < 0.06)
        }
        if (drawn.levelIndex !== summed.levelIndex) continue
        const apart = Math.hypot(drawn.x - summed.x, drawn.y - summed.y)
        t.true(apart < toleranceM, `${apart} m apart`)
      }
    }),
    { numRuns: 6, seed: 3 },
  )
})

test('learns how the phone is held from where it turned up, as an exact filter does', (t) => {
  const tuning: FilterTuning = { ...plainTuning, biasSd: 0.4, anyHeading: 0.3 }
  fc.assert(
    fc.property(moves, (steps) => {
      for (const { drawn, summed } of both(tuning, { placeM: 0.5, biasCount: 24 }, steps)) {
        if (drawn.levelIndex !== summed.levelIndex) continue
        const apart = Math.hypot(drawn.x - summed.x, drawn.y - summed.y)
        t.true(apart < toleranceM, `${apart} m apart`)
      }
    }),
    { numRuns: 2, seed: 4 },
  )
})
