import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import type { VenueId } from '../../maps/model/index.ts'
import type { Identity } from '../http/index.ts'
import { newUuid } from '../platform/ids.ts'
import { findRedis, startRedis } from '../testing/redis-server.ts'
import type { News } from './index.ts'
import { until } from '../testing/until.ts'
import { connectClient, startLiveNode } from './testing/live-harness.ts'

const program = findRedis()
const onRedis = program === undefined ? test.serial.skip : test.serial

const venueId = newUuid() as VenueId
const floor = `floor:${venueId}`
const kiosk: Identity = { kind: 'device', id: newUuid(), roles: ['kiosk'], venues: [venueId] }
const shopper: Identity = { kind: 'visitor', id: newUuid(), roles: ['shopper'], venues: 'all' }
const tokens = () =>
  new Map([
    ['kiosk', kiosk],
    ['shopper', shopper],
  ])

onRedis('two nodes show the same, and both end where the last word says', async (t) => {
  const redis = await startRedis(program!)
  t.teardown(() => redis.stop())
  const a = await startLiveNode(t, { redisUrl: redis.url, tokens: tokens() })
  const b = await startLiveNode(t, { redisUrl: redis.url, tokens: tokens() })
  const heard: News[] = []
  for (const node of [a, b]) node.realtime.onNews((news) => heard.push(news))
  const kioskOfA = await connectClient(t, a.address, { namespace: 'kiosk', token: 'kiosk' })
  const kioskOfB = await connectClient(t, b.address, { namespace: 'kiosk', token: 'kiosk' })
  const followers = [kioskOfA.follow(floor), kioskOfB.follow(floor)]
  await until('both know', () => followers.every((one) => one.known()))
  // Both at once, to the same keys: every order is right, but it has to be one.
  for (let round = 0; round < 200; round++) {
    a.realtime.publish({ stream: floor, set: { last: `a ${String(round)}`, [`a${String(round)}`]: 1 } })
    b.realtime.publish({ stream: floor, set: { last: `b ${String(round)}`, [`b${String(round)}`]: 1 } })
    if (round % 20 === 0) await delay(1)
  }
  await until('all keys are there', () => followers.every((one) => one.state().size === 401))
  t.deepEqual(Object.fromEntries(followers[0]!.state()), Object.fromEntries(followers[1]!.state()))
  const news = { topic: 'campaign.changed', venueId, payload: { id: 'x' } }
  await a.realtime.deliver([], [news])
  await until('both heard', () => heard.length === 2)
  t.deepEqual(heard, [news, news])
})

onRedis('ends the connections of an identity on every node', async (t) => {
  const redis = await startRedis(program!)
  t.teardown(() => redis.stop())
  const a = await startLiveNode(t, { redisUrl: redis.url, tokens: tokens() })
  const b = await startLiveNode(t, { redisUrl: redis.url, tokens: tokens() })
  const onA = await connectClient(t, a.address, { namespace: 'shopper', token: 'shopper' })
  const onB = await connectClient(t, b.address, { namespace: 'shopper', token: 'shopper' })
  const other = await connectClient(t, b.address, { namespace: 'kiosk', token: 'kiosk' })
  await until('ended on both', () => {
    // The adapter tells others only once its own connection listens.
    if (onA.socket.connected || onB.socket.connected)
      a.realtime.endConnections({ kind: 'visitor', id: shopper.id })
    return onA.socket.disconnected && onB.socket.disconnected
  })
  t.true(other.socket.connected)
})

onRedis('reads its streams anew when Redis came back without what was said meanwhile', async (t) => {
  const redis = await startRedis(program!)
  t.teardown(() => redis.stop())
  const node = await startLiveNode(t, { redisUrl: redis.url, tokens: tokens() })
  const table = { value: 1 }
  node.realtime.provide('floor', () => Promise.resolve({ ...table }))
  const client = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  const follower = client.follow(floor)
  await until('the first state', () => follower.state().get('value') === 1)
  await node.realtime.deliver([{ stream: floor, set: { other: true } }])
  await until('a patch', () => follower.state().get('other') === true)
  await redis.kill()
  await until('Redis is away', async () => {
    try {
      await node.realtime.deliver([{ stream: floor, set: { value: 1 } }])
      return false
    } catch {
      return true
    }
  })
  table.value = 2
  await redis.restart()
  await until('the state of the table', () => follower.state().get('value') === 2)
  t.false(follower.state().has('other'))
  await until('patches again', async () => {
    await node.realtime.deliver([{ stream: floor, set: { value: 3 } }]).catch(() => undefined)
    return follower.state().get('value') === 3
  })
})
