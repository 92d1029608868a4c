import test from 'ava'
import fc from 'fast-check'
import { demoMall } from '../demo/index.ts'
import { ringsContain, ringsOf } from '../geometry/index.ts'
import type { LevelId } from '../model/index.ts'
import { isUnit } from '../render/index.ts'
import type { Route } from '../routes/route.ts'
import { BaseLayer, originOf } from './base-layer.ts'
import { openMapCanvas } from './index.ts'
import type { CanvasLevel, MapCanvas, MapCanvasOptions, MapHit } from './index.ts'
import { levelShapes } from './level-shapes.ts'
import { routeLines, stepsBeforeEnd } from './route-line.ts'
import { canvasLevels } from './testing/canvas-levels.ts'
import { namedPalette, RecordingContext, recordingSurface } from './testing/recording-context.ts'
import type { Call } from './testing/recording-context.ts'
import { smallLevel } from './testing/small-level.ts'

const size = { width: 390, height: 600 }
const shop = { k: 'shop', t: 'food', n: { zh: '青禾书店', en: 'Qinghe' } } as const

function floor(id: string, ordinal: number): CanvasLevel {
  return smallLevel({
    id,
    ordinal,
    units: [
      { id: 'shop', walls: [10, 10, 40, 40], properties: shop },
      { walls: [50, 10, 60, 30], properties: { k: 'void' } },
      { walls: [70, 10, 90, 30], properties: { k: 'aux' } },
      { id: 'bay', walls: [70, 60, 72, 65], properties: { k: 'bay', n: { zh: 'B001' } } },
      { walls: [10, 60, 14, 70], properties: { k: 'escalator' } },
    ],
    symbols: [{ id: 'lift', x: 50, y: 80, t: 'lift' }],
    doors: [[20, 40, 30, 40]],
  })
}

const ground = floor('F1', 0)

interface Opened {
  readonly map: MapCanvas
  readonly context: RecordingContext
  /** Draws until no frame is wanted, from this time on; the time it ends at. */
  readonly settle: () => number
}

function open(options: Partial<MapCanvasOptions> = {}, level: CanvasLevel = ground): Opened {
  const context = new RecordingContext()
  const glyphs = { food: 'M1 1H14V14H1Z', lift: 'M1 1H14V14H1Z' }
  const map = openMapCanvas({
    context,
    size,
    dpr: 2,
    palette: namedPalette,
    glyphs,
    fontFamily: 'sans',
    language: 'zh',
    ...options,
  })
  let atMs = 0
  map.setLevel(level, atMs)
  const settle = () => {
    for (let i = 0; i < 500; i++) {
      context.clear()
      if (map.draw((atMs += 16)) === Infinity) return atMs
    }
    throw new Error('the map never comes to rest')
  }
  return { map, context, settle }
}

test('draws in the look’s order: outside, slab, floor, openings, quiet units, bays, shops, doors, treads', (t) => {
  const { map, context, settle } = open()
  map.setCamera({ x: 50, y: 50, scale: 3.5, bearingRad: 0 })
  settle()
  const order = [
    ...['outside', 'side', 'floor', 'edge', 'void', 'void-edge', 'aux', 'wall-2', 'bay', 'bay-line'],
    ...['wall', 't-food', 'wall', 'floor', 'wall'],
  ]
  t.deepEqual(context.colours.slice(0, order.length), order)
  t.deepEqual(context.texts, ['青禾书店'])
})

test('far off there are neither bays nor doors nor treads', (t) => {
  const { map, context, settle } = open()
  map.setCamera({ scale: 1.1 })
  settle()
  t.false(context.colours.includes('bay'))
  // A symbol's edge has the floor's colour too, but is drawn in pixels.
  const isDoor = ({ name, colour, transform }: Call) =>
    name === 'stroke' && colour === 'floor' && transform[0] !== 2
  const strokes = () => context.calls.filter(isDoor).length
  t.is(strokes(), 0)
  map.setCamera({ scale: 1.3 })
  settle()
  t.true(context.colours.includes('bay'))
  map.setCamera({ x: 25, y: 40, scale: 3.3 })
  settle()
  t.is(strokes(), 1, 'the door')
})

