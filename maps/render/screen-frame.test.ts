import test from 'ava'
import fc from 'fast-check'
import type { Polygon } from 'geojson'
import { levelGeoJson } from './level-geojson.ts'
import { isUnit } from './level-map.ts'
import { cameraFor } from './camera.ts'
import { demoMall } from '../demo/index.ts'
import { restingBearing, screenFrame } from './screen-frame.ts'
import { ringsOf } from './shape.ts'
import { spansAt } from './spans.ts'
import { treadsOf } from './treads.ts'

const metre = 1 / 111319.49
const cosine = Math.cos((30 / 180) * Math.PI)

/** A rectangle of metres at (120, 30), its long side turned counter-clockwise from east. */
function turned(width: number, height: number, angleDeg: number): Polygon {
  const [cos, sin] = [Math.cos((angleDeg / 180) * Math.PI), Math.sin((angleDeg / 180) * Math.PI)]
  const corners = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
    [0, 0],
  ] as const
  const ring = corners.map(([x, y]) => [
    120 + ((x * cos - y * sin) * metre) / cosine,
    30 + (x * sin + y * cos) * metre,
  ])
  return { type: 'Polygon', coordinates: [ring] }
}

const bearing = fc.double({ min: -180, max: 180, noNaN: true })

test('the compass bearing points up', (t) => {
  const frame = screenFrame(turned(100, 50, 0), 90)
  const middle = frame.toLonLat({ x: 0, y: 0 })
  const east = frame.toScreen([middle[0] + metre / cosine, middle[1]])
  t.true(Math.abs(east.x) < 1e-6 && Math.abs(east.y - 1) < 1e-3, JSON.stringify(east))
})

test('screen and globe turn into each other, whatever way is up', (t) => {
  const side = fc.double({ min: -200, max: 200, noNaN: true })
  fc.assert(
    fc.property(bearing, side, side, (up, x, y) => {
      const frame = screenFrame(turned(100, 50, 10), up)
      const back = frame.toScreen(frame.toLonLat({ x, y }))
      t.true(Math.hypot(back.x - x, back.y - y) < 1e-6)
    }),
  )
})

test('a building comes to lie straight: long side along the screen, north as near to up as may be', (t) => {
  for (const angle of [0, 12, 44, 46, 80, 91, 135, 179]) {
    for (const portrait of [false, true]) {
      const outline = turned(200, 90, angle)
      const up = restingBearing(outline, portrait)
      t.true(up > -90.001 && up <= 90.001, String(up))
      const frame = screenFrame(outline, up)
      const points = outline.coordinates[0]!.map(frame.toScreen)
      const wide = Math.max(...points.map(({ x }) => x)) - Math.min(...points.map(({ x }) => x))
      t.true(Math.abs(wide - (portrait ? 90 : 200)) < 0.5, `${String(angle)} ${String(wide)}`)
    }
  }
})

test('the camera shows all points in the free area, as large as it allows', (t) => {
  const point = fc.tuple(
    fc.double({ min: -90, max: 90, noNaN: true }),
    fc.double({ min: -60, max: 60, noNaN: true }),
  )
  const outline = turned(200, 120, 0)
  fc.assert(
    fc.property(bearing, fc.array(point, { minLength: 2, maxLength: 8 }), (up, places) => {
      const frame = screenFrame(outline, up)
      const points = places.map(([x, y]) => frame.toLonLat({ x, y }))
      const free = { left: 400, top: 60, right: 1380, bottom: 870 }
      const viewport = { width: 1440, height: 900, free }
      const camera = cameraFor(points, frame, viewport, { least: 0.1, most: 8 })!
      const middle = frame.toScreen(camera.center)
      const onScreen = points.map((lonLat) => {
        const { x, y } = frame.toScreen(lonLat)
        return { x: 720 + (x - middle.x) * camera.scale, y: 450 - (y - middle.y) * camera.scale }
      })
      for (const { x, y } of onScreen) {
        t.true(x > free.left - 1 && x < free.right + 1 && y > free.top - 1 && y < free.bottom + 1)
      }
      const span = (values: number[]) => Math.max(...values) - Math.min(...values)
      const fills = Math.max(span(onScreen.map(({ x }) => x)) / 980, span(onScreen.map(({ y }) => y)) / 810)
      t.true(camera.scale > 7.999 || Math.abs(fills - 1) < 0.01)
    }),
  )
  t.is(
    cameraFor(
      [],
      screenFrame(outline, 0),
      { width: 9, height: 9, free: { left: 0, top: 0, right: 9, bottom: 9 } },
      { least: 1, most: 2 },
    ),
    undefined,
  )
})

test('treads lie inside their escalator and square to it', (t) => {
  const archive = demoMall()
  const level = levelGeoJson(
    archive,
    archive.features.level.find(({ properties }) => properties.ordinal === 1)!.id,
  )!
  const outline = level.features[0]!.geometry
  if (outline.type !== 'Polygon' && outline.type !== 'MultiPolygon') throw new Error('no outline')
  const frame = screenFrame(outline, 0)
  const treads = treadsOf(level, frame).coordinates
  t.true(treads.length > 40)
  const steps = level.features
    .filter(isUnit)
    .filter(({ properties }) => ['escalator', 'stairs'].includes(properties.k))
  for (const [from, to] of treads) {
    const [a, b] = [frame.toScreen(from!), frame.toScreen(to!)]
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    const inside = steps.some(({ geometry }) =>
      spansAt(ringsOf(geometry, frame), middle.y).some(
        ([left, right]) => left <= middle.x && middle.x <= right,
      ),
    )
    t.true(inside)
  }
})
