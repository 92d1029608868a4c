import test from 'ava'
import fc from 'fast-check'
import type { Position } from 'geojson'
import { roofOf } from './bodies.ts'
import { cameraFor } from './camera.ts'
import type { Camera, Viewport } from './camera.ts'
import { screenFrame } from './screen-frame.ts'
import { tiltedCameraFor } from './tilted-camera.ts'

const area = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [120.05, 30.29],
      [120.054, 30.29],
      [120.054, 30.292],
      [120.05, 30.292],
      [120.05, 30.29],
    ],
  ],
}

/** Where a camera sees a point, by the textbook: turn, tilt, move back, divide by the depth. */
function pictureOf(point: Position, bearingDeg: number, camera: Camera, viewport: Viewport) {
  const frame = screenFrame(area, bearingDeg)
  const [at, middle] = [frame.toScreen(point), frame.toScreen(camera.center)]
  const [x, y] = [(at.x - middle.x) * camera.scale, (at.y - middle.y) * camera.scale]
  const pitch = (tilt.pitchDeg / 180) * Math.PI
  const distance = viewport.height / 2 / Math.tan((tilt.fovDeg / 360) * Math.PI)
  const depth = distance + y * Math.sin(pitch)
  return {
    x: viewport.width / 2 + (x * distance) / depth,
    y: viewport.height / 2 - (y * Math.cos(pitch) * distance) / depth,
  }
}

const tilt = { pitchDeg: 44, fovDeg: 18 }
const limits = { ...tilt, least: 0.1, most: 50 }
const corners = area.coordinates[0]!

test('shows every corner inside the free area, and touches it, whichever way the map is turned', (t) => {
  const px = fc.integer({ min: 0, max: 200 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 359 }), px, px, px, (bearing, left, top, bottom) => {
      const viewport = {
        width: 1080,
        height: 1400,
        free: { left, top: top * 2, right: 1080 - 30, bottom: 1400 - bottom * 3 },
      }
      const { free } = viewport
      const camera = tiltedCameraFor(corners, screenFrame(area, bearing), viewport, limits)!
      const seen = corners.map((point) => pictureOf(point, bearing, camera, viewport))
      const slack = [
        Math.min(...seen.map(({ x }) => x)) - free.left,
        free.right - Math.max(...seen.map(({ x }) => x)),
        Math.min(...seen.map(({ y }) => y)) - free.top,
        free.bottom - Math.max(...seen.map(({ y }) => y)),
      ]
      t.true(Math.min(...slack) > -1, `outside by ${String(Math.min(...slack))} px at ${String(bearing)}°`)
      t.true(Math.min(...slack) < 1, 'could be larger')
      t.true(Math.abs(slack[0]! - slack[1]!) < 2 && Math.abs(slack[2]! - slack[3]!) < 2, 'not in the middle')
    }),
    { numRuns: 60 },
  )
})

test('seen from straight above it is the camera of a flat map', (t) => {
  const viewport = { width: 390, height: 700, free: { left: 10, top: 90, right: 380, bottom: 500 } }
  const frame = screenFrame(area, 33)
  const flat = cameraFor(corners, frame, viewport, limits)!
  const tilted = tiltedCameraFor(corners, frame, viewport, { ...limits, pitchDeg: 0 })!
  t.true(Math.abs(tilted.scale / flat.scale - 1) < 1e-6)
  t.true(Math.hypot(tilted.center[0] - flat.center[0], tilted.center[1] - flat.center[1]) < 1e-8)
})

test('comes no nearer than it may and answers nothing without room', (t) => {
  const viewport = { width: 1080, height: 1400, free: { left: 0, top: 0, right: 1080, bottom: 1400 } }
  const frame = screenFrame(area, 0)
  t.is(tiltedCameraFor([corners[0]!], frame, viewport, { ...limits, most: 7 })!.scale, 7)
  t.is(tiltedCameraFor([], frame, viewport, limits), undefined)
  const none = { ...viewport, free: { left: 500, top: 0, right: 400, bottom: 1400 } }
  t.is(tiltedCameraFor(corners, frame, none, limits), undefined)
})

test('a roof stands back from every wall by the same width, whichever way its ring was drawn', (t) => {
  const frame = screenFrame(area, 0)
  for (const ring of [corners, [...corners].reverse()]) {
    const [roof] = roofOf({ type: 'Polygon', coordinates: [ring] }, frame).coordinates[0]!
    const inside = roof!.map((point) => frame.toScreen(point))
    const wall = corners.map((point) => frame.toScreen(point))
    const [left, right] = [Math.min(...wall.map(({ x }) => x)), Math.max(...wall.map(({ x }) => x))]
    for (const { x, y } of inside) {
      const toWalls = Math.min(
        x - left,
        right - x,
        ...[wall[0]!.y, wall[2]!.y].map((edge) => Math.abs(edge - y)),
      )
      t.true(Math.abs(toWalls - 0.14) < 1e-6, `${String(toWalls)} m`)
    }
  }
})
