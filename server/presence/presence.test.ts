import test from 'ava'
import fc from 'fast-check'
import { Registry } from 'prom-client'
import type { LevelId, VersionId } from '../../maps/model/index.ts'
import type { SightingsReport } from '../contract/presence.contract.ts'
import { createPresenceMetrics } from './presence-metrics.ts'
import { forgottenAfterMs, lostAfterMs } from './presence.ts'
import { beaconAt, heardAt, idOf, stand, venueId } from './testing/stand.ts'
import type { Stand } from './testing/stand.ts'
import { box, planOf } from './testing/zone-plans.ts'

const plan = {
  ...planOf(
    ['L1', 'L2', 'L3'],
    [
      { id: 'shop A', kind: 'unit', on: [{ level: 'L1', ring: box(0, 0, 20, 20) }] },
      { id: 'shop B', kind: 'unit', on: [{ level: 'L1', ring: box(80, 0, 100, 20) }] },
    ],
  ),
  venueId,
}
/** A beacon every ten metres of a hundred, and one far up and far off that somebody has cloned. */
const beacons = [
  ...Array.from({ length: 11 }, (_, i) => beaconAt(i + 1, 'L1', i * 10, 10)),
  beaconAt(99, 'L1', 400, 10),
  beaconAt(98, 'L3', 10, 10),
]
const cloned = { beacon: beacons[11]!.id, rssiDbm: -55, ageMs: 0 }
const visitor = idOf(1)

interface Place {
  readonly x: number
  readonly y: number
  readonly level?: string
}

function fixAt({ x, y, level = 'L1' }: Place): NonNullable<SightingsReport['fix']> {
  return { levelId: level as LevelId, x, y, radiusM: 4, levelProbability: 0.98, ageMs: 0 }
}

interface Staying {
  readonly who?: string
  readonly parts?: Partial<SightingsReport>
  /** Where the phone hears from, if not from where it says it is. */
  readonly hears?: Place
  readonly besides?: SightingsReport['sightings']
}

/** A phone's readings are never the same twice. */
function flickering(place: Place, n: number): SightingsReport['sightings'] {
  return heardAt(beacons, { level: 'L1', ...place }).map((one, i) => ({
    ...one,
    rssiDbm: one.rssiDbm + ((n * (i + 3) + i * 7) % 5) - 2,
  }))
}

/** Reports every two seconds from one place. */
function stay(
  on: Stand,
  place: Place,
  seconds: number,
  { who = visitor, parts = {}, hears = place, besides = [] }: Staying = {},
) {
  let answer: ReturnType<Stand['report']> | undefined
  for (let s = 0; s < seconds; s += 2) {
    on.clock.nowMs += 2000
    const sightings = [...flickering(hears, s / 2), ...besides]
    answer = on.report(who, { sightings, fix: fixAt(place), ...parts })
  }
  return answer!
}

/** Walks at 1.2 m/s, with a report every two seconds. */
function walk(on: Stand, fromX: number, toX: number): void {
  const steps = Math.ceil(Math.abs(toX - fromX) / 2.4)
  for (let i = 1; i <= steps; i++) stay(on, { x: fromX + ((toX - fromX) * i) / steps, y: 10 }, 2)
}

test('a walk into a shop and out again is told with its causes, dwell in between, in order', (t) => {
  const on = stand(plan, beacons)
  stay(on, { x: 50, y: 10 }, 16)
  walk(on, 50, 10)
  stay(on, { x: 10, y: 10 }, 10)
  walk(on, 10, 50)
  stay(on, { x: 50, y: 10 }, 10)
  t.deepEqual(
    on.said().filter((line) => line.includes('shop')),
    ['entered shop A (walked-in)', 'dwelled shop A (stayed)', 'left shop A (walked-out)'],
  )
  const [entered, dwelled, left] = on.events.filter(({ zone }) => zone.id === 'shop A')
  t.is(dwelled!.atMs - entered!.atMs, 10_000)
  t.true(left?.kind === 'left' && left.dwellMs === left.atMs - entered!.atMs)
  t.like(entered, { cause: { basis: { source: 'phone', radiusM: 4 } } })
  t.is(new Set(on.events.map(({ eventId }) => eventId)).size, on.events.length)
})

