import test from 'ava'
import fc from 'fast-check'
import { pairStays, sameEntryMs } from './pair-stays.ts'
import type { BarrierEvent } from './pair-stays.ts'

const at = (eventId: string, kind: 'entry' | 'exit', minutes: number): BarrierEvent => ({
  eventId,
  kind,
  atMs: minutes * 60_000,
})
/** `in0 out60`: driving in at minute 0, out at minute 60. */
const told = (text: string) =>
  pairStays(
    text.split(' ').map((word) => {
      const [, kind, minutes] = /^(in|out)(\d+)$/.exec(word)!
      return at(word, kind === 'in' ? 'entry' : 'exit', Number(minutes))
    }),
  )
const said = (text: string) => {
  const { stays, lostExits } = told(text)
  return [
    ...stays.map(
      ({ entryId, end }) => `${entryId}-${end ? (end.kind === 'exit' ? end.eventId : 'again') : ''}`,
    ),
    ...lostExits.map((id) => `?-${id}`),
  ].join(' ')
}

test('pairs entries and exits as they happened, whenever they were told', (t) => {
  t.is(said('in0'), 'in0-')
  t.is(said('in0 out60'), 'in0-out60')
  t.is(said('out60 in0'), 'in0-out60')
  t.is(said('out60'), '?-out60')
  t.is(said('in0 out60 in90'), 'in0-out60 in90-')
  t.is(said('in90 out60 in0 out120'), 'in0-out60 in90-out120')
})

test('takes what two cameras see for one entry', (t) => {
  t.is(said('in0 in1 out60'), 'in0-out60')
  t.deepEqual([...told('in0 in1').repeats], [['in1', 'in0']])
  t.is(said('in0 in3 out60'), 'in0-again in3-out60')
})

test('ends a stay whose exit nobody saw, and says when an exit belongs to nothing', (t) => {
  t.is(said('in0 in600'), 'in0-again in600-')
  t.is(said('in0 out60 out61'), 'in0-out60 ?-out61')
})

test('a car drives out and in again in one moment, not the other way round', (t) => {
  t.is(said('in0 out60 in60'), 'in0-out60 in60-')
})

const events = fc.uniqueArray(
  fc.record({
    eventId: fc.string({ minLength: 1, maxLength: 4 }),
    kind: fc.constantFrom('entry', 'exit'),
    atMs: fc.nat(40).map((step) => (step * sameEntryMs) / 4),
  }),
  { selector: ({ eventId }) => eventId, maxLength: 12 },
)

test('gives the same stays in whatever order and however often the events come', (t) => {
  const order = events.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
  )
  const property = fc.property(order, ([all, shuffled]) => {
    const [one, two] = [pairStays(all), pairStays(shuffled)]
    return JSON.stringify([one, [...one.repeats].sort()]) === JSON.stringify([two, [...two.repeats].sort()])
  })
  const { failed, counterexample } = fc.check(property, { numRuns: 500, seed: 6 })
  t.false(failed, JSON.stringify(counterexample))
})

test('never has a car inside twice, loses no event, and no stay ends before it begins', (t) => {
  const property = fc.property(events, (all) => {
    const { stays, repeats, lostExits } = pairStays(all)
    const exits = stays.flatMap(({ end }) => (end?.kind === 'exit' ? [end.eventId] : []))
    const open = stays.filter(({ end }) => !end)
    return (
      open.length <= 1 &&
      (open.length === 0 || open[0] === stays.at(-1)) &&
      stays.length + repeats.size + exits.length + lostExits.length === all.length &&
      stays.every(({ enteredAtMs, end }, index) => {
        const next = stays[index + 1]
        return !end || (end.atMs >= enteredAtMs && (!next || next.enteredAtMs >= end.atMs))
      })
    )
  })
  const { failed, counterexample } = fc.check(property, { numRuns: 500, seed: 6 })
  t.false(failed, JSON.stringify(counterexample))
})
