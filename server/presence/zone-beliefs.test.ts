import test from 'ava'
import fc from 'fast-check'
import { PresenceZones } from './presence-zones.ts'
import { dwellTuning, newVisitorZones, ZoneStep } from './zone-beliefs.ts'
import type { Sight, VisitorZones } from './zone-beliefs.ts'
import { box, planOf } from './testing/zone-plans.ts'

/** Two shops side by side off a corridor, a geofence over the first one's front, two levels. */
const plan = planOf(
  ['L1', 'L2'],
  [
    { id: 'shop A', kind: 'unit', on: [{ level: 'L1', ring: box(0, 10, 20, 30) }] },
    { id: 'shop B', kind: 'unit', on: [{ level: 'L1', ring: box(20, 10, 40, 30) }] },
    {
      id: 'front',
      kind: 'geofence',
      on: [
        { level: 'L1', ring: box(-20, -20, 20, 30) },
        { level: 'L2', ring: box(-20, -20, 20, 30) },
      ],
    },
  ],
)
const zones = new PresenceZones(plan)

interface Said {
  readonly what: 'entered' | 'left' | 'dwelled'
  readonly zone: string
  readonly tMs: number
  readonly appeared?: boolean
  readonly markMs?: number
}

const surely = { levelIndex: 0, levelProbability: 1, radiusM: 3, trust: 1 }

function follower(marks: readonly number[] = []) {
  const said: Said[] = []
  const name = (zone: number) => zones.zones[zone]!.id
  const listener = {
    entered: (_: number, zone: number, tMs: number, appeared: boolean) =>
      void said.push({ what: 'entered', zone: name(zone), tMs, appeared }),
    left: (_: number, zone: number, tMs: number) => void said.push({ what: 'left', zone: name(zone), tMs }),
    dwelled: (_: number, zone: number, tMs: number, markMs: number) =>
      void said.push({ what: 'dwelled', zone: name(zone), tMs, markMs }),
  }
  const step = new ZoneStep(zones, () => marks)
  const visitor = newVisitorZones()
  return {
    said,
    visitor,
    of: (zone: string) => said.filter((one) => one.zone === zone).map(({ what }) => what),
    take: (sight: Sight) => {
      step.take(visitor, sight, listener)
    },
    dwell: (tMs: number) => {
      step.dwell(visitor, tMs, listener)
    },
    leaveAll: (tMs: number) => {
      step.leaveAll(visitor, tMs, listener)
    },
  }
}

test('says within four seconds that somebody walked into a shop, and once', (t) => {
  const { take, said, of } = follower()
  for (let s = 0; s <= 30; s++) take({ ...surely, tMs: s * 1000, x: 10, y: s < 20 ? -15 : 20 })
  t.deepEqual(of('shop A'), ['entered'])
  const entered = said.find(({ zone }) => zone === 'shop A')!
  t.true(entered.tMs > 19_000 && entered.tMs <= 24_000, String(entered.tMs))
  t.false(entered.appeared)
  t.deepEqual(of('L1'), ['entered'])
  t.deepEqual(of('venue'), ['entered'])
})

test('who walks up to an edge is in as they cross it; who stands before it is not, nor who was carried there', (t) => {
  const short = { ...surely, x: -10, y: -20.6 }
  const edge = (walkedFromM: number, lastGapMs: number) => {
    const { take, of } = follower()
    for (let s = 0; s < 10; s++) {
      take({ ...short, tMs: s * 1000, y: short.y - (walkedFromM * (10 - s)) / 10 })
    }
    take({ ...short, tMs: 9000 + lastGapMs })
    return of('front')
  }
  t.deepEqual(edge(14, 1000), ['entered'])
  t.deepEqual(edge(0, 1000), [])
  t.deepEqual(edge(14, 6000), [])
  // Steps of thirty metres are a position that was mended, and carry nobody thirty metres on.
  const leap = follower()
  for (let s = 0; s <= 6; s++) leap.take({ ...short, tMs: s * 1000, y: s < 6 ? -55 : -25 })
  t.deepEqual(leap.of('front'), [])
})

test('whoever is heard inside for the first time has appeared there', (t) => {
  const { take, said } = follower()
  for (let s = 0; s <= 8; s++) take({ ...surely, tMs: s * 1000, x: 10, y: 20 })
  t.deepEqual(
    said.filter(({ what }) => what === 'entered').map(({ zone, appeared }) => [zone, appeared]),
    [
      ['shop A', true],
      ['front', true],
      ['L1', true],
      ['venue', true],
    ],
  )
})

test('does not fire enter twice while the signal flickers over a wall', (t) => {
  const { take, of } = follower()
  for (let s = 0; s <= 120; s++) take({ ...surely, tMs: s * 1000, x: s % 2 === 0 ? 18 : 22, y: 20 })
  t.true(of('shop A').length + of('shop B').length <= 1)
  t.deepEqual(
    of('front').filter((what) => what === 'left'),
    [],
  )
})

test('a sight that could be anywhere enters no shop', (t) => {
  const { take, of } = follower()
  for (let s = 0; s <= 60; s++) take({ ...surely, radiusM: 60, tMs: s * 1000, x: 10, y: 20 })
  t.deepEqual(of('shop A'), [])
  t.deepEqual(of('venue'), ['entered'])
})

test('a sight that is not believed enters nothing, and makes nobody leave', (t) => {
  const { take, of } = follower()
  for (let s = 0; s <= 10; s++) take({ ...surely, tMs: s * 1000, x: 10, y: 20 })
  for (let s = 11; s <= 60; s++) take({ ...surely, trust: 0.2, tMs: s * 1000, x: 10, y: 20 })
  t.deepEqual(of('shop A'), ['entered'])
  const stranger = follower()
  for (let s = 0; s <= 60; s++) stranger.take({ ...surely, trust: 0.2, tMs: s * 1000, x: 10, y: 20 })
  t.deepEqual(stranger.said, [])
})