test('without consent nothing is kept and nothing said', (t) => {
  const on = stand(plan, beacons)
  on.refusing.add(visitor)
  t.like(stay(on, { x: 10, y: 10 }, 20), { refused: 'consent-needed' })
  t.is(on.presence.size, 0)
  t.deepEqual(on.events, [])
  t.deepEqual(on.traffic, [])
  t.is(on.presence.where(visitor), undefined)
})

test('withdrawal forgets at once, and every zone is left', (t) => {
  const on = stand(plan, beacons)
  stay(on, { x: 10, y: 10 }, 20)
  t.truthy(on.presence.where(visitor))
  on.withdraw(visitor)
  t.is(on.presence.where(visitor), undefined)
  t.is(on.presence.size, 0)
  const left = on.said().filter((line) => line.startsWith('left'))
  t.deepEqual(left.sort(), [
    `left ${venueId} (consent-withdrawn)`,
    'left L1 (consent-withdrawn)',
    'left shop A (consent-withdrawn)',
  ])
  t.like(on.report(visitor), { refused: 'consent-needed' })
})

test('a consent that has to be looked up delays the report, and nothing else', async (t) => {
  let answer: (agreed: boolean) => void = () => undefined
  const on = stand(plan, beacons, {
    consents: { has: () => new Promise<boolean>((resolve) => (answer = resolve)), onChange: () => undefined },
  })
  const report = on.later(visitor, { sightings: heardAt(beacons, { level: 'L1', x: 10, y: 10 }) })
  t.is(on.presence.size, 0)
  answer(true)
  t.like(await report, { repeated: false, beacons: 6 })
})

test('a report sent again is answered as before and changes nothing', (t) => {
  const on = stand(plan, beacons)
  const parts = {
    batchId: idOf(5),
    sightings: heardAt(beacons, { level: 'L1', x: 10, y: 10 }),
    fix: fixAt({ x: 10, y: 10 }),
  }
  const first = on.report(visitor, parts)
  const before = JSON.stringify(on.presence.where(visitor))
  on.clock.nowMs += 5000
  t.deepEqual(on.report(visitor, parts), { ...first, repeated: true })
  t.is(JSON.stringify(on.presence.where(visitor)), before)
})

test('what is out of order, from the future, too old or of another session is refused by name', (t) => {
  const on = stand(plan, beacons)
  stay(on, { x: 10, y: 10 }, 10)
  const nowMs = on.clock.nowMs
  const refusal = (parts: Partial<SightingsReport>, who = visitor) => {
    const before = JSON.stringify([on.presence.where(visitor), on.presence.size, on.events.length])
    const answer = on.report(who, parts)
    t.is(JSON.stringify([on.presence.where(visitor), on.presence.size, on.events.length]), before)
    return 'refused' in answer ? answer.refused : answer
  }
  t.is(refusal({ sequence: 2 }), 'report-out-of-order')
  t.is(refusal({ phoneMs: nowMs - 5000 }), 'report-out-of-order')
  t.is(refusal({ phoneMs: nowMs + 3_600_000 }), 'report-from-the-future')
  t.is(refusal({ phoneMs: nowMs + 60_000 }), 'report-from-the-future')
  t.is(refusal({ phoneMs: nowMs - 3_600_000 }), 'report-too-old')
  t.is(refusal({ sessionId: visitor }, idOf(2)), 'report-session-over', 'a session of somebody else')
  on.clock.nowMs += 60_000
  t.is(refusal({ phoneMs: nowMs + 1 }), 'report-too-old', 'delayed by a minute')
  t.like(on.report(visitor, { sessionId: idOf(77) }), { repeated: false })
  t.is(refusal({ sessionId: visitor }), 'report-session-over', 'a session that another one followed')
})

