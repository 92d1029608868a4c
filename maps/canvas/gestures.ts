import type { Xy } from '../model/index.ts'
import type { MapCamera, MapTouch, TouchPoint } from './map-canvas-types.ts'
import { anchored, projectionOf, toLevel, wrapped } from './projection.ts'

/** A finger that moves less is still a tap, in CSS pixels. */
const slopPx = 8

/** Two taps within this time and distance are a double tap. */
const doubleTapMs = 300
const doubleTapPx = 40

/** Two fingers must turn or part this much before the map turns or grows: hands are not steady. */
const turnDeadZoneRad = (12 / 180) * Math.PI
const zoomDeadZone = 1.07

/** Speed of a fling is taken over this time, dies away with this constant, and ends below this speed. */
const speedWindowMs = 90
const flingMs = 325
const leastFlingPxPerMs = 0.06
const endFlingPxPerMs = 0.012
const mostFlingPxPerMs = 4

/** Two fingers that come and go within this time without moving: farther. */
const twoFingerTapMs = 280

interface Tap extends Xy {
  readonly atMs: number
}

/** Position of the hand in time, for the speed it leaves with. */
interface Sample extends Xy {
  readonly atMs: number
}

type Mode =
  | { readonly kind: 'idle' }
  /** One finger that has not moved yet. */
  | { readonly kind: 'press'; readonly start: Tap; readonly isSecond: boolean }
  | { readonly kind: 'pan'; readonly samples: readonly Sample[] }
  | {
      readonly kind: 'pinch'
      readonly sinceMs: number
      /** Distance and angle of the fingers from which growth and turn are counted; undefined in the dead zone. */
      readonly zoom: { readonly distance: number; readonly isOn: boolean }
      readonly turn: { readonly angle: number; readonly isOn: boolean }
      readonly hasMoved: boolean
    }
  | { readonly kind: 'fling'; readonly velocity: Xy; readonly atMs: number }

/** What the hand is doing. Plain data: a step gives the next one. */
export interface GestureState {
  readonly mode: Mode
  readonly touches: readonly TouchPoint[]
  /** A tap that may still become the first of two. */
  readonly waiting?: Tap
}

export type GestureEvent =
  | { readonly kind: 'tap'; readonly x: number; readonly y: number }
  /** Twice as near (2) or as far (0.5) about a place. */
  | { readonly kind: 'zoom'; readonly factor: number; readonly x: number; readonly y: number }
  /** The hand has begun to move the map. */
  | { readonly kind: 'taken' }

export interface GestureStep {
  readonly state: GestureState
  readonly camera: MapCamera
  readonly events: readonly GestureEvent[]
}

/** Where the camera stands on the canvas, and between which scales and in which bounds it may go. */
export interface GestureView {
  readonly middle: Xy
  readonly bounded: (camera: MapCamera) => MapCamera
}

export const idleGesture: GestureState = { mode: { kind: 'idle' }, touches: [] }

/** Whether a finger is on the canvas or the map still moves from one. */
export function isGesturing({ mode }: GestureState): boolean {
  return mode.kind !== 'idle'
}

/**
 * Takes a touch event. One finger pans, and flings when it leaves fast; two pan, pinch and turn, each of
 * the last two after a dead zone; a tap waits whether a second follows, which zooms in; two fingers that
 * tap zoom out. What lies under the fingers stays under them, but at the bounds.
 *
 * @param atMs of the same clock as all other times. O(1).
 */
export function gestureTouch(
  state: GestureState,
  { event, atMs, camera }: { readonly event: MapTouch; readonly atMs: number; readonly camera: MapCamera },
  view: GestureView,
): GestureStep {
  if (event.kind === 'cancel') return { state: withWaiting(idleGesture, state.waiting), camera, events: [] }
  const { touches } = event
  if (event.kind === 'move' && touches.length === state.touches.length) {
    return moved(state, { touches, atMs, camera }, view)
  }
  return fingersChanged(state, { touches, atMs, camera })
}

