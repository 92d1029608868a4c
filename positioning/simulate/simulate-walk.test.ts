import test from 'ava'
import { RandomStream } from '../random.ts'
import {
  androidReceiver,
  anyPerson,
  heldPhone,
  mallRadio,
  plannedLayout,
  radioField,
  simulateWalk,
  standardBuilding,
  stroll,
  truthAt,
  walkableAreaOf,
  type SimulatedPhone,
} from './index.ts'

const building = standardBuilding()
const { sketch } = building
const beacons = plannedLayout(sketch, 90)
const venue = { sketch, beacons, field: radioField(sketch, mallRadio, 1) }
const phone: SimulatedPhone = { receiver: androidReceiver, motion: heldPhone }

function walkOf(seed: number, more: Partial<SimulatedPhone> = {}) {
  const random = new RandomStream(seed)
  const plan = stroll(building, { level: 'L3', crossingCount: 3, tMs: 0 }, random)
  return simulateWalk({ venue, person: anyPerson(random), phone: { ...phone, ...more }, ...plan }, random)
}

test('replays a walk to the last bit from its seed, and another from another', (t) => {
  const walk = walkOf(1)
  t.deepEqual(walkOf(1), walk)
  t.notDeepEqual(walkOf(2).events.slice(0, 50), walk.events.slice(0, 50))
})

test('tells everything in order of time, at 50 Hz and with every sighting from a beacon that hangs there', (t) => {
  const { events, truth } = walkOf(3)
  t.true(events.every(({ tMs }, index) => index === 0 || tMs >= events[index - 1]!.tMs))
  t.is(events.filter(({ kind }) => kind === 'acceleration').length, truth.length)
  const ids = new Set(beacons.map(({ id }) => id))
  const heard = events.flatMap((event) => (event.kind === 'beacon' ? [event] : []))
  t.true(heard.length > truth.length / 50, 'about one sighting a second at the very least')
  t.true(heard.every(({ id, rssiDbm }) => ids.has(id) && rssiDbm < 0 && rssiDbm >= -110))
})

test('says nothing while the phone sleeps', (t) => {
  const { events } = walkOf(3, { silences: [{ fromMs: 5000, toMs: 15000 }] })
  t.true(events.length > 0)
  t.false(events.some(({ tMs }) => tMs >= 5000 && tMs < 15000))
})

test('knows the truth at every moment', (t) => {
  const walk = walkOf(3)
  t.is(truthAt(walk, -10), walk.truth[0]!)
  t.is(truthAt(walk, 2019).tMs, 2000)
  t.is(truthAt(walk, 1e9), walk.truth[walk.truth.length - 1]!)
  t.throws(() => truthAt({ events: [], truth: [] }, 0))
})

test('strolls where one can walk and never straight back', (t) => {
  const area = walkableAreaOf(sketch)
  for (let seed = 0; seed < 30; seed++) {
    const random = new RandomStream(seed)
    const { departure, legs } = stroll(building, { level: 'L2', crossingCount: 6, tMs: 0 }, random)
    let here: { x: number; y: number } = departure
    let before = { x: Infinity, y: Infinity }
    for (const leg of legs) {
      if (leg.kind !== 'walk') continue
      t.true(area.isClear('L2', here, leg.to), `seed ${seed}: ${JSON.stringify([here, leg.to])}`)
      t.true(Math.hypot(leg.to.x - before.x, leg.to.y - before.y) > 3.1, `seed ${seed}: straight back`)
      before = here
      here = leg.to
    }
  }
})

test('plans a beacon for about every so many square metres, none far from the next', (t) => {
  const area = walkableAreaOf(sketch)
  for (const areaM2 of [60, 90, 150]) {
    const planned = plannedLayout(sketch, areaM2).filter(({ level }) => level === 'L2')
    let floorM2 = 0
    let farthest = 0
    for (let x = 0.5; x < 100; x++) {
      for (let y = 0.5; y < 70; y++) {
        if (!area.isWalkable('L2', x, y)) continue
        floorM2++
        farthest = Math.max(
          farthest,
          Math.min(...planned.map((beacon) => Math.hypot(beacon.x - x, beacon.y - y))),
        )
      }
    }
    t.true(Math.abs(floorM2 / planned.length / areaM2 - 1) < 0.1, `${floorM2 / planned.length} m2 a beacon`)
    t.true(farthest < 1.08 * Math.sqrt(areaM2), `${farthest} m to the nearest beacon`)
    t.true(planned.every(({ x, y }) => area.isWalkable('L2', x, y)))
  }
})
