import test from 'ava'
import type { z } from 'zod'
import type { Destination, Problem } from '../../maps/model/index.ts'
import type { Immutable } from './endpoint.ts'
import { anyId, contentHash, destination, flag, labels, mapProblem, numberInText } from './values.ts'

// The schemas and the model say the same: these lines do not compile otherwise.
const asDestination = (value: z.output<typeof destination>): Destination => value
const ofDestination = (value: Destination): Immutable<z.input<typeof destination>> => value
const asProblem = (value: z.output<typeof mapProblem>): Problem => value
const ofProblem = (value: Problem): Immutable<z.input<typeof mapProblem>> => value

test('a destination and a problem of the maps pass their schemas unchanged', (t) => {
  const place: Destination = asDestination(
    destination.parse({
      id: 'a',
      kind: 'shop',
      name: { zh: '青禾书店' },
      levelId: '0193a1b2-0000-7000-8000-000000000001',
      level: 'F1',
      unitIds: ['0193a1b2-0000-7000-8000-000000000002'],
      x: 1.5,
      y: -2,
      lonLat: [120.1, 30.2],
      shopCategory: 'life',
      category: 'books',
    }),
  )
  t.deepEqual(destination.parse(ofDestination(place)), place)
  const problem: Problem = { severity: 'error', code: 'x', feature: 'y', message: 'z', at: { x: 1, y: 2 } }
  t.deepEqual(asProblem(mapProblem.parse(ofProblem(problem))), problem)
})

test('an id is told apart from text and read in lower case', (t) => {
  t.is(anyId.parse('0193A1B2-0000-7000-8000-00000000000F'), '0193a1b2-0000-7000-8000-00000000000f')
  for (const wrong of ['', 'x', '0193a1b2', "0193a1b2-0000-7000-8000-00000000000f' OR 1=1"]) {
    t.false(anyId.safeParse(wrong).success, wrong)
  }
})

test('a number in a query has to be a finite number within its limits', (t) => {
  const limit = numberInText(1, 100).int()
  t.is(limit.parse('20'), 20)
  for (const wrong of ['0', '101', '1.5', 'NaN', 'Infinity', 'x', '1;2', ['1', '2']]) {
    t.false(limit.safeParse(wrong).success, String(wrong))
  }
})

test('a flag is true or false and nothing else', (t) => {
  t.deepEqual([flag.parse('true'), flag.parse('false'), flag.parse(true)], [true, false, true])
  for (const wrong of ['1', 'yes', '', 'TRUE', 1]) t.false(flag.safeParse(wrong).success, String(wrong))
})

test('labels hold text only, and a hash is hexadecimal', (t) => {
  t.true(labels.safeParse({ zh: 'a', en: 'b' }).success)
  t.false(labels.safeParse({ zh: 1 }).success)
  t.true(contentHash.safeParse('0123456789abcdef').success)
  for (const wrong of ['../../etc/passwd', 'ABCDEF0123456789', 'abc']) {
    t.false(contentHash.safeParse(wrong).success, wrong)
  }
})
