import test from 'ava'
import { gridOf } from './cell-grid.ts'
import type { Fix, PositioningEvent } from './events.ts'
import { expectedRssi, defaultPathLoss } from './radio-map/path-loss.ts'
import { mapOfRegistry } from './radio-map/radio-map.ts'
import { RandomStream } from './random.ts'
import { ServerTrackers } from './server-tracker.ts'

const extents = ['A', 'B'].map((id) => ({ id, widthM: 80, heightM: 20, originXM: 0, originYM: 0 }))
const grid = gridOf(extents, { isWalkable: () => true, isClear: () => true })
const hung = [10, 30, 50, 70].map((x) => ({ id: `beacon ${x}`, level: 'B', x, y: 10, powerDbm: -60 }))
const map = mapOfRegistry(grid, hung)
const shared = new ServerTrackers(map)

/** A minute of walking along level B at a metre a second, two readings a second, four decibels of noise. */
const events: PositioningEvent[] = []
const random = new RandomStream(1)
for (let tMs = 0; tMs < 60_000; tMs += 500) {
  const x = 10 + tMs / 1000
  for (const beacon of hung) {
    const rssiDbm =
      expectedRssi(defaultPathLoss, beacon.powerDbm, Math.abs(beacon.x - x), 0) + 4 * random.normal()
    if (rssiDbm > -90) events.push({ kind: 'beacon', tMs, id: beacon.id, rssiDbm })
  }
}

test('follows a visitor by beacons alone and keeps all there is to them in less than 2 KB', (t) => {
  const tracker = shared.tracker()
  t.true(tracker.state.byteLength < 2048)
  let next = 0
  for (let tMs = 1000; tMs < 60_000; tMs += 1000) {
    for (; next < events.length && events[next]!.tMs <= tMs; next++) tracker.push(events[next]!)
    const fix = tracker.fix(tMs)
    if (tMs < 8000) continue
    t.is(fix?.level, 'B')
    t.true(Math.abs(fix!.x - (10 + tMs / 1000)) < 15, `${fix!.x} after ${tMs} ms`)
  }
})

test('goes on on another machine to the last bit from the bytes alone, among other visitors', (t) => {
  const elsewhere = new ServerTrackers(map)
  const stayed = shared.tracker()
  let moved = shared.tracker()
  const both: [Fix | undefined, Fix | undefined][] = []
  for (const event of events) {
    stayed.push(event)
    moved.push(event)
    if (event.tMs % 5000 !== 0) continue
    moved = elsewhere.tracker(moved.state.slice(0))
    const other = elsewhere.tracker()
    other.push({ ...event, tMs: 0 })
    other.fix(9000)
    both.push([stayed.fix(event.tMs), moved.fix(event.tMs)])
  }
  t.true(both.filter(([fix]) => fix !== undefined).length > 10)
  for (const [here, there] of both) t.deepEqual(there, here)
})

test('refuses a state that is not one', (t) => {
  t.throws(() => shared.tracker(new ArrayBuffer(100)), {
    instanceOf: RangeError,
    message: /1616 bytes, not 100/,
  })
})