test('is never in two shops: the next one is entered in the step in which the last one is left', (t) => {
  const { take, said } = follower()
  for (let s = 0; s <= 40; s++) take({ ...surely, tMs: s * 1000, x: s < 20 ? 10 : 30, y: 20 })
  const shops = said.filter(({ zone }) => zone.startsWith('shop'))
  t.deepEqual(
    shops.map(({ what, zone }) => `${what} ${zone}`),
    ['entered shop A', 'left shop A', 'entered shop B'],
  )
  t.is(shops[1]!.tMs, shops[2]!.tMs)
})

test('a geofence on two levels is not left on the way from one to the other', (t) => {
  const { take, of } = follower()
  for (let s = 0; s <= 40; s++) take({ ...surely, levelIndex: s < 20 ? 0 : 1, tMs: s * 1000, x: 0, y: 0 })
  t.deepEqual(of('front'), ['entered'])
  t.deepEqual(of('L1'), ['entered', 'left'])
  t.deepEqual(of('L2'), ['entered'])
  t.deepEqual(of('venue'), ['entered'])
})

test('says each mark of dwell once and at its moment, with or without a new sight', (t) => {
  const { take, said, dwell } = follower([5000, 60_000])
  for (let s = 0; s <= 10; s++) take({ ...surely, tMs: s * 1000, x: 10, y: 20 })
  dwell(30_000)
  dwell(70_000)
  dwell(80_000)
  const entered = said.find(({ zone }) => zone === 'shop A')!.tMs
  t.deepEqual(
    said
      .filter(({ what, zone }) => what === 'dwelled' && zone === 'shop A')
      .map(({ tMs, markMs }) => [tMs, markMs]),
    [
      [entered + 5000, 5000],
      [entered + 60_000, 60_000],
    ],
  )
})

test('after leaving, no mark of dwell comes', (t) => {
  const { take, said, dwell, leaveAll } = follower([30_000])
  for (let s = 0; s <= 10; s++) take({ ...surely, tMs: s * 1000, x: 10, y: 20 })
  leaveAll(11_000)
  dwell(100_000)
  t.deepEqual(
    said.filter(({ what }) => what === 'dwelled'),
    [],
  )
})

const wildSight = fc.record({
  gapMs: fc.integer({ min: -2000, max: 40_000 }),
  levelIndex: fc.integer({ min: 0, max: 1 }),
  levelProbability: fc.double({ min: 0, max: 1, noNaN: true }),
  x: fc.integer({ min: -60, max: 60 }),
  y: fc.integer({ min: -60, max: 60 }),
  radiusM: fc.double({ min: 0, max: 80, noNaN: true }),
  trust: fc.double({ min: 0, max: 1, noNaN: true }),
})

test('whatever is seen, enter and leave alternate, dwell comes in between, and the same sights say the same', (t) => {
  fc.assert(
    fc.property(fc.array(wildSight, { maxLength: 120 }), (sights) => {
      const [one, other] = [follower([2000, 9000]), follower([2000, 9000])]
      let tMs = 100_000
      for (const { gapMs, ...sight } of sights) {
        tMs += gapMs
        one.take({ ...sight, tMs })
        other.take({ ...sight, tMs })
      }
      t.deepEqual(one.said, other.said)
      const inside = new Set<string>()
      let shops = 0
      let lastMs = -Infinity
      for (const { what, zone, tMs: atMs } of one.said) {
        t.is(inside.has(zone), what !== 'entered', `${what} ${zone}`)
        if (what === 'entered') inside.add(zone)
        if (what === 'left') inside.delete(zone)
        if (zone.startsWith('shop')) shops += what === 'entered' ? 1 : what === 'left' ? -1 : 0
        t.true(shops <= 1)
        if (what !== 'dwelled') t.true(atMs >= lastMs)
        lastMs = Math.max(lastMs, atMs)
      }
      t.deepEqual([...inside].sort(), insideOf(one.visitor).sort())
    }),
    { numRuns: 300, seed: 5 },
  )
})

function insideOf({ zone, inside }: VisitorZones): string[] {
  return [...zone].flatMap((number, slot) => (inside[slot] === 1 ? [zones.zones[number - 1]!.id] : []))
}

test('of more zones than there are slots, nobody is ever lost who is in one', (t) => {
  const fences = Array.from({ length: 60 }, (_, i) => ({
    id: `fence ${i}`,
    kind: 'geofence' as const,
    on: [{ level: 'L1', ring: box(i * 4, 0, i * 4 + 12, 12) }],
  }))
  const many = new PresenceZones(planOf(['L1'], fences))
  const step = new ZoneStep(many, () => [], { ...dwellTuning, enterAt: 0.2, leaveAt: 0.05 })
  const visitor = newVisitorZones()
  const inside = new Set<number>()
  const listener = {
    entered: (_: number, zone: number) => {
      t.false(inside.has(zone))
      inside.add(zone)
    },
    left: (_: number, zone: number) => {
      t.true(inside.delete(zone))
    },
    dwelled: () => undefined,
  }
  for (let s = 0; s < 300; s++) {
    step.take(visitor, { ...surely, radiusM: 20, tMs: s * 1000, x: s % 250, y: 6 }, listener)
  }
  t.true(inside.size > 0)
  step.leaveAll(visitor, 301_000, listener)
  t.is(inside.size, 0)
})
