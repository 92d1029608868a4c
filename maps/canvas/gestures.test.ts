import test from 'ava'
import fc from 'fast-check'
import { CameraControl, scaleLimits } from './camera-control.ts'
import { flightAt } from './flight.ts'
import { gestureStep, gestureTouch, gestureWaitMs, idleGesture, isGesturing } from './gestures.ts'
import type { GestureEvent, GestureState } from './gestures.ts'
import { stepHere } from './here.ts'
import type { ShownHere } from './here.ts'
import type { MapCamera, MapTouch, TouchPoint } from './map-canvas-types.ts'
import { projectionOf, toCanvas, toLevel, wrapped } from './projection.ts'
import type { LevelId, Xy } from '../model/index.ts'

const middle = { x: 195, y: 420 }
const start: MapCamera = { x: 50, y: 60, scale: 4, bearingRad: 0.4 }
const levelId = 'F1' as LevelId

/** A hand on a canvas, with what the map makes of it. */
class Hand {
  state: GestureState = idleGesture
  camera: MapCamera
  events: GestureEvent[] = []
  atMs = 1000
  bounded: (camera: MapCamera) => MapCamera = (camera) => camera

  constructor(camera: MapCamera = start) {
    this.camera = camera
  }

  touch(kind: MapTouch['kind'], ...fingers: readonly (readonly [x: number, y: number])[]): void {
    const touches = fingers.map(([x, y], id): TouchPoint => ({ id, x, y }))
    const input = { event: { kind, touches }, atMs: this.atMs, camera: this.camera }
    this.take(gestureTouch(this.state, input, { middle, bounded: this.bounded }))
  }

  wait(ms: number, stepMs = 16): void {
    for (let left = ms; left > 0; left -= stepMs) {
      this.atMs += Math.min(left, stepMs)
      const input = { atMs: this.atMs, camera: this.camera }
      this.take(gestureStep(this.state, input, { middle, bounded: this.bounded }))
    }
  }

  under(x: number, y: number): Xy {
    return toLevel(projectionOf(this.camera, middle), { x, y })
  }

  private take(step: ReturnType<typeof gestureTouch>): void {
    this.state = step.state
    this.camera = step.camera
    this.events.push(...step.events)
  }
}

const place = fc.tuple(
  fc.double({ min: 0, max: 390, noNaN: true }),
  fc.double({ min: 0, max: 844, noNaN: true }),
)

function isNear(a: Xy, b: Xy, within = 1e-6): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) < within
}

test('a place of the canvas and a point of the level find each other', (t) => {
  fc.assert(
    fc.property(
      place,
      fc.double({ min: 0.5, max: 20, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      ([x, y], scale, bearingRad) => {
        const projection = projectionOf({ ...start, scale, bearingRad }, middle)
        t.true(isNear(toCanvas(projection, toLevel(projection, { x, y })), { x, y }))
      },
    ),
  )
  // North is up at bearing 0; at a bearing of 90° east is.
  t.true(toCanvas(projectionOf({ ...start, bearingRad: 0 }, middle), { x: 50, y: 70 }).y < middle.y)
  t.true(toCanvas(projectionOf({ ...start, bearingRad: Math.PI / 2 }, middle), { x: 60, y: 60 }).y < middle.y)
})

test('what lies under a finger stays under it while it pans', (t) => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 2, maxLength: 12 }), (way) => {
      const hand = new Hand()
      hand.touch('start', [200, 400])
      hand.touch('move', [220, 400])
      const under = hand.under(220, 400)
      for (const [x, y] of way) {
        hand.atMs += 16
        hand.touch('move', [x, y])
        t.true(isNear(hand.under(x, y), under, 1e-6))
      }
    }),
    { numRuns: 50 },
  )
})

test('what lies under two fingers stays under both while they part, turn and wander', (t) => {
  const away = fc.tuple(place, place).filter(([[ax, ay], [bx, by]]) => Math.hypot(ax - bx, ay - by) > 20)
  fc.assert(
    fc.property(fc.array(away, { minLength: 1, maxLength: 8 }), (ways) => {
      const hand = new Hand()
      hand.touch('start', [100, 400], [300, 400])
      // Out of both dead zones.
      hand.touch('move', [110, 300], [290, 500])
      const [first, second] = [hand.under(110, 300), hand.under(290, 500)]
      for (const [a, b] of ways) {
        hand.touch('move', a, b)
        t.true(isNear(hand.under(...a), first, 1e-4))
        t.true(isNear(hand.under(...b), second, 1e-4))
      }
    }),
    { numRuns: 50 },
  )
})

test('two unsteady fingers neither turn nor grow the map', (t) => {
  const hand = new Hand()
  hand.touch('start', [100, 400], [300, 400])
  for (const wobble of [4, -6, 5, -3]) hand.touch('move', [100, 400 + wobble], [300, 400 - 2 * wobble])
  t.is(hand.camera.scale, start.scale)
  t.is(hand.camera.bearingRad, start.bearingRad)
  hand.touch('move', [100, 370], [300, 430])
  hand.touch('move', [100, 360], [300, 440])
  t.not(hand.camera.bearingRad, start.bearingRad, 'a turn that is meant is made')
})

