import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import { z } from 'zod'
import { liveFrame, liveLimits } from '../contract/realtime.contract.ts'
import type { LiveAnswer } from '../contract/realtime.contract.ts'
import type { VenueId } from '../../maps/model/index.ts'
import type { Identity } from '../http/index.ts'
import { newUuid } from '../platform/ids.ts'
import { until } from '../testing/until.ts'
import { connectClient, startLiveNode } from './testing/live-harness.ts'

const venueId = newUuid() as VenueId
const otherVenueId = newUuid() as VenueId
const floor = `floor:${venueId}`

const kiosk: Identity = { kind: 'device', id: newUuid(), roles: ['kiosk'], venues: [venueId] }
const staff: Identity = { kind: 'account', id: newUuid(), roles: ['staff'], venues: [venueId] }
const operator: Identity = { kind: 'account', id: newUuid(), roles: ['operator'], venues: 'all' }
const shopper: Identity = { kind: 'visitor', id: newUuid(), roles: ['shopper'], venues: 'all' }
const everyone = { kiosk, staff, operator, shopper }

const tokens = () => new Map<string, Identity>(Object.entries(everyone))

test('lets nobody in without a good token, and into no namespace that is not theirs', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  const refused = async (namespace: 'shopper' | 'kiosk' | 'staff' | 'console', token?: string) =>
    (
      await t.throwsAsync(
        connectClient(t, node.address, { namespace, ...(token === undefined ? {} : { token }) }),
      )
    ).message
  t.is(await refused('kiosk'), 'unauthenticated')
  t.is(await refused('kiosk', 'stolen and ended'), 'unauthenticated')
  t.is(await refused('kiosk', 'x'.repeat(2000)), 'unauthenticated')
  t.is(await refused('kiosk', 'shopper'), 'forbidden')
  t.is(await refused('shopper', 'kiosk'), 'forbidden')
  t.is(await refused('console', 'staff'), 'forbidden')
  t.is(await refused('staff', 'kiosk'), 'forbidden')
  await t.notThrowsAsync(connectClient(t, node.address, { namespace: 'staff', token: 'operator' }))
  t.is(await node.counted('atrium_live_refusals_total', { reason: 'unauthenticated' }), 3)
  t.is(await node.counted('atrium_live_refusals_total', { reason: 'forbidden' }), 4)
})

test('gives each only the streams that are theirs', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  node.realtime.provideMalls((id) => id === venueId)
  const cases = [
    ['shopper', 'shopper', `visitor:${shopper.id}`, true],
    ['shopper', 'shopper', `visitor:${kiosk.id}`, false],
    ['shopper', 'shopper', floor, false],
    ['shopper', 'shopper', `mall:${venueId}`, true],
    ['shopper', 'shopper', `mall:${otherVenueId}`, false],
    ['kiosk', 'kiosk', `mall:${venueId}`, false],
    ['kiosk', 'kiosk', floor, true],
    ['kiosk', 'kiosk', `floor:${otherVenueId}`, false],
    ['kiosk', 'kiosk', `console:${venueId}`, false],
    ['staff', 'staff', `shop:${venueId}:${newUuid()}`, true],
    ['staff', 'staff', `shop:${otherVenueId}:${newUuid()}`, false],
    ['staff', 'staff', `visitor:${shopper.id}`, false],
    ['console', 'operator', `console:${otherVenueId}`, true],
    ['console', 'operator', `visitor:${shopper.id}`, false],
  ] as const
  for (const [namespace, token, stream, allowed] of cases) {
    const client = await connectClient(t, node.address, { namespace, token })
    const answer = await client.ask('follow', { stream })
    t.deepEqual(answer, allowed ? { ok: true } : { refused: 'forbidden' }, `${token} ${stream}`)
    client.socket.disconnect()
  }
  const client = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  for (const stream of ['floor:', `floor:${venueId}x`, 'floor:__proto__', 7, undefined]) {
    t.like(await client.ask('follow', { stream }), { refused: 'invalid-request' })
  }
  t.like(await client.ask('resync', { stream: floor }), { refused: 'forbidden' })
  t.like(await client.ask('fly', {}), { refused: 'unknown-event' })
})

