import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import type { Fix, PositioningEvent, Tracker } from './events.ts'
import { stroll } from './simulate/index.ts'
import { RandomStream } from './random.ts'
import { fixesOf, simulatedMall, walkThrough } from './testing/simulated-mall.ts'

const mall = simulatedMall({ survey: true, seed: 1 })
const levels = mall.building.sketch.levels.map(({ id }) => id)
const beacons = mall.venue.beacons.map(({ id }) => id)
const plan = stroll(mall.building, { level: 'L3', crossingCount: 2, tMs: 0 }, new RandomStream(5))
const { events } = walkThrough(mall, plan, 5)
const endMs = events[events.length - 1]!.tMs
/** What every fix must be, whatever went in. */
function isSane(t: ExecutionContext, fix: Fix | undefined): void {
  if (!fix) return
  t.true(levels.includes(fix.level), `level ${fix.level}`)
  t.true(fix.levelProbability > 0 && fix.levelProbability <= 1, `probability ${fix.levelProbability}`)
  t.true(fix.x > -10 && fix.x < 110 && fix.y > -10 && fix.y < 80, `at ${fix.x}, ${fix.y}`)
  t.true(fix.radiusM > 0 && fix.radiusM < 200, `radius ${fix.radiusM}`)
  if (fix.heading) {
    t.true(
      Number.isFinite(fix.heading.rad) && fix.heading.sdRad >= 0,
      `heading ${JSON.stringify(fix.heading)}`,
    )
  }
  t.true(fix.basis.sightings >= 0 && fix.basis.silenceMs >= 0, JSON.stringify(fix.basis))
  t.true(fix.basis.support >= 0 && fix.basis.support <= 1, JSON.stringify(fix.basis))
}

const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, Number.MAX_SAFE_INTEGER),
)
const vectorKind = fc.constantFrom('acceleration', 'rotation-rate', 'orientation')
const anyEvent: fc.Arbitrary<PositioningEvent> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('beacon', 'wifi'),
    tMs: anyNumber,
    id: fc.oneof(fc.string(), fc.constantFrom(...beacons)),
    rssiDbm: anyNumber,
  }),
  fc.record({ kind: vectorKind, tMs: anyNumber, x: anyNumber, y: anyNumber, z: anyNumber }),
  fc.record({ kind: fc.constant('compass'), tMs: anyNumber, headingRad: anyNumber }),
)

/** Stands for the time at which an event is put in. */
const now = -1
const tMs = fc.constant(now)
const share = fc.double({ min: 0, max: 1, noNaN: true })

/** Nothing that can be true: an engine has to act as if it had not been told. */
const untrueNumber = fc.constantFrom(NaN, Infinity, -Infinity)
const zero = fc.constant(0)
const impossible: fc.Arbitrary<PositioningEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('beacon'),
    tMs,
    id: fc.constantFrom(...beacons),
    rssiDbm: fc.oneof(untrueNumber, fc.constantFrom(0, 1, 20, 127, -400)),
  }),
  fc.record({
    kind: fc.constant('beacon'),
    tMs,
    id: fc.constantFrom('', 'somebody else', '__proto__', 'constructor'),
    rssiDbm: fc.integer({ min: -100, max: -30 }),
  }),
  fc.record({
    kind: fc.constant('beacon'),
    tMs: untrueNumber,
    id: fc.constantFrom(...beacons),
    rssiDbm: fc.constant(-60),
  }),
  fc.record({ kind: fc.constant('wifi'), tMs, id: fc.string(), rssiDbm: anyNumber }),
  fc.record({ kind: vectorKind, tMs: untrueNumber, x: zero, y: zero, z: zero }),
  fc.record({ kind: vectorKind, tMs, x: untrueNumber, y: zero, z: zero }),
  fc.record({ kind: fc.constant('compass'), tMs, headingRad: untrueNumber }),
)

/** A fix on the same level as another and less than ten metres from it. */
function isNear(t: ExecutionContext, fix: Fix | undefined, other: Fix): void {
  isSane(t, fix)
  const apart = fix ? Math.hypot(fix.x - other.x, fix.y - other.y) : Infinity
  t.true(fix?.level === other.level && apart < 10, JSON.stringify([fix, other]))
}

