import type { Xy } from '../model/index.ts'
import type { FreeArea } from '../render/camera.ts'
import { flightAt, flightMs, frameElapsedMs } from './flight.ts'
import type { Flight } from './flight.ts'
import { gestureStep, gestureTouch, gestureWaitMs, idleGesture, isGesturing } from './gestures.ts'
import type { GestureEvent, GestureStep, GestureView } from './gestures.ts'
import type { ShownHere } from './here.ts'
import type { Follow, MapCamera, MapTouch } from './map-canvas-types.ts'
import { anchored, projectionOf, toLevel, wrapped } from './projection.ts'

/** Pixels per metre between which one may zoom, beside what shows the whole level. */
export const scaleLimits = { least: 0.6, most: 20 } as const

/** Scale at which following begins when the map stands farther off, and while one's heading is up. */
const followScale = { position: 3.9, heading: 6.1 } as const

/** The person stands this far down the free area while their heading is up: what lies ahead is what counts. */
const headingDown = 0.78

/** Time constants with which the camera goes along. */
const followMs = { position: 220, bearing: 320 } as const

/** Scale and bearing must stand still this long before the ground is drawn anew for them. */
const restMs = 110

/** A heading vaguer than this does not turn the map. */
const vagueRad = Math.PI / 4

/** Where the camera is, and everything that moves it: the hand, a flight, following. */
export class CameraControl {
  camera: MapCamera = { x: 0, y: 0, scale: 1, bearingRad: 0 }
  following: Follow = 'off'
  private free: FreeArea
  private bounds: readonly [number, number, number, number] = [0, 0, 0, 0]
  private leastScale: number = scaleLimits.least
  private gesture = idleGesture
  private flight: Flight | undefined
  private steppedMs = -Infinity
  private changedMs = -Infinity
  private readonly onEvent: (event: GestureEvent) => void

  /** @param onEvent told about taps, and that the hand has taken the map. */
  constructor(free: FreeArea, onEvent: (event: GestureEvent) => void) {
    this.free = free
    this.onEvent = onEvent
  }

  /** Where the camera's point stands on the canvas. */
  get middle(): Xy {
    const { left, right, top, bottom } = this.free
    return {
      x: (left + right) / 2,
      y: top + (bottom - top) * (this.following === 'heading' ? headingDown : 0.5),
    }
  }

  /** Another level: its bounds, and the scale that shows the whole of it. */
  setBounds(bounds: readonly [number, number, number, number], wholeScale: number): void {
    this.bounds = bounds
    this.leastScale = Math.min(scaleLimits.least, wholeScale * 0.7)
  }

  /** Another free area: the picture stays where it is. */
  setFree(free: FreeArea): void {
    this.keepingPicture(() => {
      this.free = free
    })
  }

  /** Moves the camera: in a flight when a time is given. */
  moveTo(change: Partial<MapCamera>, atMs: number | undefined, durationMs: number = flightMs.move): void {
    const to = this.bounded({ ...this.camera, ...change })
    if (atMs === undefined) {
      this.flight = undefined
      this.camera = to
      return
    }
    this.flight = { from: this.camera, to, startMs: atMs, durationMs }
  }

  /** Nearer or farther about a place of the canvas. */
  zoomAbout(place: Xy, factor: number, atMs: number | undefined): void {
    const target = this.flight?.to.scale ?? this.camera.scale
    const { scale } = this.bounded({ ...this.camera, scale: target * factor })
    const under = toLevel(projectionOf(this.camera, this.middle), place)
    this.moveTo(anchored({ ...this.camera, scale }, under, place, this.middle), atMs, flightMs.zoom)
  }

  setFollow(follow: Follow, here: ShownHere | undefined, atMs: number | undefined): void {
    this.keepingPicture(() => {
      this.following = follow
    })
    if (follow === 'off' || !here) return
    const scale = Math.max(this.camera.scale, followScale[follow])
    const bearingRad =
      follow === 'heading' ? (here.headingRad ?? this.camera.bearingRad) : this.camera.bearingRad
    this.moveTo({ x: here.x, y: here.y, scale, bearingRad }, atMs)
  }

  touch(event: MapTouch, atMs: number): void {
    this.flight = undefined
    this.apply(gestureTouch(this.gesture, { event, atMs, camera: this.camera }, this.view), atMs)
  }

  /**
   * Lets time pass.
   * @param here where the person is on this level, for following
   * @returns milliseconds until the camera or a tap wants another frame
   */
  step(atMs: number, here: ShownHere | undefined): number {
    const before = this.camera
    const elapsedMs = frameElapsedMs(this.steppedMs, atMs)
    this.steppedMs = atMs
    this.apply(gestureStep(this.gesture, { atMs, camera: this.camera }, this.view), atMs)
    if (this.flight) {
      this.camera = flightAt(this.flight, atMs)
      if (atMs >= this.flight.startMs + this.flight.durationMs) this.flight = undefined
    } else if (here && this.following !== 'off' && !isGesturing(this.gesture)) {
      this.goAlong(here, elapsedMs)
    }
    if (before.scale !== this.camera.scale || before.bearingRad !== this.camera.bearingRad)
      this.changedMs = atMs
    if (this.flight || before !== this.camera) return 0
    const restsInMs = this.changedMs + restMs - atMs
    return Math.min(gestureWaitMs(this.gesture, atMs), restsInMs > 0 ? restsInMs : Infinity)
  }

  /** Whether scale or bearing are likely to change in the next frame. */
  isMoving(atMs: number): boolean {
    return atMs - this.changedMs < restMs
  }

  private get view(): GestureView {
    return { middle: this.middle, bounded: (camera) => this.bounded(camera) }
  }

  private apply({ state, camera, events }: GestureStep, atMs: number): void {
    this.gesture = state
    // A pinch while following grows about the person; what else it does is taken back by going along.
    if (camera.scale !== this.camera.scale || camera.bearingRad !== this.camera.bearingRad)
      this.changedMs = atMs
    this.camera = camera
    for (const event of events) this.onEvent(event)
  }

  private goAlong(here: ShownHere, elapsedMs: number): void {
    const { camera } = this
    const share = 1 - Math.exp(-elapsedMs / followMs.position)
    const isSure = here.headingRad !== undefined && here.halfConeRad <= vagueRad
    const turn = this.following === 'heading' && isSure ? wrapped(here.headingRad - camera.bearingRad) : 0
    const [dx, dy] = [here.x - camera.x, here.y - camera.y]
    // Less than half a pixel and a fifth of a degree is nothing to redraw for.
    if (Math.hypot(dx, dy) * camera.scale < 0.5 && Math.abs(turn) < 0.004) return
    const turnShare = 1 - Math.exp(-elapsedMs / followMs.bearing)
    this.camera = {
      ...camera,
      x: camera.x + dx * share,
      y: camera.y + dy * share,
      bearingRad: wrapped(camera.bearingRad + turn * turnShare),
    }
  }

  private bounded(camera: MapCamera): MapCamera {
    const [west, south, east, north] = this.bounds
    return {
      x: Math.max(west, Math.min(east, camera.x)),
      y: Math.max(south, Math.min(north, camera.y)),
      scale: Math.max(this.leastScale, Math.min(scaleLimits.most, camera.scale)),
      bearingRad: wrapped(camera.bearingRad),
    }
  }

  /** Runs a change that moves the middle, and lets the camera look so that the picture stands still. */
  private keepingPicture(change: () => void): void {
    const before = this.middle
    change()
    const point = toLevel(projectionOf(this.camera, before), this.middle)
    if (this.flight) this.flight = undefined
    this.camera = { ...this.camera, ...point }
  }
}