test('gives a snapshot of what the subjects keep, then what changes, no more than five times a second', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  node.realtime.provide('floor', (stream) => Promise.resolve({ of: stream }))
  node.realtime.provide('floor', () => Promise.resolve({ campaigns: [] }))
  const client = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  const follower = client.follow(floor)
  await until('the snapshot', () => follower.known())
  t.deepEqual(Object.fromEntries(follower.state()), { of: floor, campaigns: [] })
  const startedAt = performance.now()
  let value = 0
  while (performance.now() - startedAt < 1_000) {
    node.realtime.publish({ stream: floor, set: { value: ++value } })
    await delay(2)
  }
  await until('the last value', () => follower.state().get('value') === value)
  const deltas = client.frames.filter(({ kind }) => kind === 'delta').length
  const seconds = (performance.now() - startedAt) / 1000
  t.true(
    deltas >= 3 && deltas <= seconds * liveLimits.framesPerS + 1,
    `${String(deltas)} of ${String(value)}`,
  )
  for (const frame of client.frames) t.true(liveFrame.safeParse(frame).success)
  node.realtime.publish({ stream: floor, gone: ['value'] })
  await until('the key is gone', () => !follower.state().has('value'))
})

test('a phone follows what a floor says, without the counts of people', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  node.realtime.provideMalls(() => true)
  node.realtime.provide('floor', (stream) => Promise.resolve({ of: stream, 'here/old/n': 1 }))
  const client = await connectClient(t, node.address, { namespace: 'shopper', token: 'shopper' })
  const follower = client.follow(`mall:${venueId}`)
  await until('the snapshot', () => follower.known())
  t.deepEqual(Object.fromEntries(follower.state()), { of: floor })
  node.realtime.publish({ stream: floor, set: { 'here/zone/n': 7 }, ttlMs: 1000 })
  node.realtime.publish({ stream: floor, set: { campaigns: [1], 'here/zone/n': 8 } })
  await until('the campaigns', () => follower.state().has('campaigns'))
  t.false(follower.state().has('here/zone/n'))
  node.realtime.publish({ stream: floor, gone: ['campaigns'] })
  await until('they are gone', () => !follower.state().has('campaigns'))
})

test('who has missed nothing gets no snapshot, who has missed something gets one', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  node.realtime.publish({ stream: floor, set: { a: 1 }, ttlMs: 60_000 })
  const client = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  await client.ask('follow', { stream: floor })
  await until('a snapshot', () => client.frames.length > 0)
  const { epoch, seq } = client.frames[0]!
  await client.ask('follow', { stream: floor, epoch, seq })
  await until('a beat', () => client.frames.length > 1)
  t.is(client.frames[1]!.kind, 'beat')
  await client.ask('follow', { stream: floor, epoch, seq: seq + 1 })
  await until('a snapshot again', () => client.frames.length > 2)
  t.is(client.frames[2]!.kind, 'snapshot')
  await client.ask('resync', { stream: floor })
  await until('one that was asked for', () => client.frames.length > 3)
  t.is(client.frames[3]!.kind, 'snapshot')
  await client.ask('unfollow', { stream: floor })
  node.realtime.publish({ stream: floor, set: { a: 2 }, ttlMs: 60_000 })
  await client.ask('follow', { stream: `floor:${venueId}` })
  await until('the newest', () => client.frames.length > 4)
  t.like(client.frames[4]!, { kind: 'snapshot', data: { a: 2 } })
})

test('refuses a flood and counts it, and ends who does not stop', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  const client = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  const answers: LiveAnswer[] = []
  // As many at once as are carried out at once: a slow machine takes them before much is back in the bucket.
  for (let round = 0; round < 25; round++) {
    const asked = Array.from({ length: 8 }, () => client.ask('unfollow', { stream: floor }))
    answers.push(...(await Promise.all(asked)))
  }
  const done = answers.filter((answer) => 'ok' in answer).length
  t.true(done >= liveLimits.burst && done < answers.length, String(done))
  t.true(answers.every((answer) => 'ok' in answer || answer.refused === 'too-many-requests'))
  const refused = await node.counted('atrium_live_refusals_total', { reason: 'too-many-requests' })
  t.is(refused, answers.length - done)
  // Some of it gets through each time, as the bucket fills.
  const flood = setInterval(() => {
    for (let at = 0; at < 50; at++) client.socket.emit('unfollow', { stream: floor })
  }, 100)
  t.teardown(() => {
    clearInterval(flood)
  })
  await until('the end', () => client.socket.disconnected)
  clearInterval(flood)
  t.is(client.byes.at(-1)?.reason, 'flood')
})