test('a phone whose clock is a minute off is placed in time by the server', (t) => {
  const on = stand(plan, beacons)
  for (let s = 0; s < 10; s++) {
    on.clock.nowMs += 2000
    const answer = on.report(visitor, {
      phoneMs: on.clock.nowMs - 60_000,
      sightings: heardAt(beacons, { level: 'L1', x: 10, y: 10 }),
      fix: fixAt({ x: 10, y: 10 }),
    })
    t.like(answer, { repeated: false })
  }
  t.true(on.events.every(({ atMs }) => atMs > on.clock.nowMs - 30_000 && atMs <= on.clock.nowMs))
})

test('a cloned beacon cannot drag a visitor, and the operator is told which one it is', (t) => {
  const on = stand(plan, beacons)
  stay(on, { x: 10, y: 10 }, 20, { besides: [cloned] })
  t.true(on.said().includes('entered shop A (appeared)'))
  t.like(on.presence.where(visitor), { levelId: 'L1', x: 10, y: 10 })
  const found = on.presence.doubts.of(venueId).find(({ kind }) => kind === 'far-apart')
  t.like(found, { beacon: cloned.beacon, facts: { apartM: found?.facts.apartM } })
  t.true(Number(found!.facts.apartM) > 300)
})

test('a position no beacon nearby was heard from is not taken', (t) => {
  const on = stand(plan, beacons)
  const answer = stay(on, { x: 90, y: 10 }, 20, { hears: { x: 10, y: 10 } })
  t.like(answer, { position: 'none' })
  t.false(on.said().some((line) => line.includes('shop')))
  t.true(on.presence.doubts.of(venueId).some(({ kind }) => kind === 'fix-unheard'))
})

test('the readings of another phone, to the last one of ten, are noticed', (t) => {
  const many = Array.from({ length: 12 }, (_, i) => beaconAt(i + 1, 'L1', i * 2, 10))
  const on = stand(plan, many)
  const heard = heardAt(many, { level: 'L1', x: 10, y: 10 })
  on.report(idOf(3), { sightings: heard })
  on.report(idOf(4), {
    sightings: heard.map((one, i) => ({ ...one, rssiDbm: one.rssiDbm - (i === 0 ? 1 : 0) })),
  })
  t.deepEqual(on.presence.doubts.of(venueId), [])
  on.report(idOf(5), { sightings: heard })
  t.like(on.presence.doubts.of(venueId), [{ kind: 'shared-vector' }])
})

test('one doubt alone keeps nobody out; made-up readings with a leap do', (t) => {
  const on = stand(plan, beacons)
  const frozen = heardAt(beacons, { level: 'L1', x: 10, y: 10 })
  stay(on, { x: 10, y: 10 }, 40, { parts: { sightings: frozen } })
  t.true(on.presence.doubts.of(venueId).some(({ kind }) => kind === 'flat-rssi' || kind === 'same-vector'))
  t.true(on.said().includes('entered shop A (appeared)'))
  const leaping = stand(plan, beacons)
  for (let i = 0; i < 12; i++) {
    const place = { x: i % 2 === 0 ? 10 : 90, y: 10 }
    stay(leaping, place, 2)
  }
  t.false(leaping.said().some((line) => line.startsWith('entered shop')))
  t.true(leaping.presence.doubts.of(venueId).some(({ kind }) => kind === 'too-fast'))
})

test('whoever falls silent has left after a while, up to when they were heard, and is forgotten', (t) => {
  const on = stand(plan, beacons)
  stay(on, { x: 10, y: 10 }, 30)
  const heardMs = on.clock.nowMs
  on.clock.nowMs += lostAfterMs + 1000
  on.presence.sweep()
  const left = on.events.filter(({ kind }) => kind === 'left')
  t.deepEqual(
    left.map(({ cause }) => cause.why),
    ['lost-signal', 'lost-signal', 'lost-signal'],
  )
  const entered = on.events.find(({ zone, kind }) => kind === 'entered' && zone.id === 'shop A')!
  t.like(
    left.find(({ zone }) => zone.id === 'shop A'),
    { dwellMs: heardMs - entered.atMs },
  )
  on.clock.nowMs += forgottenAfterMs
  on.presence.sweep()
  t.is(on.presence.size, 0)
  on.presence.sweep()
  t.is(on.events.filter(({ kind }) => kind === 'left').length, 3)
})