/** Events put in among those of the walk, each after a share of them. */
function withPut(
  put: readonly { readonly at: number; readonly event: PositioningEvent }[],
): PositioningEvent[] {
  const mixed = [...events]
  for (const { at, event } of [...put].sort((a, b) => b.at - a.at)) {
    const index = Math.floor(at * events.length)
    // What is said to come now is stamped like the event before it, so that the clock does not jump.
    const nowMs = events[Math.max(0, index - 1)]!.tMs
    mixed.splice(index, 0, event.tMs === now ? { ...event, tMs: nowMs } : event)
  }
  return mixed
}

const kinds: { name: string; newTracker: () => Tracker }[] = [
  { name: 'phone', newTracker: () => mall.newTracker(1) },
  { name: 'server', newTracker: () => mall.newServerTracker() },
]

for (const { name, newTracker } of kinds) {
  const clean = fixesOf(newTracker(), events, endMs)

  test(`${name}: gives the same fixes to the last bit every time`, (t) => {
    t.deepEqual(fixesOf(newTracker(), events, endMs), clean)
    t.true(clean.filter((fix) => fix !== undefined).length > clean.length / 2)
    for (const fix of clean) isSane(t, fix)
  })

  test(`${name}: never throws and never says anything but a sane fix, whatever it is told`, (t) => {
    const wild = fc.array(fc.record({ at: share, event: anyEvent }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(wild, anyNumber, (put, askedMs) => {
        const tracker = newTracker()
        for (const fix of fixesOf(tracker, withPut(put), endMs)) isSane(t, fix)
        isSane(t, tracker.fix(askedMs))
        isSane(t, tracker.fix(endMs))
      }),
      { numRuns: 20, seed: 1 },
    )
  })

  test(`${name}: says nothing insane when it is told nothing but nonsense`, (t) => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (wild) => {
        const tracker = newTracker()
        for (const event of wild) {
          tracker.push(event)
          isSane(t, tracker.fix(event.tMs))
        }
        t.pass()
      }),
      { numRuns: 40, seed: 1 },
    )
  })

  test(`${name}: is not moved by a hair by what cannot be true`, (t) => {
    const nonsense = fc.array(fc.record({ at: share, event: impossible }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(nonsense, (put) => {
        t.deepEqual(fixesOf(newTracker(), withPut(put), endMs), clean)
      }),
      { numRuns: 10, seed: 2 },
    )
  })

  test(`${name}: takes ten thousand sightings in a burst without being carried off`, (t) => {
    const middle = Math.floor(events.length / 2)
    const last = events
      .slice(0, middle)
      .reverse()
      .find(({ kind }) => kind === 'beacon')!
    const burst = Array.from({ length: 10000 }, () => ({ ...last, tMs: events[middle - 1]!.tMs }))
    const told = [...events.slice(0, middle), ...burst, ...events.slice(middle)]
    fixesOf(newTracker(), told, endMs).forEach((fix, second) => {
      isSane(t, fix)
      const before = clean[second]
      if (fix && before) isNear(t, fix, before)
    })
  })

  for (const [when, offsetMs] of [
    ['a year ahead', 365 * 86400 * 1000],
    ['an hour back', -3600 * 1000],
  ] as const) {
    test(`${name}: goes on when one event is stamped ${when}`, (t) => {
      const middle = events.findIndex(({ kind, tMs: heardMs }) => kind === 'beacon' && heardMs > endMs / 2)
      const odd = { ...events[middle]!, tMs: events[middle]!.tMs + offsetMs }
      const tracker = newTracker()
      for (const event of [...events.slice(0, middle), odd, ...events.slice(middle)]) tracker.push(event)
      isNear(t, tracker.fix(endMs), clean[clean.length - 1]!)
    })
  }

  test(`${name}: goes on hearing beacons when the whole clock is set back`, (t) => {
    // Without motion from then on, so that only sightings can move the fix along.
    const middle = Math.floor(events.length / 3)
    const followed = events.filter(({ kind }, index) => index < middle || kind === 'beacon')
    const shiftMs = 3600 * 1000
    const tracker = newTracker()
    const untouched = newTracker()
    followed.forEach((event, index) => {
      tracker.push(index < middle ? event : { ...event, tMs: event.tMs - shiftMs })
      untouched.push(event)
    })
    isNear(t, tracker.fix(endMs - shiftMs), untouched.fix(endMs)!)
  })
}

test('phone: another seed is another draw of the same belief', (t) => {
  const one = fixesOf(mall.newTracker(1), events, endMs)
  const other = fixesOf(mall.newTracker(2), events, endMs)
  t.notDeepEqual(other, one)
  other.forEach((fix, second) => {
    if (second >= 10) isNear(t, fix, one[second]!)
  })
})
