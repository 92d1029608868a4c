import test from 'ava'
import type { BeaconSketch } from '../../positioning/simulate/index.ts'
import { findFaults } from './health/find-faults.ts'
import type { FaultKind, Verdict } from './health/find-faults.ts'
import { hourMs, readStoredHour, storedHour, sumHours } from './health/traffic.ts'
import type { TrafficHour } from './health/traffic.ts'
import { simulatedTraffic } from './testing/simulated-traffic.ts'
import type { SimulatedTraffic } from './testing/simulated-traffic.ts'

const dayMs = 24 * hourMs
/** Strolls an hour on the level: twenty minutes of walking in all, a quiet weekday morning. */
const walks = { level: 'L2', count: 10 }

/** Beacons two levels away are not heard, and take time to simulate. */
const near = ({ planned }: SimulatedTraffic) =>
  planned.filter(({ level }) => ['L1', 'L2', 'L3'].includes(level))

const mall = simulatedTraffic(1)
/** Four hours when all was well, three days ago. */
const past = [0, 1, 2, 3].map((hour) => mall.hour(hour * hourMs, walks, near(mall)))

function found(hours: readonly TrafficHour[], { placed }: SimulatedTraffic, nowMs: number) {
  const all: { beaconId: string; kind: FaultKind; verdict: Extract<Verdict, { says: 'yes' }> }[] = []
  for (const { beaconId, verdicts } of findFaults(hours, placed, nowMs)) {
    for (const [kind, verdict] of Object.entries(verdicts) as [FaultKind, Verdict][]) {
      if (verdict.says === 'yes') all.push({ beaconId, kind, verdict })
    }
  }
  return all
}

/** Hours until a fault that is there from now on is found, with what was found; and what else was. */
function hoursToFind(
  { id, kind }: { id: string; kind: FaultKind },
  hanging: readonly BeaconSketch[],
  limitHours: number,
) {
  const hours = [...past]
  for (let hour = 0; hour < limitHours; hour++) {
    hours.push(mall.hour(3 * dayMs + hour * hourMs, walks, hanging))
    const all = found(hours, mall, 3 * dayMs + (hour + 1) * hourMs)
    const its = all.find((one) => one.beaconId === id && one.kind === kind)
    if (its)
      return { hours: hour + 1, verdict: its.verdict, others: all.filter((one) => one.beaconId !== id) }
  }
  return undefined
}

const beacon = (id: string) => mall.planned.find((one) => one.id === id)!
const changed = (id: string, change: Partial<BeaconSketch>) =>
  near(mall).map((one) => (one.id === id ? { ...one, ...change } : one))

/** Another place on the level, so far away. */
function placeAway(id: string, leastM: number, mostM: number) {
  const { x, y } = beacon(id)
  const place = mall.planned.find((one) => {
    const awayM = Math.hypot(one.x - x, one.y - y)
    return one.level === 'L2' && awayM > leastM && awayM < mostM
  })!
  return { x: place.x + 2, y: place.y }
}

for (const id of ['L2/18']) {
  test(`finds ${id} silent within two hours of traffic past it`, (t) => {
    const gone = near(mall).filter((one) => one.id !== id)
    const result = hoursToFind({ id, kind: 'silent' }, gone, 2)
    t.truthy(result)
    t.deepEqual(result?.others, [])
    t.is(result?.verdict.evidence.heardWindows, 0)
  })

  test(`finds ${id} moved within three hours, with the metres and where to`, (t) => {
    const to = placeAway(id, 15, 28)
    const result = hoursToFind({ id, kind: 'moved' }, changed(id, to), 3)
    t.deepEqual(result?.others, [])
    const { learnedX, learnedY, movedM } = result!.verdict.evidence
    const offM = Math.hypot(Number(learnedX) - to.x, Number(learnedY) - to.y)
    t.true(offM < 10, `${String(offM)} m off`)
    const trueM = Math.hypot(to.x - beacon(id).x, to.y - beacon(id).y)
    t.true(Math.abs(Number(movedM) - trueM) < 10, `${String(movedM)} m, in truth ${String(trueM)} m`)
  })

  test(`finds a clone of ${id} within four hours, with both places`, (t) => {
    const to = placeAway(id, 45, 100)
    const clone = { ...beacon(id), ...to, id: `${id}#2` }
    const result = hoursToFind({ id, kind: 'cloned' }, [...near(mall), clone], 4)
    t.deepEqual(result?.others, [])
    const { secondX, secondY, hoursWithBoth } = result!.verdict.evidence
    t.true(Math.hypot(Number(secondX) - to.x, Number(secondY) - to.y) < 15)
    t.true(Number(hoursWithBoth) >= 2)
  })
}