test('a dwell is said when it is due, without waiting for a report', (t) => {
  const on = stand(plan, beacons)
  stay(on, { x: 10, y: 10 }, 8)
  on.clock.nowMs += 8000
  on.presence.sweep()
  const dwelled = on.events.find(({ kind, zone }) => kind === 'dwelled' && zone.id === 'shop A')
  t.truthy(dwelled)
})

test('a newly published map keeps visitors where they are; they leave the shops that are no more', (t) => {
  const on = stand(plan, beacons)
  stay(on, { x: 10, y: 10 }, 20)
  on.plan.current = {
    ...plan,
    versionId: 'version 2' as VersionId,
    zones: [
      { ...plan.zones[1]!, id: 'new shop' },
      { ...plan.zones[0]!, id: 'shop A' },
    ],
  }
  stay(on, { x: 10, y: 10 }, 10)
  t.deepEqual(
    on.said().filter((line) => line.startsWith('left')),
    [],
  )
  t.is(on.said().filter((line) => line.startsWith('entered shop A')).length, 1)
  on.plan.current = { ...plan, versionId: 'version 3' as VersionId, zones: [plan.zones[1]!] }
  stay(on, { x: 10, y: 10 }, 4)
  t.deepEqual(
    on.said().filter((line) => line.startsWith('left')),
    ['left shop A (map-changed)'],
  )
})

test('of more visitors than there is room for, the one longest silent makes room', (t) => {
  const on = stand(plan, beacons, { maxVisitors: 3 })
  for (let n = 1; n <= 3; n++) stay(on, { x: 10, y: 10 }, 8, { who: idOf(n) })
  stay(on, { x: 10, y: 10 }, 2, { who: idOf(1) })
  stay(on, { x: 10, y: 10 }, 2, { who: idOf(4) })
  t.is(on.presence.size, 3)
  t.truthy(on.presence.where(idOf(1)))
  t.is(on.presence.where(idOf(2)), undefined)
  t.true(on.said(idOf(2)).includes('left shop A (shed)'))
})

test('overload puts off the still first, then those near nothing, then everyone, then refuses the first two', async (t) => {
  const metrics = createPresenceMetrics(new Registry())
  const on = stand(plan, beacons, { metrics })
  const next = (who: string, place: Place, seconds = 2) => {
    const answer = stay(on, place, seconds, { who })
    return 'refused' in answer ? answer.refused : answer.nextReportMs
  }
  const [still, walker] = [idOf(1), idOf(2)]
  t.is(next(still, { x: 10, y: 10 }, 40), 5000)
  let x = 0
  const walk = () => next(walker, { x: (x += 2.4), y: 10 })
  for (let i = 0; i < 5; i++) walk()
  t.is(walk(), 2000)
  const late = (ms: number) => {
    for (let i = 0; i < 40; i++) on.presence.lag.tick(ms)
  }
  late(50)
  t.deepEqual([next(still, { x: 10, y: 10 }), walk()], [10_000, 2000])
  late(200)
  t.deepEqual([next(still, { x: 10, y: 10 }), walk()], [10_000, 5000])
  late(500)
  t.deepEqual([next(still, { x: 10, y: 10 }), walk()], ['busy', 5000])
  late(0)
  t.is(walk(), 2000)
  const { values } = await metrics.shed.get()
  t.deepEqual(Object.fromEntries(values.map(({ labels, value }) => [labels.step, value])), {
    still: 2,
    everyone: 2,
    refuse: 1,
  })
})

test('other subjects learn a place to five metres and no better', (t) => {
  const on = stand(plan, beacons)
  stay(on, { x: 11.3, y: 8.2 }, 10)
  t.like(on.presence.where(visitor), { x: 10, y: 10 })
})