/** Lets time pass: a fling goes on, a tap that stayed alone is reported. */
export function gestureStep(
  state: GestureState,
  { atMs, camera }: { readonly atMs: number; readonly camera: MapCamera },
  view: GestureView,
): GestureStep {
  const { waiting, mode } = state
  const events: GestureEvent[] = []
  let next = state
  if (waiting && atMs - waiting.atMs > doubleTapMs) {
    events.push({ kind: 'tap', x: waiting.x, y: waiting.y })
    next = withWaiting(state, undefined)
  }
  if (mode.kind !== 'fling') return { state: next, camera, events }
  const elapsedMs = Math.max(0, atMs - mode.atMs)
  const decay = Math.exp(-elapsedMs / flingMs)
  const pathMs = flingMs * (1 - decay)
  const by = { x: mode.velocity.x * pathMs, y: mode.velocity.y * pathMs }
  const free = dragged(camera, by, view)
  const held = view.bounded(free)
  const velocity = { x: mode.velocity.x * decay, y: mode.velocity.y * decay }
  const isAtEdge = Math.hypot(held.x - free.x, held.y - free.y) * camera.scale > 1
  const isOver = isAtEdge || Math.hypot(velocity.x, velocity.y) < endFlingPxPerMs
  const after: Mode = isOver ? { kind: 'idle' } : { kind: 'fling', velocity, atMs }
  return { state: { ...next, mode: after }, camera: held, events }
}

/** Milliseconds until time alone changes something: 0 for the next frame, Infinity for never. */
export function gestureWaitMs({ mode, waiting }: GestureState, atMs: number): number {
  if (mode.kind === 'fling') return 0
  return waiting ? Math.max(1, waiting.atMs + doubleTapMs + 1 - atMs) : Infinity
}

interface Input {
  readonly touches: readonly TouchPoint[]
  readonly atMs: number
  readonly camera: MapCamera
}

function fingersChanged(state: GestureState, { touches, atMs, camera }: Input): GestureStep {
  const [first, second] = touches
  const events: GestureEvent[] = []
  if (first && second) {
    const mode: Mode = {
      kind: 'pinch',
      sinceMs: atMs,
      zoom: { distance: Math.hypot(second.x - first.x, second.y - first.y), isOn: false },
      turn: { angle: Math.atan2(second.y - first.y, second.x - first.x), isOn: false },
      hasMoved: false,
    }
    return { state: { mode, touches }, camera, events: waitingTap(state) }
  }
  if (first) {
    // One finger of two has left, or one stops a fling: it pans, and its way so far does not count as speed.
    const mode: Mode =
      state.mode.kind === 'pinch' || state.mode.kind === 'fling'
        ? { kind: 'pan', samples: [{ x: first.x, y: first.y, atMs }] }
        : {
            kind: 'press',
            start: { x: first.x, y: first.y, atMs },
            isSecond: isSecondTap(state, first, atMs),
          }
    if (isPinchTap(state, atMs)) events.push(zoomOut(state))
    const isSecond = mode.kind === 'press' && mode.isSecond
    return {
      state: { mode, touches },
      camera,
      events: isSecond ? events : [...events, ...waitingTap(state)],
    }
  }
  return lifted(state, { touches, atMs, camera })
}

/** The last finger has left. */
function lifted(state: GestureState, { atMs, camera }: Input): GestureStep {
  const { mode } = state
  if (mode.kind === 'press') {
    const { start, isSecond } = mode
    if (isSecond) {
      return { state: idleGesture, camera, events: [{ kind: 'zoom', factor: 2, x: start.x, y: start.y }] }
    }
    return { state: { ...idleGesture, waiting: { x: start.x, y: start.y, atMs } }, camera, events: [] }
  }
  if (isPinchTap(state, atMs)) return { state: idleGesture, camera, events: [zoomOut(state)] }
  if (mode.kind !== 'pan') return { state: idleGesture, camera, events: [] }
  const velocity = speedOf(mode.samples, atMs)
  if (!velocity) return { state: idleGesture, camera, events: [] }
  return { state: { mode: { kind: 'fling', velocity, atMs }, touches: [] }, camera, events: [] }
}

function moved(state: GestureState, input: Input, view: GestureView): GestureStep {
  const { mode } = state
  const { touches, atMs, camera } = input
  const finger = touches[0]
  if (mode.kind === 'pinch') return pinched({ ...state, mode }, input, view)
  if (!finger) return { state, camera, events: [] }
  if (mode.kind === 'press') {
    const { start } = mode
    if (Math.hypot(finger.x - start.x, finger.y - start.y) <= slopPx) return { state, camera, events: [] }
    // The map starts from under the finger as it is now: no jump by the slop.
    const samples = [{ x: finger.x, y: finger.y, atMs }]
    const first: GestureEvent[] = mode.isSecond ? [{ kind: 'tap', x: start.x, y: start.y }] : []
    return {
      state: { mode: { kind: 'pan', samples }, touches },
      camera,
      events: [...first, { kind: 'taken' }],
    }
  }
  const before = state.touches[0]
  if (mode.kind !== 'pan' || !before) return { state, camera, events: [] }
  const recent = mode.samples.filter((sample) => atMs - sample.atMs <= speedWindowMs)
  const samples = [...recent, { x: finger.x, y: finger.y, atMs }]
  const by = { x: finger.x - before.x, y: finger.y - before.y }
  return {
    state: { mode: { kind: 'pan', samples }, touches },
    camera: view.bounded(dragged(camera, by, view)),
    events: [],
  }
}

