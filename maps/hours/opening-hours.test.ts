import test from 'ava'
import fc from 'fast-check'
import { openStateAt, secondsLater } from './opening-hours.ts'

const at = (weekday: number, hour: number, minute = 0) => ({ weekday, minute: hour * 60 + minute })

test('says until when a shop is open and when it opens again', (t) => {
  t.deepEqual(openStateAt('10:00-22:00', at(2, 12)), { open: true, until: '22:00' })
  t.deepEqual(openStateAt('10:00-22:00', at(2, 9, 59)), { open: false, opens: { daysAhead: 0, at: '10:00' } })
  t.deepEqual(openStateAt('10:00-22:00', at(2, 22)), { open: false, opens: { daysAhead: 1, at: '10:00' } })
})

test('reads days, ranges of days, several times a day and closed days', (t) => {
  const hours = 'Mo-Fr 11:00-14:00,17:00-21:30; Sa,Su 10:00-22:00; We off'
  t.deepEqual(openStateAt(hours, at(0, 15)), { open: false, opens: { daysAhead: 0, at: '17:00' } })
  t.deepEqual(openStateAt(hours, at(6, 12)), { open: true, until: '22:00' })
  t.deepEqual(openStateAt(hours, at(2, 12)), { open: false, opens: { daysAhead: 1, at: '11:00' } })
  t.deepEqual(openStateAt('Sa-Mo 10:00-18:00', at(0, 11)), { open: true, until: '18:00' })
})

test('goes on past midnight, over the end of the week too', (t) => {
  t.deepEqual(openStateAt('18:00-02:00', at(0, 1)), { open: true, until: '02:00' })
  t.deepEqual(openStateAt('Su 20:00-03:00', at(0, 2)), { open: true, until: '03:00' })
  t.deepEqual(openStateAt('Su 20:00-03:00', at(0, 4)), { open: false, opens: { daysAhead: 6, at: '20:00' } })
})

test('names no end for what never closes', (t) => {
  t.deepEqual(openStateAt('24/7', at(3, 3)), { open: true })
  t.deepEqual(openStateAt('00:00-24:00', at(3, 3)), { open: true })
})

test('says nothing of rules it does not read', (t) => {
  for (const hours of ['sunrise-sunset', 'PH off', 'Jan-Mar 10:00-12:00', '10-22', 'Mo-Xx 10:00-12:00']) {
    t.is(openStateAt(hours, at(0, 11)), undefined, hours)
  }
})

test('what it calls open is open: the minute before the end, and not the minute of it', (t) => {
  const time = fc.integer({ min: 0, max: 1439 })
  fc.assert(
    fc.property(time, time, fc.integer({ min: 0, max: 6 }), time, (from, to, weekday, minute) => {
      const clock = (m: number) =>
        `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`
      fc.pre(from !== to)
      const inside = from < to ? minute >= from && minute < to : minute >= from || minute < to
      const state = openStateAt(`${clock(from)}-${clock(to)}`, { weekday, minute })
      t.is(state?.open, inside)
      if (state?.open) t.is(state.until, to === 0 ? '24:00' : clock(to))
    }),
  )
})

test('later is counted on over midnight and over the end of the week', (t) => {
  t.deepEqual(secondsLater(at(2, 10), 119), { weekday: 2, minute: 601 })
  t.deepEqual(secondsLater({ weekday: 2, minute: 1439 }, 60), { weekday: 3, minute: 0 })
  t.deepEqual(secondsLater({ weekday: 6, minute: 1439 }, 3600), { weekday: 0, minute: 59 })
})
