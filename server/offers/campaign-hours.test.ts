import test from 'ava'
import { compileHours } from './campaign-hours.ts'
import { localTime } from './local-time.ts'

test('reads the clocks of a place, over the hour that is skipped and the one that comes twice', (t) => {
  const at = (timeZone: string, iso: string) => {
    const { day, minuteOfWeek } = localTime(timeZone, Date.parse(iso))
    return `${day} ${Math.floor(minuteOfWeek / 1440) + 1} ${(minuteOfWeek % 1440) / 60}`
  }
  t.is(at('Asia/Shanghai', '2026-11-22T15:59:59.999Z'), `2026-11-22 7 ${23 + 59 / 60}`)
  t.is(at('Asia/Shanghai', '2026-11-22T16:00:00Z'), '2026-11-23 1 0')
  t.is(at('Asia/Kathmandu', '2026-01-01T00:00:00Z'), '2026-01-01 4 5.75')
  t.is(at('America/St_Johns', '2026-01-01T00:00:00Z'), '2025-12-31 3 20.5')
  t.is(at('Europe/Berlin', '2026-03-29T00:59:00Z'), `2026-03-29 7 ${1 + 59 / 60}`)
  t.is(at('Europe/Berlin', '2026-03-29T01:00:00Z'), '2026-03-29 7 3')
  t.is(at('Europe/Berlin', '2026-10-25T00:30:00Z'), '2026-10-25 7 2.5')
  t.is(at('Europe/Berlin', '2026-10-25T01:30:00Z'), '2026-10-25 7 2.5')
  t.is(at('UTC', '1969-12-31T23:59:00Z'), `1969-12-31 3 ${23 + 59 / 60}`)
})

test('hours that end before they begin run over midnight, on Sunday into Monday', (t) => {
  const hours = compileHours({
    weekly: [{ days: [7], from: '20:00', to: '02:00' }],
    quiet: [{ from: '23:00', to: '24:00' }],
  })
  const minute = (day: number, hour: number) => (day - 1) * 1440 + hour * 60
  t.false(hours.isOpen(minute(7, 20) - 1))
  t.true(hours.isOpen(minute(7, 20)))
  t.true(hours.isOpen(minute(1, 2) - 1))
  t.false(hours.isOpen(minute(1, 2)))
  t.false(hours.isQuiet(minute(3, 23) - 1))
  t.true(hours.isQuiet(minute(3, 23)))
  t.true(hours.isQuiet(minute(4, 0) - 1))
  t.false(hours.isQuiet(minute(4, 0)))
})

test('without hours a campaign runs at any, and a whole day is 00:00 to 24:00', (t) => {
  const always = compileHours({ weekly: [], quiet: [] })
  const monday = compileHours({ weekly: [{ days: [1], from: '00:00', to: '24:00' }], quiet: [] })
  for (const [minute, open] of [
    [0, true],
    [1439, true],
    [1440, false],
    [10_079, false],
  ] as const) {
    t.true(always.isOpen(minute))
    t.false(always.isQuiet(minute))
    t.is(monday.isOpen(minute), open)
  }
})
