import test from 'ava'
import fc from 'fast-check'
import type { Json } from '../../maps/model/index.ts'
import { LiveStream } from '../realtime/live-stream.ts'
import type { LiveFrame } from './realtime.contract.ts'
import { createStreamFollower } from './stream-follower.ts'
import type { FollowerMessage } from './stream-follower.ts'

const name = 'floor:00000000-0000-7000-8000-000000000001'

function following() {
  const sent: FollowerMessage[] = []
  const clock = { nowMs: 0 }
  const follower = createStreamFollower({
    stream: name,
    send: (message) => sent.push(message),
    now: () => clock.nowMs,
  })
  return { sent, clock, follower }
}

const contents = (stream: LiveStream) => stream.snapshot(0).data
const stateOf = (follower: { state(): ReadonlyMap<string, Json> }) => Object.fromEntries(follower.state())

test('follows a stream from its snapshot on', (t) => {
  const { sent, follower } = following()
  const stream = new LiveStream(name, 'one')
  stream.apply({ set: { a: 1, b: 2 } }, 0)
  stream.flush(0)
  follower.connected()
  t.deepEqual(sent, [{ event: 'follow', payload: { stream: name } }])
  t.false(follower.known())
  t.is(follower.ageMs(), undefined)
  t.is(follower.apply(stream.snapshot(0)), 'applied')
  stream.apply({ set: { b: 3, c: { d: [4] } }, gone: ['a'] }, 0)
  t.is(follower.apply(stream.flush(0)!), 'applied')
  t.deepEqual(stateOf(follower), { b: 3, c: { d: [4] } })
  t.deepEqual(stateOf(follower), contents(stream))
})

test('asks once for a snapshot when a frame is missing, and shows nothing in between', (t) => {
  const { sent, follower, clock } = following()
  const stream = new LiveStream(name, 'one')
  follower.apply(stream.snapshot(0))
  for (const value of [1, 2, 3]) {
    stream.apply({ set: { a: value } }, 0)
    const delta = stream.flush(0)!
    if (value > 1) t.is(follower.apply(delta), 'gap')
  }
  t.deepEqual(stateOf(follower), {})
  t.deepEqual(sent, [{ event: 'resync', payload: { stream: name } }])
  clock.nowMs = 4_000
  t.is(follower.apply(stream.beat(0)), 'gap')
  t.is(sent.length, 2, 'the answer did not come: asks again')
  t.is(follower.apply(stream.snapshot(0)), 'applied')
  t.deepEqual(stateOf(follower), { a: 3 })
})

test('says where it was when it comes back, and how old its state is', (t) => {
  const { sent, follower, clock } = following()
  const stream = new LiveStream(name, 'one')
  stream.apply({ set: { a: 1 } }, 0)
  stream.flush(0)
  follower.apply(stream.snapshot(0))
  clock.nowMs = 700
  t.is(follower.ageMs(), 700)
  follower.connected()
  t.deepEqual(sent.at(-1), { event: 'follow', payload: { stream: name, epoch: 'one', seq: 1 } })
  t.is(follower.apply(stream.beat(0)), 'stale')
  t.is(follower.ageMs(), 0, 'the beat confirms it')
  const next = new LiveStream(name, 'two')
  t.is(follower.apply(next.beat(0)), 'gap', 'another life of the stream')
  t.is(follower.apply({ ...stream.beat(0), stream: 'floor:another' }), 'other')
})

type Step =
  | { readonly do: 'patch'; readonly key: string; readonly value: number | undefined }
  | { readonly do: 'flush' | 'beat' | 'rebirth' }
  | { readonly do: 'deliver' | 'drop' | 'repeat'; readonly at: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('patch' as const),
        key: fc.constantFrom('a', 'b', 'c', 'd'),
        value: fc.option(fc.nat(1_000_000), { nil: undefined }),
      }),
    },
    { weight: 4, arbitrary: fc.constant({ do: 'flush' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'beat' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'rebirth' as const }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('deliver' as const, 'drop' as const, 'repeat' as const),
        at: fc.nat(3),
      }),
    },
  ),
  { maxLength: 120, size: 'max' },
)

test('whatever is lost, repeated or out of order, it ends with the state of the server, and never shows another', (t) => {
  fc.assert(
    fc.property(steps, (list) => {
      const { sent, follower, clock } = following()
      let stream = new LiveStream(name, 'life 0')
      let lives = 0
      /** Frames on their way; any of them may come next, or never. */
      let underWay: LiveFrame[] = [stream.snapshot(0)]
      /** Every state the server ever had. */
      const states = new Set(['[]'])
      const keep = () => states.add(JSON.stringify(Object.entries(contents(stream)).sort()))
      keep()
      const answer = () => {
        while (sent.pop()) underWay.push(stream.snapshot(0))
      }
      const deliver = (frame: LiveFrame) => {
        follower.apply(frame)
        const shown = JSON.stringify([...follower.state()].sort())
        t.true(states.has(shown), `a state the server never had: ${shown}`)
        answer()
      }
      for (const step of list) {
        clock.nowMs += 1_000
        switch (step.do) {
          case 'patch':
            stream.apply(
              step.value === undefined ? { gone: [step.key] } : { set: { [step.key]: step.value } },
              0,
            )
            break
          case 'flush': {
            const delta = stream.flush(0)
            keep()
            if (delta) underWay.push(delta)
            break
          }
          case 'beat':
            underWay.push(stream.beat(0))
            break
          case 'rebirth': {
            const next = new LiveStream(name, `life ${String(++lives)}`)
            next.apply({ set: contents(stream) }, 0)
            next.flush(0)
            stream = next
            // A life begins on a connection of its own: what was on its way is gone.
            underWay = [stream.snapshot(0)]
            keep()
            break
          }
          case 'deliver':
          case 'drop':
          case 'repeat': {
            const frame = underWay[step.at]
            if (!frame) break
            if (step.do !== 'repeat') underWay.splice(step.at, 1)
            if (step.do !== 'drop') deliver(frame)
          }
        }
        // A snapshot may hold what the next delta says.
        keep()
      }
      stream.flush(0)
      keep()
      // Quiet at last: what is under way arrives, and the server beats until the follower has what it has.
      for (let round = 0; round < 3; round++) {
        clock.nowMs += 5_000
        underWay.push(stream.beat(0))
        while (underWay.length > 0) deliver(underWay.shift()!)
      }
      t.deepEqual(stateOf(follower), contents(stream))
    }),
    { numRuns: 500, seed: 20261122 },
  )
})
