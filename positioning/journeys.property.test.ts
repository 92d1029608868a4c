import test from 'ava'
import { learnMap } from './radio-map/learn-map.ts'
import { locateWalk } from './radio-map/locate-walk.ts'
import { RandomStream } from './random.ts'
import {
  androidReceiver,
  heldPhone,
  stroll,
  truthAt,
  weChatReceiver,
  type Leg,
  type MotionSensors,
} from './simulate/index.ts'
import {
  follow,
  followStrolls,
  heldAndroid,
  placementsOf,
  simulatedMall,
  walkThrough,
  type Comparison,
} from './testing/simulated-mall.ts'

const mall = simulatedMall({ survey: true, seed: 1 })

const carried = (carry: MotionSensors['carry'], holdOffsetRad: number): MotionSensors => ({
  ...heldPhone,
  carry,
  holdOffsetRad,
})

for (const [name, motion, meanM] of [
  ['held in front', heldPhone, 2.5],
  ['in a pocket, a radian off', carried('pocket', 1), 3],
  ['swinging', carried('swinging', 0.3), 4],
] as const) {
  test(`follows a surveyed corridor within ${meanM} m on average with the phone ${name}`, (t) => {
    const followed = followStrolls([mall], { receiver: androidReceiver, motion })
    t.log(JSON.stringify(followed))
    t.true(followed.meanM < meanM, `${followed.meanM} m`)
    t.true(followed.levelRight > 0.98)
    t.true(followed.withinRadius > 0.85)
  })
}

test('follows with what a mini-program gives: a batch a second and a compass', (t) => {
  const motion: MotionSensors = { ...heldPhone, interface: 'mini-program' }
  const followed = followStrolls([mall], { receiver: weChatReceiver, motion })
  t.log(JSON.stringify(followed))
  t.true(followed.meanM < 3, `${followed.meanM} m`)
})

test('follows without any motion, and says that it rests on beacons alone', (t) => {
  const phone = { receiver: androidReceiver }
  const followed = followStrolls([mall], phone)
  t.log(JSON.stringify(followed))
  t.true(followed.meanM < 8, `${followed.meanM} m`)
  const plan = stroll(mall.building, { level: 'L1', crossingCount: 2, tMs: 0 }, new RandomStream(1))
  const compared = follow(mall.newTracker(1), walkThrough(mall, { ...plan, phone }, 1))
  t.true(compared.every(({ fix }) => !fix?.basis.motion))
})

for (const { connector, to, before, after } of [
  { connector: 'lift east', to: 'L4', before: { x: 82.5, y: 17.5 }, after: { x: 82.5, y: 52.5 } },
  { connector: 'escalator L2-L3', to: 'L3', before: { x: 40, y: 17.5 }, after: { x: 40, y: 52.5 } },
  { connector: 'stairs L2-L3', to: 'L3', before: { x: 17.5, y: 17.5 }, after: { x: 17.5, y: 52.5 } },
]) {
  test(`knows the new level within ten seconds of stepping off the ${connector}`, (t) => {
    for (let seed = 0; seed < 3; seed++) {
      const legs: Leg[] = [
        { kind: 'walk', to: before },
        { kind: 'ride', connector, to },
        { kind: 'walk', to: after },
        { kind: 'stand', forMs: 10000 },
      ]
      const walk = walkThrough(mall, { departure: { level: 'L2', x: 60, y: 17.5, tMs: 0 }, legs }, seed)
      const compared = follow(mall.newTracker(seed), walk)
      const ride = walk.truth.filter(({ activity }) => connector.startsWith(activity))
      const offMs = ride[ride.length - 1]!.tMs
      for (const { tMs, fix } of compared) {
        if (tMs > 8000 && tMs < ride[0]!.tMs)
          t.is(fix?.level, 'L2', `seed ${seed}, before the ride, ${tMs} ms`)
        if (tMs > offMs + 10000) t.is(fix?.level, to, `seed ${seed}, ${tMs - offMs} ms after the ride`)
      }
    }
  })
}

test('finds a phone again within fifteen seconds that was carried off while it slept', (t) => {
  for (let seed = 0; seed < 4; seed++) {
    const there = { level: 'L4', x: 82.5, y: 52.5 }
    const legs: Leg[] = [
      { kind: 'walk', to: { x: 60, y: 17.5 } },
      { kind: 'jump', to: there },
      { kind: 'walk', to: { x: 82.5, y: 17.5 } },
    ]
    const walk = walkThrough(mall, { departure: { level: 'L1', x: 17.5, y: 17.5, tMs: 0 }, legs }, seed)
    const jumpMs = walk.truth.find(({ level }) => level === 'L4')!.tMs
    const compared = follow(mall.newTracker(seed), walk)
    t.true(compared.find(({ tMs }) => tMs > jumpMs - 1000)!.errorM < 10, `seed ${seed}: was found before`)
    for (const { tMs, errorM, levelRight } of compared.filter(
      (comparison) => comparison.tMs > jumpMs + 15000,
    )) {
      t.true(levelRight && errorM < 10, `seed ${seed}: ${errorM} m, ${tMs - jumpMs} ms after the jump`)
    }
  }
})