test('finds a beacon that lost 8 dB within six hours, against its own past', (t) => {
  const id = 'L2/3'
  const result = hoursToFind({ id, kind: 'weak' }, changed(id, { powerAt1mDbm: -67 }), 6)
  t.deepEqual(result?.others, [])
  const { lostDb, against } = result!.verdict.evidence
  t.is(against, 'its own past')
  t.true(Math.abs(Number(lostDb) - 8) < 3.5, `${String(lostDb)} dB`)
})

test('finds a beacon that gets quieter by one decibel a day within eight days', (t) => {
  const id = 'L2/12'
  const days = [0, 1, 2, 3, 4, 5, 6, 7].map((day) =>
    mall.hour(day * dayMs, { ...walks, count: 15 }, changed(id, { powerAt1mDbm: -59 - day })),
  )
  const all = found(days, mall, 7 * dayMs + hourMs)
  t.deepEqual(
    all.map((one) => `${one.beaconId} ${one.kind}`),
    [`${id} drifting`],
  )
  t.true(Math.abs(Number(all[0]!.verdict.evidence.dbPerDay) + 1) < 0.4)
})

test('says nothing of a beacon nobody came near, and nothing at all without traffic', (t) => {
  t.deepEqual(found([], mall, 3 * dayMs), [])
  // Shoppers on one level alone: the beacons of the others are not silent, nobody came by.
  const elsewhere = near(mall)
  const hours = [mall.hour(3 * dayMs, walks, elsewhere)]
  t.deepEqual(found(hours, mall, 3 * dayMs + hourMs), [])
})

test('a healthy fleet is found healthy', (t) => {
  let judgements = 0
  const alarms: string[] = []
  const calm = simulatedTraffic(21)
  const hours = [0, 1, 2].map((hour) => calm.hour(hour * hourMs, walks, near(calm)))
  for (let hour = 0; hour < 5; hour++) {
    hours.push(calm.hour(3 * dayMs + hour * hourMs, walks, near(calm)))
    for (const { beaconId, verdicts } of findFaults(hours, calm.placed, 3 * dayMs + (hour + 1) * hourMs)) {
      for (const [kind, verdict] of Object.entries(verdicts)) {
        if (verdict.says !== 'unknown') judgements++
        if (verdict.says === 'yes') alarms.push(`${beaconId} ${kind} ${JSON.stringify(verdict.evidence)}`)
      }
    }
  }
  t.true(judgements > 300, String(judgements))
  t.deepEqual(alarms, [])
})

test('hours stored and read again, and summed in any order, say the same', (t) => {
  const read = past.map((hour) => readStoredHour(hour.hourMs, structuredClone(storedHour(hour))))
  const nowMs = 4 * hourMs
  t.deepEqual(found(read, mall, nowMs), found(past, mall, nowMs))
  const windows = (hour: TrafficHour) => [...hour.windows.values()].reduce((sum, one) => sum + one, 0)
  t.is(windows(sumHours(past)), windows(sumHours([...past].reverse())))
  t.is(
    windows(sumHours(past)),
    past.reduce((sum, hour) => sum + windows(hour), 0),
  )
})