test('the first level is shown whole, straight and inside the free area', (t) => {
  const { map, settle } = open()
  map.setFree({ left: 0, top: 200, right: 390, bottom: 500 })
  map.show([])
  settle()
  for (const x of [0, 100]) {
    for (const y of [0, 100]) {
      const at = map.project({ x, y })
      t.true(at.x > 0 && at.x < 390 && at.y > 200 && at.y < 500)
    }
  }
})

test('nothing is drawn while nothing happens, and a tap asks for its frame', (t) => {
  let dirty = 0
  const taps: (MapHit | undefined)[] = []
  const { map, settle } = open({ onDirty: () => dirty++, onTap: (hit) => taps.push(hit) })
  map.setHere({ levelId: 'F1' as LevelId, x: 50, y: 50, radiusM: 4 }, 0)
  const atMs = settle()
  const before = dirty
  const { x, y } = map.project({ x: 15, y: 15 })
  map.touch({ kind: 'start', touches: [{ id: 1, x, y }] }, atMs)
  map.touch({ kind: 'end', touches: [] }, atMs + 50)
  t.true(dirty > before)
  const waitMs = map.draw(atMs + 51)
  t.true(waitMs > 200 && waitMs < 400)
  map.draw(atMs + 51 + waitMs)
  t.deepEqual(taps, [{ kind: 'place', id: 'shop' }])
})

/** A base layer over recording surfaces, and what each pixel of a frame shows. */
function baseLayer() {
  const surface = recordingSurface()
  /** The ground's pixel that each cell of the bitmap begins with, by the cell's corner. */
  const shown = new Map<string, readonly [number, number]>()
  const layer = new BaseLayer(() => surface)
  const shapes = levelShapes(ground)
  const screen = new RecordingContext()
  const frame = (x: number, y: number, scale = 4) => {
    surface.context.clear()
    screen.clear()
    const camera = { x, y, scale, bearingRad: 0.3 }
    const view = {
      level: shapes,
      palette: namedPalette,
      camera,
      middle: { x: 195, y: 300 },
      size,
      dpr: 2,
      isMoving: false,
    }
    layer.draw(screen, view)
    let block: readonly number[] = []
    for (const { name, numbers } of surface.context.calls) {
      if (name === 'rect') block = numbers
      if (name !== 'setTransform' || block.length === 0 || numbers[0] === 1) continue
      const [left = 0, top = 0, width = 0, height = 0] = block
      // The slab is moved down; the outline that is drawn next is not, and comes last for the block.
      for (let cx = left; cx < left + width; cx += 256) {
        for (let cy = top; cy < top + height; cy += 256)
          shown.set(`${cx},${cy}`, [cx - numbers[4]!, cy - numbers[5]!])
      }
    }
    return { origin: originOf(view), images: screen.calls.filter(({ name }) => name === 'drawImage') }
  }
  return { frame, surface, shown }
}