test('turning the fingers clockwise turns the map clockwise with them', (t) => {
  const hand = new Hand()
  hand.touch('start', [100, 400], [300, 400])
  hand.touch('move', [110, 340], [290, 460])
  const before = hand.camera.bearingRad
  hand.touch('move', [140, 300], [260, 500])
  t.true(wrapped(hand.camera.bearingRad - before) < 0)
})

test('a tap is told once, when no second can follow any more', (t) => {
  const hand = new Hand()
  hand.touch('start', [120, 300])
  hand.atMs += 60
  hand.touch('end')
  t.deepEqual(hand.events, [])
  t.true(gestureWaitMs(hand.state, hand.atMs) < Infinity, 'a frame is asked for in which to tell it')
  hand.wait(600)
  t.deepEqual(hand.events, [{ kind: 'tap', x: 120, y: 300 }])
  t.is(gestureWaitMs(hand.state, hand.atMs), Infinity)
})

test('a double tap zooms in where it was and is no tap', (t) => {
  const hand = new Hand()
  for (const x of [120, 130]) {
    hand.touch('start', [x, 300])
    hand.atMs += 50
    hand.touch('end')
    hand.wait(80)
  }
  hand.wait(600)
  t.deepEqual(hand.events, [{ kind: 'zoom', factor: 2, x: 130, y: 300 }])
})

test('two taps far apart are two taps', (t) => {
  const hand = new Hand()
  for (const x of [60, 300]) {
    hand.touch('start', [x, 300])
    hand.atMs += 50
    hand.touch('end')
    hand.atMs += 50
  }
  hand.wait(600)
  t.deepEqual(
    hand.events.map(({ kind }) => kind),
    ['tap', 'tap'],
  )
})

test('two fingers that only touch zoom out', (t) => {
  const hand = new Hand()
  hand.touch('start', [100, 400], [200, 400])
  hand.atMs += 80
  hand.touch('end', [200, 400])
  hand.touch('end')
  hand.wait(600)
  t.deepEqual(hand.events, [{ kind: 'zoom', factor: 0.5, x: 150, y: 400 }])
})

test('a fling goes on the way of the hand, ends, and comes as far in many steps as in few', (t) => {
  const thrown = () => {
    const hand = new Hand()
    hand.touch('start', [300, 400])
    for (let x = 290; x >= 150; x -= 20) {
      hand.atMs += 16
      hand.touch('move', [x, 400])
    }
    hand.touch('end')
    return hand
  }
  const [fine, coarse] = [thrown(), thrown()]
  const under = fine.under(150, 400)
  fine.wait(3000, 4)
  coarse.wait(3000, 50)
  t.false(isGesturing(fine.state))
  t.true(isNear(fine.camera, coarse.camera, 1.5))
  const now = toCanvas(projectionOf(fine.camera, middle), under)
  t.true(now.x < 100 && Math.abs(now.y - 400) < 1e-6, `it went on to the left: ${now.x}`)
})

test('a hand that rests before it leaves flings nothing', (t) => {
  const hand = new Hand()
  hand.touch('start', [300, 400])
  for (let x = 290; x >= 150; x -= 20) {
    hand.atMs += 16
    hand.touch('move', [x, 400])
  }
  hand.atMs += 200
  hand.touch('end')
  t.false(isGesturing(hand.state))
})

test('a slow hand flings nothing', (t) => {
  const hand = new Hand()
  hand.touch('start', [300, 400])
  for (let x = 290; x >= 280; x -= 1) {
    hand.atMs += 32
    hand.touch('move', [x, 400])
  }
  hand.touch('end')
  t.false(isGesturing(hand.state))
})

test('a finger stops a fling and taps nothing by that', (t) => {
  const hand = new Hand()
  hand.touch('start', [300, 400])
  for (const x of [280, 250, 220]) {
    hand.atMs += 16
    hand.touch('move', [x, 400])
  }
  hand.touch('end')
  hand.wait(50)
  t.true(isGesturing(hand.state))
  hand.touch('start', [200, 400])
  const held = hand.camera
  hand.wait(100)
  t.is(hand.camera, held)
  hand.touch('end')
  hand.wait(600)
  t.false(hand.events.some(({ kind }) => kind === 'tap'))
})

const anyTouch = fc.record({
  kind: fc.constantFrom('start', 'move', 'end', 'cancel'),
  fingers: fc.array(place, { maxLength: 3 }),
  afterMs: fc.integer({ min: 0, max: 400 }),
})