test('ends a connection that sends too much at once or what is no message', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  const large = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  large.socket.emit('follow', { stream: 'x'.repeat(liveLimits.messageBytes + 1) })
  await until('the end', () => large.socket.disconnected)
  t.is(await node.counted('atrium_live_refusals_total', { reason: 'message-too-large' }), 1)
  const broken = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  broken.socket.io.engine.write('2/v1/kiosk,["follow"')
  await until('the end', () => broken.socket.disconnected)
  const well = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  t.deepEqual(await well.ask('follow', { stream: floor }), { ok: true })
})

test('ends connections whose token is no longer good, and those of one identity when asked', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  const client = await connectClient(t, node.address, { namespace: 'shopper', token: 'shopper' })
  t.like(await client.ask('renew', { token: 'kiosk' }), { refused: 'unauthenticated' })
  node.tokens.set('fresh', shopper)
  t.deepEqual(await client.ask('renew', { token: 'fresh' }), { ok: true })
  node.realtime.endConnections({ kind: 'visitor', id: shopper.id })
  await until('the end', () => client.socket.disconnected)
})

test('makes room for a fifth connection of a shopper by ending the oldest', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  const connect = () => connectClient(t, node.address, { namespace: 'shopper', token: 'shopper' })
  const clients = [await connect(), await connect(), await connect(), await connect()]
  await connect()
  await until('the oldest is ended', () => clients[0]!.socket.disconnected)
  t.is(clients[0]!.byes[0]?.reason, 'too-many-connections')
  t.true(clients.slice(1).every(({ socket }) => socket.connected))
})

test('gives events of shoppers to their subject, validated, and answers with what it says', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  const heard: unknown[] = []
  node.realtime.onShopperEvent('sightings', z.strictObject({ batch: z.int() }), (visitor, { batch }) => {
    heard.push([visitor.id, batch])
    return batch === 13 ? Promise.reject(new Error('a fault')) : Promise.resolve({ taken: batch })
  })
  const client = await connectClient(t, node.address, { namespace: 'shopper', token: 'shopper' })
  t.deepEqual(await client.ask('sightings', { batch: 7 }), { ok: true, result: { taken: 7 } })
  t.like(await client.ask('sightings', { batch: 'x' }), { refused: 'invalid-request' })
  t.like(await client.ask('sightings', { batch: 13 }), { refused: 'busy' })
  t.deepEqual(heard, [
    [shopper.id, 7],
    [shopper.id, 13],
  ])
  const other = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  t.like(await other.ask('sightings', { batch: 7 }), { refused: 'unknown-event' })
})

test('tells everyone when it stops, and does not wait for who does not listen', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  const client = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  const startedAt = performance.now()
  await node.realtime.endAll(2_000)
  t.true(performance.now() - startedAt < 1_500)
  await until('the end', () => client.socket.disconnected)
  t.is(client.byes[0]?.reason, 'server-stops')
  t.true((client.byes[0]?.retryMs ?? 0) >= 500)
  await t.throwsAsync(connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' }))
})

test('a value that stands in no table ends when nobody says it again', async (t) => {
  const node = await startLiveNode(t, { tokens: tokens() })
  node.realtime.publish({ stream: floor, set: { 'count:a': 3 }, ttlMs: 50 })
  node.realtime.publish({ stream: floor, set: { 'count:b': 4 }, ttlMs: 60_000 })
  const client = await connectClient(t, node.address, { namespace: 'kiosk', token: 'kiosk' })
  const follower = client.follow(floor)
  await until('the other is left', () => follower.known() && !follower.state().has('count:a'))
  t.deepEqual(Object.fromEntries(follower.state()), { 'count:b': 4 })
})
