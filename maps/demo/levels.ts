import { parkingLevel } from './parking-level.ts'
import type { LevelPlan } from './plan.ts'
import type { Random } from './random.ts'
import { shoppingLevel } from './shopping-level.ts'
import type { ShoppingWish } from './shopping-level.ts'

const shopping: readonly ShoppingWish[] = [
  {
    key: 'F1',
    ordinal: 0,
    meanM: 18,
    throughShare: 0.25,
    ends: { southWest: [], northWest: [103], southEast: [47], northEast: [] },
  },
  {
    key: 'F2',
    ordinal: 1,
    meanM: 17.5,
    throughShare: 0.2,
    ends: { southWest: [], northWest: [103], southEast: [47], northEast: [] },
  },
  {
    key: 'F3',
    ordinal: 2,
    meanM: 19,
    throughShare: 0.25,
    ends: { southWest: [], northWest: [106], southEast: [45], northEast: [] },
  },
  {
    key: 'F4',
    ordinal: 3,
    meanM: 20,
    throughShare: 0.3,
    ends: { southWest: [], northWest: [104], southEast: [46], northEast: [] },
  },
  {
    key: 'F5',
    ordinal: 4,
    meanM: 25,
    throughShare: 0.35,
    ends: { southWest: [44], northWest: [], southEast: [], northEast: [] },
    hasTerrace: true,
  },
]

/** All levels of the demo mall, lowest first. */
export function plannedLevels(random: Random): LevelPlan[] {
  return [
    parkingLevel({ key: 'B2', ordinal: -2, bays: 240, firstLetter: 'J', hasMarket: false }),
    parkingLevel({ key: 'B1', ordinal: -1, bays: 160, firstLetter: 'A', hasMarket: true }),
    ...shopping.map((wish) => shoppingLevel(random, wish)),
  ]
}