type Pinch = Extract<Mode, { kind: 'pinch' }>

function pinched(
  state: GestureState & { readonly mode: Pinch },
  input: Input,
  view: GestureView,
): GestureStep {
  const { mode } = state
  const { touches, camera } = input
  const [a, b] = touches
  const [oldA, oldB] = state.touches
  if (!a || !b || !oldA || !oldB) return { state, camera, events: [] }
  const distance = Math.max(1, Math.hypot(b.x - a.x, b.y - a.y))
  const angle = Math.atan2(b.y - a.y, b.x - a.x)
  const parting = distance / mode.zoom.distance
  const turning = wrapped(angle - mode.turn.angle)
  const zooms = mode.zoom.isOn || Math.max(parting, 1 / parting) > zoomDeadZone
  const turns = mode.turn.isOn || Math.abs(turning) > turnDeadZoneRad
  const middleBefore = { x: (oldA.x + oldB.x) / 2, y: (oldA.y + oldB.y) / 2 }
  const middleNow = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  const under = toLevel(projectionOf(camera, view.middle), middleBefore)
  const changed: MapCamera = {
    ...camera,
    // The step out of the dead zone itself changes nothing: growth and turn begin there.
    scale: mode.zoom.isOn ? camera.scale * parting : camera.scale,
    bearingRad: mode.turn.isOn ? wrapped(camera.bearingRad - turning) : camera.bearingRad,
  }
  const scale = view.bounded(changed).scale
  const shift = Math.hypot(middleNow.x - middleBefore.x, middleNow.y - middleBefore.y)
  const hasMoved = mode.hasMoved || zooms || turns || shift > slopPx / 2
  const next: Pinch = {
    ...mode,
    zoom: zooms ? { distance, isOn: true } : mode.zoom,
    turn: turns ? { angle, isOn: true } : mode.turn,
    hasMoved,
  }
  return {
    state: { mode: next, touches },
    camera: view.bounded(anchored({ ...changed, scale }, under, middleNow, view.middle)),
    events: hasMoved && !mode.hasMoved ? [{ kind: 'taken' }] : [],
  }
}

function dragged(camera: MapCamera, by: Xy, { middle }: GestureView): MapCamera {
  return anchored(camera, camera, { x: middle.x + by.x, y: middle.y + by.y }, middle)
}

/** Pixels per millisecond at which the hand left; undefined when it had come to rest. */
function speedOf(samples: readonly Sample[], atMs: number): Xy | undefined {
  const recent = samples.filter((sample) => atMs - sample.atMs <= speedWindowMs)
  const [first, last] = [recent[0], recent[recent.length - 1]]
  if (!first || !last || last.atMs - first.atMs < 8) return undefined
  const elapsedMs = Math.max(last.atMs, atMs) - first.atMs
  const velocity = { x: (last.x - first.x) / elapsedMs, y: (last.y - first.y) / elapsedMs }
  const speed = Math.hypot(velocity.x, velocity.y)
  if (speed < leastFlingPxPerMs) return undefined
  const share = Math.min(1, mostFlingPxPerMs / speed)
  return { x: velocity.x * share, y: velocity.y * share }
}

function isSecondTap({ waiting }: GestureState, { x, y }: Xy, atMs: number): boolean {
  return (
    waiting !== undefined &&
    atMs - waiting.atMs <= doubleTapMs &&
    Math.hypot(x - waiting.x, y - waiting.y) <= doubleTapPx
  )
}

function isPinchTap({ mode }: GestureState, atMs: number): boolean {
  return mode.kind === 'pinch' && !mode.hasMoved && atMs - mode.sinceMs <= twoFingerTapMs
}

function zoomOut({ touches }: GestureState): GestureEvent {
  const [a, b] = touches
  if (!a || !b) return { kind: 'zoom', factor: 0.5, x: 0, y: 0 }
  return { kind: 'zoom', factor: 0.5, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

function waitingTap({ waiting }: GestureState): GestureEvent[] {
  return waiting ? [{ kind: 'tap', x: waiting.x, y: waiting.y }] : []
}

function withWaiting({ mode, touches }: GestureState, waiting: Tap | undefined): GestureState {
  return waiting ? { mode, touches, waiting } : { mode, touches }
}
