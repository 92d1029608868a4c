import test from 'ava'
import fc from 'fast-check'
import { venueId } from '../contract/values.ts'
import type { VenueScope } from './account.entity.ts'
import { isChiefOperator, isWithin, mayGrant, mayManage } from './account.policy.ts'

const venues = [1, 2, 3, 4].map((n) => venueId.parse(`0193a1b2-0000-7000-8000-00000000000${String(n)}`))
const scope: fc.Arbitrary<VenueScope> = fc.oneof(
  fc.constant('all' as const),
  fc.subarray(venues, { minLength: 1 }),
)

test('a scope is within another when every venue it opens is opened by the other', (t) => {
  const opens = (one: VenueScope, venue: string) => one === 'all' || one.some((id) => id === venue)
  const everyVenue = [...venues, 'a venue of tomorrow']
  fc.assert(
    fc.property(scope, scope, (inner, outer) => {
      const expected = everyVenue.every((venue) => !opens(inner, venue) || opens(outer, venue))
      t.is(isWithin(inner, outer), expected)
    }),
  )
})

test('nobody hands out or touches more than they have', (t) => {
  fc.assert(
    fc.property(scope, scope, scope, (actor, account, given) => {
      const rights = { roles: ['staff' as const], venues: account, disabled: false }
      if (mayGrant({ venues: actor }, given)) t.true(isWithin(given, actor))
      if (mayManage({ venues: actor }, rights)) t.true(isWithin(account, actor))
    }),
  )
  t.false(mayGrant({ venues: [venues[0]!] }, 'all'))
})

test('only an enabled operator of all venues is a chief', (t) => {
  const chief = { roles: ['staff', 'operator'], venues: 'all', disabled: false } as const
  t.true(isChiefOperator(chief))
  t.false(isChiefOperator({ ...chief, roles: ['staff'] }))
  t.false(isChiefOperator({ ...chief, venues }))
  t.false(isChiefOperator({ ...chief, disabled: true }))
})