test('wherever one pans, every pixel of the screen shows its own ground', (t) => {
  const step = fc.tuple(
    fc.double({ min: -40, max: 40, noNaN: true }),
    fc.double({ min: -40, max: 40, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (way) => {
      const { frame, shown } = baseLayer()
      let [x, y] = [50, 50]
      for (const [dx, dy] of way) {
        ;[x, y] = [x + dx, y + dy]
        const { origin, images } = frame(x, y)
        let area = 0
        for (const { numbers } of images) {
          const [sx = 0, sy = 0, width = 0, height = 0, left = 0, top = 0] = numbers
          for (let cx = 0; cx < width; cx += 256) {
            for (let cy = 0; cy < height; cy += 256) {
              const [groundX, groundY] = shown.get(`${sx + cx},${sy + cy}`)!
              t.true(Math.abs(groundX - (origin.x + left + cx)) < 1e-6)
              t.true(Math.abs(groundY - (origin.y + top + cy)) < 1e-6)
            }
          }
          const [right, bottom] = [Math.min(780, left + width), Math.min(1200, top + height)]
          area += (right - Math.max(0, left)) * (bottom - Math.max(0, top))
        }
        t.is(area, 780 * 1200, 'the whole screen, once')
      }
    }),
    { numRuns: 40 },
  )
})

test('a frame of panning copies, and draws shapes only for what comes into sight', (t) => {
  const { frame, surface } = baseLayer()
  frame(50, 50)
  let drawn = 0
  for (let x = 50; x < 60; x += 0.1) {
    frame(x, 50)
    drawn += surface.context.calls.filter(({ name }) => name === 'rect').length
  }
  // Ten metres are 80 pixels: at most one column of cells comes into sight and one lies ahead.
  t.true(drawn > 0 && drawn <= 8, String(drawn))
})

test('without a bitmap to draw to, every frame draws the shapes', (t) => {
  const { map, context, settle } = open({ makeSurface: () => undefined })
  settle()
  context.clear()
  map.draw(1e6)
  t.true(context.colours.includes('t-food'))
})

test('labels stay where they are while one pans, and go under what floats', (t) => {
  const { map, context, settle } = open({}, ground)
  map.setCamera({ x: 25, y: 25, scale: 5 })
  settle()
  for (let x = 10; x < 40; x += 1.7) {
    map.setCamera({ x })
    settle()
    t.true(context.texts.includes('青禾书店'), String(x))
    const [label] = context.calls.filter(({ name }) => name === 'fillText')
    t.deepEqual(label!.transform.slice(0, 4), [2, 0, 0, 2], 'upright')
    t.true(Number.isInteger(label!.transform[4]) && Number.isInteger(label!.transform[5]), 'on whole pixels')
  }
  map.setCamera({ x: 25 })
  const { x, y } = map.project({ x: 25, y: 25 })
  map.setObstacles([{ left: x - 20, right: x + 20, top: y, bottom: y + 200 }])
  settle()
  t.false(context.texts.includes('青禾书店'))
})

test('labels stay upright and are told in another language at once', (t) => {
  const { map, context, settle } = open()
  map.setCamera({ x: 25, y: 25, scale: 5, bearingRad: 1.1 })
  map.setLook({ language: 'en' })
  settle()
  const [label] = context.calls.filter(({ name }) => name === 'fillText')
  t.is(label?.text, 'Qinghe')
  t.deepEqual(label?.transform.slice(0, 4), [2, 0, 0, 2])
})

test('the level above arrives from above, the one left goes down; with less motion they swap', (t) => {
  for (const reducedMotion of [false, true]) {
    const { map, context, settle } = open({ makeSurface: recordingSurface, reducedMotion })
    map.setCamera({ x: 25, y: 25, scale: 5 })
    const atMs = settle()
    map.setLevel(floor('F2', 1), atMs)
    context.clear()
    map.draw(atMs + 100)
    const images = context.calls.filter(({ name }) => name === 'drawImage')
    const last = images[images.length - 1]!
    const isOver = last.alpha < 1
    t.is(isOver, !reducedMotion)
    if (isOver) t.true(last.numbers[5]! > 0, 'the old picture moves down')
    settle()
    t.true(context.calls.filter(({ name }) => name === 'drawImage').every(({ alpha }) => alpha === 1))
  }
})

/** A route over two levels: 30 m north, a lift, 10 m east. */
const route = {
  legs: [
    {
      kind: 'walk',
      level: 0,
      points: [
        { x: 50, y: 40 },
        { x: 50, y: 70 },
      ],
      lengthM: 30,
    },
    {
      kind: 'ride',
      connector: 0,
      fromLevel: 0,
      toLevel: 1,
      from: { x: 50, y: 70 },
      to: { x: 50, y: 70 },
      seconds: 20,
    },
    {
      kind: 'walk',
      level: 1,
      points: [
        { x: 50, y: 70 },
        { x: 60, y: 70 },
      ],
      lengthM: 10,
    },
  ],
  lengthM: 40,
} as unknown as Route
const levelIds = ['F1', 'F2'] as LevelId[]

function walked(alongM: number, leg: number) {
  const rest = { remainingM: 0, remainingS: 0, at: { x: 0, y: 0 }, offM: 0, isOff: false }
  return { route, levelIds, progress: { alongM, leg, ...rest } }
}

test('the way behind is grey, the way ahead is not, and each level shows its own', (t) => {
  t.deepEqual(
    routeLines({ route, levelIds }).map(({ levelId, walkedM }) => [levelId, walkedM]),
    [
      ['F1', 0],
      ['F2', 0],
    ],
  )
  t.deepEqual(
    routeLines(walked(12, 0)).map(({ walkedM }) => walkedM),
    [12, 0],
  )
  t.deepEqual(
    routeLines(walked(34, 2)).map(({ walkedM }) => walkedM),
    [30, 4],
  )
  const { map, context } = open({ reducedMotion: true })
  map.setRoute(walked(12, 0), 0)
  map.draw(20)
  const at = (colour: string) => context.colours.indexOf(colour)
  t.true(at('route-case') < at('#9AA4B2') && at('#9AA4B2') < at('route'))
  map.setLevel(floor('F3', 2), 40)
  context.clear()
  map.draw(60)
  t.false(context.colours.includes('route'))
})

test('the way is drawn from the person to its end in 0.7 s, and a lighter stretch runs along it later', (t) => {
  const { map, context, settle } = open()
  const atMs = settle()
  map.setRoute({ route, levelIds }, atMs)
  const reach = (afterMs: number) => {
    context.clear()
    const waitMs = map.draw(atMs + afterMs)
    const from = context.calls.findIndex(({ name, colour }) => name === 'stroke' && colour === 'route-case')
    const lines = context.calls.slice(0, from).filter(({ name }) => name === 'lineTo')
    return { y: lines[lines.length - 1]!.numbers[1]!, waitMs }
  }
  t.true(reach(50).y < 60)
  t.is(reach(50).waitMs, 0)
  const whole = reach(800)
  t.is(whole.y, 70)
  t.true(whole.waitMs > 2000 && whole.waitMs < 2300, 'rests until the highlight runs')
  t.is(reach(3100).waitMs, 0)
})

test('chevrons stand still while the walker comes nearer', (t) => {
  const [line] = routeLines({ route, levelIds })
  const at = (fromM: number) => {
    const found: number[] = []
    stepsBeforeEnd(line!, { fromM, toM: 29, stepM: 4 }, (_x, y) => found.push(y))
    return found
  }
  const all = at(0)
  t.deepEqual(all, [42, 46, 50, 54, 58, 62, 66])
  for (let fromM = 0; fromM < 30; fromM += 1.3)
    t.deepEqual(
      at(fromM),
      all.filter((y) => y - 40 >= fromM),
    )
})

test('the circle of doubt is drawn as large as it is said to be', (t) => {
  const { map, context, settle } = open()
  map.setCamera({ x: 50, y: 50, scale: 5 })
  map.setHere({ levelId: 'F1' as LevelId, x: 50, y: 50, radiusM: 6 }, 0)
  settle()
  const doubt = context.calls.findIndex(({ colour }) => colour === 'here1F')
  t.is(context.calls[doubt - 1]?.name, 'arc')
  t.is(context.calls[doubt - 1]?.numbers[2], 30)
})

test('a badge points at its place, and stays in the free area when the place is out of sight', (t) => {
  const { map, settle } = open()
  map.setFree({ left: 0, top: 100, right: 390, bottom: 500 })
  map.setCamera({ x: 50, y: 50, scale: 6 })
  const badge = { id: 'lift', levelId: 'F1' as LevelId, text: '3 号电梯', chip: 'F4', tone: 'ink' } as const
  for (const [x, y] of [
    [50, 50],
    [-200, 50],
    [300, 300],
    [50, -100],
  ] as const) {
    map.setBadges([{ ...badge, x, y }])
    settle()
    let found = 0
    for (let px = 5; px < 390; px += 5) {
      for (let py = 0; py < 600; py += 5) {
        if (map.hitTest(px, py)?.kind !== 'badge') continue
        found++
        if (py < 100 || py > 500) t.fail(`at ${px}, ${py}`)
      }
    }
    t.true(found > 100, 'it is all there')
  }
})

test('a finger finds the unit it is on, as asking every unit of the level does', (t) => {
  const level = canvasLevels(demoMall()).find(({ ordinal }) => ordinal === 0)!
  const { map, settle } = open({}, level)
  map.setCamera({ scale: 1.1 })
  settle()
  const units = level.map.features.filter(isUnit).filter(({ id }) => id !== undefined)
  const rings = units.map(({ geometry }) => ringsOf(geometry, level.frame))
  const corner = map.project({ x: 0, y: 0 })
  const [east, north] = [map.project({ x: 1, y: 0 }), map.project({ x: 0, y: 1 })]
  const found = new Set<string>()
  for (let step = 0; step < 4000; step++) {
    const [x, y] = [(step * 37) % 300, (step * 61) % 300]
    const at = {
      x: corner.x + (east.x - corner.x) * x + (north.x - corner.x) * y,
      y: corner.y + (east.y - corner.y) * x + (north.y - corner.y) * y,
    }
    const all = units.filter((_, i) => ringsContain(rings[i]!, x, y)).map(({ id }) => id)
    const hit = map.hitTest(at.x, at.y)
    if (hit && hit.kind !== 'place') continue
    if (hit) found.add(hit.id)
    t.true(hit ? all.includes(hit.id) : all.length === 0)
  }
  t.true(found.size > 30)
})

test('a symbol is found before the unit under it, by a finger beside it too', (t) => {
  const { map, settle } = open()
  map.setCamera({ x: 50, y: 50, scale: 3.5 })
  settle()
  const lift = map.project({ x: 50, y: 80 })
  t.deepEqual(map.hitTest(lift.x + 9, lift.y), { kind: 'amenity', id: 'lift' })
})

test('one’s own bay is filled with the way’s colour, what was chosen is outlined in ink', (t) => {
  const { map, context, settle } = open()
  map.setHighlights([{ placeId: 'bay', tone: 'route' }])
  settle()
  t.true(context.calls.some(({ name, colour }) => name === 'fill' && colour === 'route'))
  map.setHighlights([{ placeId: 'shop', tone: 'ink' }])
  settle()
  t.true(context.calls.some(({ name, colour }) => name === 'stroke' && colour === 'ink'))
  t.false(context.colours.includes('route'))
})

test('following that was wished for before the first fix goes there once it comes', (t) => {
  const follows: string[] = []
  const { map, settle } = open({ onFollow: (follow) => follows.push(follow) })
  map.setFollow('position', 0)
  map.setHere({ levelId: 'F1' as LevelId, x: 20, y: 70, radiusM: 3 }, 0)
  const atMs = settle()
  const { x, y, scale } = map.camera()
  t.true(Math.hypot(x - 20, y - 70) < 0.5 && scale >= 3.9)
  map.touch({ kind: 'start', touches: [{ id: 1, x: 100, y: 100 }] }, atMs)
  map.touch({ kind: 'move', touches: [{ id: 1, x: 150, y: 100 }] }, atMs + 16)
  t.deepEqual(follows, ['off'])
})

test('after a rest the person and the camera that follows begin to move, they do not jump', (t) => {
  const { map, settle } = open()
  const levelId = 'F1' as LevelId
  map.setHere({ levelId, x: 40, y: 40, radiusM: 3 }, 0)
  map.setFollow('position', 0)
  const atMs = settle() + 60_000
  map.setHere({ levelId, x: 46, y: 40, radiusM: 3 }, atMs)
  map.draw(atMs)
  t.true(map.camera().x < 43)
  for (let i = 1; i < 200; i++) map.draw(atMs + i * 16)
  t.true(Math.abs(map.camera().x - 46) < 0.3)
})

test('a bitmap of another size is drawn for another screen', (t) => {
  const sizes: number[] = []
  const { map, settle } = open({ makeSurface: (width) => (sizes.push(width), recordingSurface()) })
  settle()
  map.setSize({ width: 800, height: 600 }, 2)
  settle()
  t.is(sizes.length, 2)
  t.true(sizes[1]! >= 1600)
})
