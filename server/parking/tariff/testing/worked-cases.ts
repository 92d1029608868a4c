import type { Band, Benefit, DayPrices, Tariff } from '../tariff.ts'

const at = (hour: number, name: string, fenPerUnit: number, capFen?: number): Band => ({
  name,
  fromMinute: hour * 60,
  fenPerUnit,
  ...(capFen === undefined ? {} : { capFen }),
})
const allDay = (fenPerUnit: number, capFen?: number): DayPrices => ({
  bands: [at(0, 'all', fenPerUnit)],
  ...(capFen === undefined ? {} : { capFen }),
})
const dayAndNight = (fenPerUnit: number, capFen: number): DayPrices => ({
  bands: [at(0, 'night', 100, 500), at(8, 'day', fenPerUnit), at(22, 'night', 100, 500)],
  capFen,
})
const everyDay = (prices: DayPrices) => ({ workday: prices, restday: prices, holiday: prices })

const plain = {
  timeZone: 'Asia/Shanghai',
  unitMinutes: 60,
  freeMinutes: 0,
  freeMinutesFor: 'every-stay',
  calendar: {},
  capOver: 'date',
  quoteMinutes: 15,
  exitMinutes: 15,
} as const

const clockChanges = {
  ...plain,
  days: everyDay({ bands: [at(0, 'night', 100), at(6, 'day', 200), at(20, 'night', 100)] }),
} as const

/** Tariffs as malls have them; what the cases below are worked with. */
export const tariffs = {
  /**
   * Half an hour free for short stays. By day (8–22) 5.00 an hour, at weekends 6.00; nights 1.00 an hour and at
   * most 5.00; a day at most 40.00, at weekends 50.00. Holidays 8.00 at any hour, at most 60.00 a day.
   */
  mall: {
    ...plain,
    freeMinutes: 30,
    freeMinutesFor: 'short-stays',
    days: { workday: dayAndNight(500, 4000), restday: dayAndNight(600, 5000), holiday: allDay(800, 6000) },
    calendar: { '2026-10-01': 'holiday', '2026-10-10': 'workday', '2027-01-01': 'holiday' },
  },
  /** A quarter of an hour free for everybody, then 3.00 an hour without end. */
  quarterFree: { ...plain, freeMinutes: 15, days: everyDay(allDay(300)) },
  /** 10.00 an hour, at most 30.00 in each 24 hours from driving in. */
  cappedBy24Hours: { ...plain, capOver: '24-hours', days: everyDay(allDay(1000, 3000)) },
  /** 2.00 for every half hour, at most 20.00 a date. */
  halfHours: { ...plain, unitMinutes: 30, days: everyDay(allDay(200, 2000)) },
  /** 3.33 an hour, to see fractions of a fen. */
  odd: { ...plain, days: everyDay(allDay(333)) },
  /** 2.00 an hour from 6 to 20, else 1.00, where clocks change. */
  berlin: { ...clockChanges, timeZone: 'Europe/Berlin' },
  newYork: { ...clockChanges, timeZone: 'America/New_York' },
} as const satisfies Readonly<Record<string, Tariff>>

const minutes = (count: number): Benefit => ({
  id: `m${count}`,
  from: 'member',
  kind: 'minutes',
  minutes: count,
})
const percent = (count: number): Benefit => ({
  id: `p${count}`,
  from: 'coupon',
  kind: 'percent',
  percent: count,
})
const amount = (fen: number): Benefit => ({ id: `a${fen}`, from: 'coupon', kind: 'amount', amountFen: fen })

/** A stay worked out by hand: the working is the sum in its title. */
export interface WorkedCase {
  readonly title: string
  readonly tariff: keyof typeof tariffs
  /** ISO 8601 with offset: an hour that comes twice has to say which it is. */
  readonly from: string
  readonly to: string
  readonly benefits?: readonly Benefit[]
  readonly dueFen: number
}