test('whatever the hand does, the camera stays in the building and between its scales', (t) => {
  fc.assert(
    fc.property(fc.array(anyTouch, { maxLength: 40 }), (touches) => {
      const control = new CameraControl({ left: 0, top: 0, right: 390, bottom: 844 }, () => undefined)
      control.setBounds([0, 0, 200, 100], 1.5)
      control.moveTo(start, undefined)
      let atMs = 0
      for (const { kind, fingers, afterMs } of touches) {
        atMs += afterMs
        control.touch({ kind, touches: fingers.map(([x, y], id) => ({ id, x, y })) }, atMs)
        control.step(atMs, undefined)
        const { x, y, scale, bearingRad } = control.camera
        t.true(x >= 0 && x <= 200 && y >= 0 && y <= 100)
        t.true(scale >= scaleLimits.least && scale <= scaleLimits.most)
        t.true(Math.abs(bearingRad) <= Math.PI)
      }
      control.touch({ kind: 'cancel', touches: [] }, atMs)
      for (let i = 0; i < 40; i++) control.step((atMs += 100), undefined)
      t.is(control.step(atMs + 1, undefined), Infinity, 'it comes to rest')
    }),
    { numRuns: 60 },
  )
})

function controlled(): CameraControl {
  const control = new CameraControl({ left: 0, top: 0, right: 390, bottom: 844 }, () => undefined)
  control.setBounds([0, 0, 200, 200], 1.5)
  control.moveTo(start, undefined)
  return control
}

function walker(x: number, y: number, headingRad?: number): ShownHere {
  return { levelId, x, y, radiusM: 3, headingRad, halfConeRad: 0.5 }
}

test('the camera follows the person, and a hand takes it away for good', (t) => {
  const control = controlled()
  control.setFollow('position', walker(80, 80), undefined)
  for (let atMs = 0; atMs < 2000; atMs += 16) control.step(atMs, walker(90, 85))
  t.true(isNear(control.camera, { x: 90, y: 85 }, 0.2))
  t.is(control.step(3000, walker(90, 85)), Infinity, 'no frames while the person stands')
})

test('one’s heading is up while the map follows it, but for a vague one', (t) => {
  for (const halfConeRad of [0.5, 1]) {
    const control = controlled()
    control.setFollow('heading', walker(80, 80, 0.4), undefined)
    for (let atMs = 0; atMs < 4000; atMs += 16) control.step(atMs, { ...walker(80, 80, 2), halfConeRad })
    t.is(Math.abs(wrapped(control.camera.bearingRad - 2)) < 0.02, halfConeRad === 0.5)
  }
})

test('the picture stands still when following ends and when a sheet comes up', (t) => {
  const control = controlled()
  control.setFollow('heading', walker(80, 80, 0.4), undefined)
  const at = () => toCanvas(projectionOf(control.camera, control.middle), { x: 70, y: 90 })
  const before = at()
  control.setFollow('off', undefined, undefined)
  t.true(isNear(at(), before))
  control.setFree({ left: 0, top: 100, right: 390, bottom: 400 })
  t.true(isNear(at(), before))
})

test('zooming about a place keeps it there in every frame', (t) => {
  const control = controlled()
  const place = { x: 60, y: 700 }
  const under = toLevel(projectionOf(control.camera, control.middle), place)
  control.zoomAbout(place, 2, 0)
  for (let atMs = 0; atMs <= 220; atMs += 20) {
    control.step(atMs, undefined)
    t.true(isNear(toCanvas(projectionOf(control.camera, control.middle), under), place, 1e-6))
  }
  t.is(control.camera.scale, 8)
})

test('a flight begins where it is, ends where it shall and turns the short way', (t) => {
  const to = { x: 20, y: 10, scale: 9, bearingRad: -3 }
  const flight = { from: { ...start, bearingRad: 3 }, to, startMs: 100, durationMs: 600 }
  const first = flightAt(flight, 100)
  t.true(isNear(first, start))
  t.deepEqual(flightAt(flight, 700), to)
  t.true(Math.abs(flightAt(flight, 200).bearingRad) > 2.9)
})

test('the dot glides under 8 m without going past, and jumps farther', (t) => {
  const fix = { levelId, x: 5, y: 0, radiusM: 4 }
  let shown = stepHere(undefined, { ...fix, x: 0 }, Infinity).shown
  let last = -1
  for (let i = 0; i < 200; i++) {
    const step = stepHere(shown, fix, 16)
    shown = step.shown
    t.true(shown.x >= last && shown.x <= 5)
    last = shown.x
  }
  t.true(stepHere(shown, fix, 16).hasArrived)
  t.is(stepHere(shown, { ...fix, x: 14 }, 16).shown.x, 14)
})

test('the circle of doubt grows from nothing to its true size; a vague heading has no cone', (t) => {
  const fix = { levelId, x: 5, y: 0, radiusM: 4, headingRad: 1, headingSigmaRad: 0.7 }
  const first = stepHere(undefined, fix, 0).shown
  t.is(first.radiusM, 0)
  const later = stepHere(first, fix, Infinity).shown
  t.is(later.radiusM, 4)
  t.is(later.halfConeRad, 0.7, 'doubt widens the cone')
  t.is(stepHere(first, { ...fix, headingSigmaRad: 1.2 }, 16).shown.headingRad, undefined)
})