test('counts say all to the console, and to everyone only where five or more are', (t) => {
  const on = stand(plan, beacons)
  for (let n = 1; n <= 6; n++) stay(on, { x: n <= 5 ? 10 : 90, y: 10 }, 8, { who: idOf(n) })
  const patches = on.presence.countPatches()
  const told = (stream: string) =>
    Object.values(patches.find((patch) => patch.stream === `${stream}:${venueId}`)?.set ?? {})
  const counts = (stream: string) =>
    Object.fromEntries(
      told(stream).map((value) => [
        (value as { zoneId: string }).zoneId,
        (value as { visitors: number }).visitors,
      ]),
    )
  t.deepEqual(counts('console'), { 'shop A': 5, 'shop B': 1, L1: 6, [venueId]: 6 })
  t.deepEqual(counts('floor'), { 'shop A': 5, L1: 6, [venueId]: 6 })
  on.presence.forget(idOf(1))
  const later = on.presence.countPatches().find(({ stream }) => stream.startsWith('floor'))
  t.is(later?.gone?.length, 1)
})

const wildReport: fc.Arbitrary<Partial<SightingsReport> & { who: number; waitMs: number }> = fc.record(
  {
    who: fc.integer({ min: 1, max: 3 }),
    waitMs: fc.integer({ min: 0, max: 60_000 }),
    batchId: fc.integer({ min: 1, max: 8 }).map(idOf),
    sessionId: fc.integer({ min: 1, max: 4 }).map(idOf),
    sequence: fc.integer({ min: 0, max: 30 }),
    phoneMs: fc.integer({ min: 1_699_999_000_000, max: 1_700_001_000_000 }),
    sightings: fc.array(
      fc.record({
        beacon: fc.constantFrom(...beacons.map(({ id }) => id), 'unknown'),
        rssiDbm: fc.integer({ min: -127, max: 20 }),
        ageMs: fc.integer({ min: 0, max: 30_000 }),
      }),
      { maxLength: 12 },
    ),
    fix: fc.record({
      levelId: fc.constantFrom('L1', 'L2', 'nowhere').map((id) => id as LevelId),
      x: fc.double({ min: -10_000, max: 10_000, noNaN: true }),
      y: fc.double({ min: -10_000, max: 10_000, noNaN: true }),
      radiusM: fc.double({ min: 0.1, max: 1000, noNaN: true }),
      levelProbability: fc.double({ min: 0, max: 1, noNaN: true }),
      ageMs: fc.integer({ min: 0, max: 30_000 }),
    }),
  },
  { requiredKeys: ['who', 'waitMs'] },
)

test('whatever phones report: refusals change nothing, enter and leave alternate, counts are those inside', (t) => {
  fc.assert(
    fc.property(fc.array(wildReport, { maxLength: 60 }), (reports) => {
      const on = stand(plan, beacons)
      for (const { who, waitMs, ...parts } of reports) {
        on.clock.nowMs += waitMs
        const before = JSON.stringify([1, 2, 3].map((n) => on.presence.where(idOf(n))))
        const events = on.events.length
        const answer = on.report(idOf(who), parts)
        if ('refused' in answer || answer.repeated) {
          t.is(on.events.length, events)
          t.is(JSON.stringify([1, 2, 3].map((n) => on.presence.where(idOf(n)))), before)
        }
        on.presence.sweep()
      }
      const inside = new Set<string>()
      for (const { kind, zone, visitorId } of on.events) {
        const key = `${visitorId} ${zone.id}`
        t.is(inside.has(key), kind !== 'entered')
        if (kind === 'entered') inside.add(key)
        if (kind === 'left') inside.delete(key)
      }
      const told = on.presence.countPatches().find(({ stream }) => stream.startsWith('console'))
      const counted = Object.values(told?.set ?? {}).reduce<number>(
        (sum, value) => sum + (value as { visitors: number }).visitors,
        0,
      )
      t.is(counted, inside.size)
    }),
    { numRuns: 200, seed: 11 },
  )
})