test('is less sure the longer it hears nothing, and sure again afterwards', (t) => {
  for (let seed = 0; seed < 3; seed++) {
    const legs: Leg[] = [
      { kind: 'walk', to: { x: 82.5, y: 17.5 } },
      { kind: 'walk', to: { x: 82.5, y: 52.5 } },
      { kind: 'walk', to: { x: 17.5, y: 52.5 } },
    ]
    const silences = [{ fromMs: 30000, toMs: 75000 }]
    const plan = {
      departure: { level: 'L3', x: 17.5, y: 17.5, tMs: 0 },
      legs,
      phone: { ...heldAndroid, silences },
    }
    const walk = walkThrough(mall, plan, seed)
    const compared = follow(mall.newTracker(seed), walk)
    const at = (tMs: number): Comparison => compared.find((comparison) => comparison.tMs >= tMs)!
    const radii = [29000, 45000, 60000, 74000].map((tMs) => at(tMs).fix?.radiusM ?? 0)
    t.true(
      radii[1]! > radii[0]! && radii[2]! > radii[1]! && radii[3]! > radii[2]!,
      `seed ${seed}: ${radii.join(', ')} m`,
    )
    t.true(at(74000).errorM < radii[3]!, `seed ${seed}: ${at(74000).errorM} m away, radius ${radii[3]} m`)
    t.true((at(74000).fix?.basis.silenceMs ?? 0) > 40000)
    t.true(at(90000).errorM < 10, `seed ${seed}: ${at(90000).errorM} m, fifteen seconds after the silence`)
    t.is(truthAt(walk, 90000).level, 'L3')
  }
})

test('locates a walk whose places nobody noted, and nothing where nothing was heard', (t) => {
  const parts = { model: mall.model, walkable: mall.raster, seed: 1 }
  const plan = stroll(mall.building, { level: 'L2', crossingCount: 3, tMs: 0 }, new RandomStream(5))
  const walk = walkThrough(mall, plan, 5)
  const paths = locateWalk(parts, walk.events, 1)
  t.true(Math.abs(paths.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9)
  const errorsM: number[] = []
  for (const path of paths) {
    t.is(mall.model.grid.levels[path.levelIndex]!.id, 'L2')
    for (let tMs = path.fromMs; tMs <= path.toMs; tMs += 1000) {
      const point = path.at(tMs)
      const truth = truthAt(walk, tMs)
      if (point) errorsM.push(Math.hypot(point.x - truth.x, point.y - truth.y))
    }
  }
  const meanM = errorsM.reduce((sum, errorM) => sum + errorM, 0) / errorsM.length
  t.log(`${errorsM.length} places, ${meanM} m off on average`)
  t.true(errorsM.length > 8 * 20 && meanM < 3)
  const deaf = walk.events.filter(({ kind }) => kind !== 'beacon')
  t.deepEqual(locateWalk(parts, deaf, 1), [])
})

test('learns from walks whose places nobody noted where they went, by the registry alone', (t) => {
  const { grid } = mall.model
  const walks = [5, 6, 7].map((seed) => {
    const plan = stroll(mall.building, { level: 'L2', crossingCount: 2, tMs: 0 }, new RandomStream(seed))
    return walkThrough(mall, plan, seed)
  })
  const learned = learnMap({
    grid,
    walkable: mall.raster,
    placements: placementsOf(mall.venue.beacons),
    survey: [],
    unlabelled: walks.map(({ events }) => events),
  })
  const truths = walks.flatMap(({ truth }) => truth)
  let [walkedS, learnedS, rightS] = [0, 0, 0]
  for (const { truth } of walks) walkedS += (truth[truth.length - 1]!.tMs - truth[0]!.tMs) / 1000
  learned.seconds.forEach((seconds, c) => {
    if (seconds === 0) return
    const level = grid.levels[grid.levelOf[c]!]!.id
    const isNear = truths.some(
      (truth) => truth.level === level && Math.hypot(truth.x - grid.xOf(c), truth.y - grid.yOf(c)) < 5,
    )
    learnedS += seconds
    if (isNear) rightS += seconds
  })
  t.log(`${learnedS} of ${walkedS} s learned, ${rightS} within 5 m of where they walked`)
  t.true(learnedS > 0.6 * walkedS && learnedS <= walkedS)
  t.true(rightS > 0.65 * learnedS)
})