/** Times of the mall, which has no clock changes. 20 November 2026 is a Friday. */
const cn = (time: string) => `${time}:00+08:00`
const stay = (title: string, tariff: keyof typeof tariffs, times: string, dueFen: number): WorkedCase => {
  const [from = '', to = ''] = times.split(' → ')
  return { title, tariff, from: cn(from), to: cn(to), dueFen }
}
const away = (title: string, tariff: keyof typeof tariffs, times: string, dueFen: number): WorkedCase => {
  const [from = '', to = ''] = times.split(' → ')
  return { title, tariff, from, to, dueFen }
}
const friday = (title: string, hours: string, benefits: readonly Benefit[], dueFen: number): WorkedCase => {
  const [from = '', to = ''] = hours.split(' → ')
  return { ...stay(title, 'mall', `2026-11-20T${from} → 2026-11-20T${to}`, dueFen), benefits }
}

export const workedCases: readonly WorkedCase[] = [
  // Free minutes of short stays, started hours.
  stay('the half hour to the minute is free', 'mall', '2026-11-20T10:00 → 2026-11-20T10:30', 0),
  stay('a minute more pays from the beginning: 5', 'mall', '2026-11-20T10:00 → 2026-11-20T10:31', 500),
  stay('an hour to the minute: 5', 'mall', '2026-11-20T10:00 → 2026-11-20T11:00', 500),
  stay('a started second hour: 5 + 5', 'mall', '2026-11-20T10:00 → 2026-11-20T11:01', 1000),
  stay('eight hours meet the cap: 8 × 5', 'mall', '2026-11-20T10:00 → 2026-11-20T18:00', 4000),
  stay('nine hours: 9 × 5, at most 40', 'mall', '2026-11-20T10:00 → 2026-11-20T19:00', 4000),
  stay('a weekend afternoon: 3 × 6', 'mall', '2026-11-21T10:00 → 2026-11-21T13:00', 1800),
  stay('a weekend day: 10 × 6, at most 50', 'mall', '2026-11-21T10:00 → 2026-11-21T20:00', 5000),

  // Day and night, midnight.
  stay('an hour belongs to where it begins: 5', 'mall', '2026-11-20T21:30 → 2026-11-20T22:30', 500),
  stay('then the night: 5 + 1', 'mall', '2026-11-20T21:30 → 2026-11-20T22:31', 600),
  stay('over midnight: 5 × 1', 'mall', '2026-11-20T22:00 → 2026-11-21T03:00', 500),
  stay('a whole night: 10 × 1, at most 5', 'mall', '2026-11-20T22:00 → 2026-11-21T08:00', 500),
  stay('and a Saturday hour: 5 + 6', 'mall', '2026-11-20T22:00 → 2026-11-21T08:01', 1100),
  stay('evening, night, morning: 2 × 5 + 5 + 6', 'mall', '2026-11-20T20:00 → 2026-11-21T09:00', 2100),
  stay(
    'a day and a night: 40 for Friday and all of its night’s 2, 3 left of the night’s 5, 2 × 6',
    'mall',
    '2026-11-20T10:00 → 2026-11-21T10:00',
    5500,
  ),
  stay('Sunday night to Monday: 6 + 5 + 2 × 5', 'mall', '2026-11-22T21:00 → 2026-11-23T09:30', 2100),
  stay(
    'two nights and the day between: 2, 40 for Monday, 3 left of the second night’s 5',
    'mall',
    '2026-11-22T22:00 → 2026-11-24T04:00',
    4500,
  ),

  // Holidays and the year's end.
  stay('a holiday: 3 × 8', 'mall', '2026-10-01T10:00 → 2026-10-01T12:30', 2400),
  stay('a holiday: 8 × 8, at most 60', 'mall', '2026-10-01T10:00 → 2026-10-01T18:00', 6000),
  stay('a Saturday that is worked: 2 × 5', 'mall', '2026-10-10T10:00 → 2026-10-10T12:00', 1000),
  stay('out of a holiday: 2 × 8 + 1', 'mall', '2026-10-01T22:00 → 2026-10-02T01:00', 1700),
  stay('into the new year: 1 + 8', 'mall', '2026-12-31T23:30 → 2027-01-01T00:31', 900),

  // Free minutes of every stay.
  stay('a quarter of an hour is free', 'quarterFree', '2026-11-20T10:00 → 2026-11-20T10:15', 0),
  stay('the minute after begins an hour: 3', 'quarterFree', '2026-11-20T10:00 → 2026-11-20T10:16', 300),
  stay('which ends at 11:15: 3', 'quarterFree', '2026-11-20T10:00 → 2026-11-20T11:15', 300),
  stay('and another: 2 × 3', 'quarterFree', '2026-11-20T10:00 → 2026-11-20T11:16', 600),
  stay('three days without a cap: 72 × 3', 'quarterFree', '2026-11-20T10:00 → 2026-11-23T10:00', 21600),

  // Caps.
  stay(
    '24 hours know no midnight: 8 × 10, at most 30',
    'cappedBy24Hours',
    '2026-11-20T18:00 → 2026-11-21T02:00',
    3000,
  ),
  stay('24 hours: at most 30', 'cappedBy24Hours', '2026-11-20T18:00 → 2026-11-21T18:00', 3000),
  stay('the next 24 hours begin: 30 + 10', 'cappedBy24Hours', '2026-11-20T18:00 → 2026-11-21T18:01', 4000),
  stay('two times 24 hours: 2 × 30', 'cappedBy24Hours', '2026-11-20T18:00 → 2026-11-22T18:00', 6000),
  stay('a started half hour: 2', 'halfHours', '2026-11-20T10:00 → 2026-11-20T10:01', 200),
  stay('a date each: 8 × 2 + 4 × 2', 'halfHours', '2026-11-20T20:00 → 2026-11-21T02:00', 2400),
  stay('two dates at their cap: 2 × 20', 'halfHours', '2026-11-20T12:00 → 2026-11-21T12:00', 4000),

  // Clock changes.
  away(
    '02 becomes 03, two hours pass: 2 × 1',
    'berlin',
    '2026-03-29T01:30+01:00 → 2026-03-29T04:30+02:00',
    200,
  ),
  away(
    'a night of one hour less: 9 × 1 + 2',
    'berlin',
    '2026-03-28T20:00+01:00 → 2026-03-29T07:00+02:00',
    1100,
  ),
  away(
    '03 becomes 02, two hours pass: 2 × 1',
    'berlin',
    '2026-10-25T01:30+02:00 → 2026-10-25T02:30+01:00',
    200,
  ),
  away(
    'a night of one hour more: 11 × 1 + 2',
    'berlin',
    '2026-10-24T20:00+02:00 → 2026-10-25T07:00+01:00',
    1300,
  ),
  away('two minutes look like an hour: 1', 'newYork', '2026-03-08T01:59-05:00 → 2026-03-08T03:01-04:00', 100),
  away('an hour looks like none: 1', 'newYork', '2026-11-01T01:30-04:00 → 2026-11-01T01:30-05:00', 100),

  // Benefits, in their order.
  friday('an hour of a member: 15 − 5', '10:00 → 13:00', [minutes(60)], 1000),
  friday('two hours and a coupon: 20 − 10 − 5', '10:00 → 14:00', [amount(500), minutes(120)], 500),
  friday('of two percentages the larger: 10 − 50 %', '10:00 → 12:00', [percent(20), percent(50)], 500),
  friday('a coupon over the price: 10 − 30 is nothing', '10:00 → 12:00', [amount(3000)], 0),
  friday(
    'minutes, percent, amount: 15 − 5 − 1 − 3',
    '10:00 → 13:00',
    [amount(300), percent(10), minutes(60)],
    600,
  ),
  friday('two benefits of minutes add up: 20 − 2 × 5', '10:00 → 14:00', [minutes(60), minutes(60)], 1000),
  friday('minutes under the cap save nothing: 10 × 5, at most 40', '10:00 → 22:00', [minutes(120)], 4000),
  friday('a guest of the house', '10:00 → 15:00', [percent(100)], 0),
  {
    ...stay(
      'a fraction of a fen is the shopper’s: 3.33 − 0.4995',
      'odd',
      '2026-11-20T10:00 → 2026-11-20T10:40',
      283,
    ),
    benefits: [percent(15)],
  },
]
