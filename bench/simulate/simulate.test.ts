import test from 'ava'
import { RandomStream } from '../../positioning/index.ts'
import type { BeaconSketch } from '../../positioning/simulate/index.ts'
import { withFaults } from './hear.ts'
import { Lost, troubledFetch } from './network.ts'
import { planMall } from './plan.ts'
import type { PlanOptions, Town } from './plan.ts'
import { virtualTime } from './time.ts'

const ids = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind} ${i}`)
const town: Town = {
  shops: ids('shop', 40),
  food: ids('shop', 8),
  bays: ids('bay', 100),
  entrances: ids('door', 4),
}
const options: PlanOptions = { seed: 7, mallHours: 20, shoppersPerHour: 40, trouble: 1 }

test('one seed is one plan to the last bit, another seed is another day', (t) => {
  const plan = planMall(town, options)
  t.deepEqual(planMall(town, options), plan)
  t.notDeepEqual(planMall(town, { ...options, seed: 8 }), plan)
  // About 800 arrive; five standard deviations of a Poisson process are 141.
  t.true(Math.abs(plan.shoppers.length - 800) < 141, String(plan.shoppers.length))
})

test('a day meets every kind of trouble, and a day without trouble none', (t) => {
  const troubled = planMall(town, options).shoppers
  const kinds: Record<string, (shopper: (typeof troubled)[number]) => boolean> = {
    deaf: ({ phone }) => phone.deaf !== undefined,
    killed: ({ phone }) => phone.killed !== undefined,
    saving: ({ phone }) => phone.scanEveryS > 1,
    'clock off': ({ phone }) => Math.abs(phone.clockOffMs) > 1000,
    withdrawn: ({ phone }) => phone.withdrawsMs !== undefined,
    'without sockets': ({ phone }) => !phone.hasSocket,
    'lost, twice, late': ({ network }) => network.lost > 0 && network.twice > 0 && network.straggles > 0,
    'plate unread': ({ car }) => car?.isUnread === true,
    'barrier late': ({ car }) => (car?.entryLateMs ?? 0) > 0,
    'told twice': ({ car }) => car?.isToldTwice === true,
  }
  const calm = planMall(town, { ...options, trouble: 0 })
  for (const [name, has] of Object.entries(kinds)) {
    t.true(troubled.some(has), name)
    t.false(calm.shoppers.some(has), `${name}, on a calm day`)
  }
  t.deepEqual(calm.beaconFaults, [])
  t.true(troubled.some(({ isErased }) => isErased) && troubled.some(({ car }) => car?.pays === 'twice'))
})

test('plates are such as the server reads, and ids of cars are never drawn twice', (t) => {
  const cars = planMall(town, options).shoppers.flatMap(({ car }) => car ?? [])
  for (const { plate } of cars) t.regex(plate, /^\p{Script=Han}[A-Z](?![IO])[A-Z]{2}\d{3}$/u)
  t.is(new Set(cars.flatMap(({ entryId, exitId }) => [entryId, exitId])).size, 2 * cars.length)
})

test('virtual time leaps to whoever waits for the earliest moment, and never back', async (t) => {
  const clock = { nowMs: 1000 }
  const time = virtualTime(clock)
  const seen: string[] = []
  const life = (name: string, everyMs: number, times: number) => async () => {
    for (let n = 1; n <= times; n++) {
      await time.until(1000 + n * everyMs)
      // What a request takes of this machine's time is nothing of the mall's.
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(`${name} ${time.nowMs()}`)
    }
  }
  await Promise.all([time.live(life('a', 3_600_000, 2)), time.live(life('b', 2_400_000, 3))])
  t.deepEqual(seen, ['b 2401000', 'a 3601000', 'b 4801000', 'a 7201000', 'b 7201000'])
  time.end()
  await time.until(9e15)
  t.is(clock.nowMs, 7_201_000)
})

test('beacons die, weaken, are carried off and copied, and the registry’s list stays as it was', (t) => {
  const beacons = ids('beacon', 4).map((id, x): BeaconSketch => ({
    id,
    level: 'F1',
    x,
    y: 0,
    heightM: 3,
    powerAt1mDbm: -59,
    intervalMs: 500,
  }))
  const hanging = withFaults(beacons, [
    { kind: 'weak', share: 0.8 },
    { kind: 'moved', share: 0 },
    { kind: 'cloned', share: 0.3 },
    { kind: 'dead', share: 0.5 },
  ])
  t.deepEqual(
    hanging.map(({ id, x, powerAt1mDbm }) => [id, x, powerAt1mDbm]),
    [
      ['beacon 0', 2, -59],
      ['beacon 1', 1, -59],
      ['beacon 3', 3, -77],
      ['beacon 1', 3, -59],
    ],
  )
  t.is(beacons[0]?.x, 0)
})

test.serial(
  'a network loses requests and answers, doubles them, and delivers some after others',
  async (t) => {
    const arrived: string[] = []
    const original = globalThis.fetch
    t.teardown(() => {
      globalThis.fetch = original
    })
    globalThis.fetch = (url) => {
      arrived.push(url as string)
      return Promise.resolve(new Response('{}'))
    }
    const ask = (of: ReturnType<typeof troubledFetch>, url: string) => of(url, { method: 'GET', headers: {} })
    const calm = { lost: 0, answerLost: 0, twice: 0, straggles: 0 }
    const network = (plan: Partial<typeof calm>) => troubledFetch({ ...calm, ...plan }, new RandomStream(1))

    await t.throwsAsync(ask(network({ lost: 100 }), 'lost'), { instanceOf: Lost })
    t.deepEqual(arrived.splice(0), [])
    await t.throwsAsync(ask(network({ answerLost: 100 }), 'unanswered'), { instanceOf: Lost })
    await ask(network({ twice: 100 }), 'twice')
    t.deepEqual(arrived.splice(0), ['unanswered', 'twice', 'twice'])
    const late = network({ straggles: 100 })
    for (const url of ['1', '2', '3', '4']) await ask(late, url)
    t.deepEqual(arrived, ['1', '2', '3', '1', '4'])
  },
)
