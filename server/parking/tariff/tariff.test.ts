import test from 'ava'
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'
import { explainLine, leaveByOf, openTariff, priceStay, settleStay, tariffFaults, yuanOf } from './index.ts'
import type { Benefit, DayPrices, ReceivedPayment, Settlement, Tariff } from './index.ts'
import { tariffs, workedCases } from './testing/worked-cases.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const nobody = { benefits: [], payments: [] }

const sumOf = ({ lines }: Settlement) => lines.reduce((sum, { amountFen }) => sum + amountFen, 0)

test('every worked case comes out as it was worked out', (t) => {
  t.true(workedCases.length >= 40)
  for (const { title, tariff, from, to, benefits = [], dueFen } of workedCases) {
    const stay = { enteredAtMs: Date.parse(from), untilMs: Date.parse(to) }
    const settled = settleStay(openTariff(tariffs[tariff]), stay, { benefits, payments: [] })
    t.is(settled.dueFen, dueFen, `${tariff}: ${title}`)
    t.is(sumOf(settled), dueFen, `${tariff}: ${title}: the lines add up`)
  }
})

test('shows its calculation line by line, in both languages', (t) => {
  const stay = {
    enteredAtMs: Date.parse('2026-11-20T10:00+08:00'),
    untilMs: Date.parse('2026-11-21T10:00+08:00'),
  }
  const coupon = { id: 'c', from: 'coupon', kind: 'amount', amountFen: 500 } as const
  const { lines } = settleStay(openTariff(tariffs.mall), stay, { benefits: [coupon], payments: [] })
  const said = lines.map((line) => `${explainLine(line).zh!} ${yuanOf(line.amountFen)}`)
  t.deepEqual(said, [
    '2026-11-20（工作日）白天：12 个 60 分钟 × ¥5.00 60.00',
    '2026-11-20（工作日）夜间：2 个 60 分钟 × ¥1.00 2.00',
    '2026-11-21（周末）夜间：8 个 60 分钟 × ¥1.00 8.00',
    '2026-11-21（周末）白天：2 个 60 分钟 × ¥6.00 12.00',
    '2026-11-20 当日封顶 ¥40.00 -22.00',
    '2026-11-20 夜间封顶 ¥5.00 -5.00',
    '停车券：减 ¥5.00 -5.00',
  ])
  for (const line of lines) t.regex(explainLine(line).en!, /^[\x20-\x7e¥×]+$/)
})

test('shows a cap of 24 hours once, also when they lie on two dates', (t) => {
  const stay = {
    enteredAtMs: Date.parse('2026-11-20T18:00+08:00'),
    untilMs: Date.parse('2026-11-22T02:00+08:00'),
  }
  const { lines, dueFen } = settleStay(openTariff(tariffs.cappedBy24Hours), stay, nobody)
  t.is(dueFen, 6000)
  const caps = lines.filter(({ kind }) => kind.endsWith('cap'))
  t.deepEqual(
    caps.map((line) => `${explainLine(line).zh!} ${yuanOf(line.amountFen)}`),
    ['2026-11-20 起 24 小时封顶 ¥30.00 -210.00', '2026-11-21 起 24 小时封顶 ¥30.00 -50.00'],
  )
})

test('has worked cases of every kind: midnight, holidays, caps, benefits, clock changes', (t) => {
  const dayOf = (time: string) => time.slice(0, 10)
  const counts = {
    midnight: workedCases.filter(({ from, to }) => dayOf(from) !== dayOf(to)).length,
    holidays: workedCases.filter(({ from, to, tariff }) =>
      [from, to].some((time) => dayOf(time) in tariffs[tariff].calendar),
    ).length,
    caps: workedCases.filter(({ title }) => title.includes('at most') || title.includes('cap')).length,
    benefits: workedCases.filter(({ benefits = [] }) => benefits.length > 0).length,
    clockChanges: workedCases.filter(({ tariff }) => ['berlin', 'newYork'].includes(tariff)).length,
  }
  for (const [kind, count] of Object.entries(counts)) t.true(count >= 5, `${kind}: ${String(count)}`)
})

test('opens the barrier until the time that was given after paying, and then asks for the difference', (t) => {
  const opened = openTariff(tariffs.mall)
  const enteredAtMs = Date.parse('2026-11-20T10:00+08:00')
  const leaveByMs = enteredAtMs + 2 * hourMs + 10 * minuteMs
  const payments = [{ amountFen: 1000, leaveByMs }]
  const settle = (untilMs: number) => settleStay(opened, { enteredAtMs, untilMs }, { benefits: [], payments })
  const intime = settle(leaveByMs)
  t.is(intime.dueFen, 0)
  t.is(intime.leaveByMs, leaveByMs)
  t.is(sumOf(intime), 0)
  t.deepEqual(
    intime.lines.map(({ kind, amountFen }) => [kind, amountFen]),
    [
      ['time', 1500],
      ['paid', -1000],
      ['honoured', -500],
    ],
  )
  const late = settle(leaveByMs + 1)
  t.is(late.dueFen, 500)
  t.is(late.leaveByMs, undefined)
  t.is(sumOf(late), 500)
})

test('has no line for a benefit that takes nothing off', (t) => {
  const benefits: Benefit[] = [
    { id: 'small', from: 'member', kind: 'percent', percent: 10 },
    { id: 'all', from: 'coupon', kind: 'percent', percent: 100 },
    { id: 'yuan', from: 'coupon', kind: 'amount', amountFen: 100 },
  ]
  const stay = { enteredAtMs: 0, untilMs: 2 * hourMs }
  const { lines } = settleStay(openTariff(tariffs.mall), stay, { benefits, payments: [] })
  t.deepEqual(
    lines.flatMap((line) => (line.kind === 'benefit' ? [line.benefit.id] : [])),
    ['all'],
  )
})

test('says what keeps a tariff from being used', (t) => {
  const broken: Tariff = {
    ...tariffs.mall,
    timeZone: 'Mars/Olympus',
    days: {
      workday: { bands: [{ name: 'day', fromMinute: 60, fenPerUnit: 1 }] },
      restday: { bands: [] },
      holiday: {
        bands: [
          { name: 'a', fromMinute: 0, fenPerUnit: 1 },
          { name: 'b', fromMinute: 0, fenPerUnit: 1 },
        ],
      },
    },
    calendar: { '2026-02-30': 'holiday', soon: 'holiday' },
  }
  t.is(tariffFaults(broken).length, 6)
  for (const tariff of Object.values(tariffs)) t.deepEqual(tariffFaults(tariff), [])
})

function holds<Values>(t: ExecutionContext, property: fc.IProperty<Values>, numRuns: number): void {
  const { failed, counterexample } = fc.check(property, { numRuns, seed: 6 })
  t.false(failed, JSON.stringify(counterexample))
}

const fen = fc.integer({ min: 0, max: 3000 })
const cap = fc.option(fc.integer({ min: 0, max: 6000 }), { nil: undefined })
const dayPrices: fc.Arbitrary<DayPrices> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 1439 }), { maxLength: 3 }),
    fc.array(fc.tuple(fen, cap)),
    cap,
  )
  .map(([starts, prices, capFen]) => ({
    bands: [0, ...starts.sort((a, b) => a - b)].map((fromMinute, index) => {
      const [fenPerUnit, bandCap] = prices[index] ?? [500, undefined]
      // Two names only, so that evenings and mornings often share one.
      const name = index % 2 === 0 ? 'night' : 'day'
      return { name, fromMinute, fenPerUnit, ...(bandCap === undefined ? {} : { capFen: bandCap }) }
    }),
    ...(capFen === undefined ? {} : { capFen }),
  }))
const anyTariff: fc.Arbitrary<Tariff> = fc.record({
  timeZone: fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
  unitMinutes: fc.constantFrom(15, 30, 60, 120),
  freeMinutes: fc.constantFrom(0, 15, 30, 90),
  freeMinutesFor: fc.constantFrom('every-stay', 'short-stays'),
  days: fc.record({ workday: dayPrices, restday: dayPrices, holiday: dayPrices }),
  calendar: fc.constantFrom({}, { '2026-10-24': 'holiday' } as const, { '2026-03-29': 'workday' } as const),
  capOver: fc.constantFrom('date', '24-hours'),
  quoteMinutes: fc.constant(15),
  exitMinutes: fc.constant(15),
})
// Around both clock changes of 2026 as often as anywhere else.
const entered = fc
  .tuple(
    fc.constantFrom('2026-03-07T12:00Z', '2026-03-28T12:00Z', '2026-10-24T10:00Z', '2026-06-05T00:00Z'),
    fc.integer({ min: 0, max: 3 * 24 * 60 }),
  )
  .map(([day, minutes]) => Date.parse(day) + minutes * minuteMs)
const length = fc.integer({ min: 0, max: 5 * 24 * 60 }).map((minutes) => minutes * minuteMs)
const anyStay = fc
  .tuple(entered, length)
  .map(([enteredAtMs, ms]) => ({ enteredAtMs, untilMs: enteredAtMs + ms }))
const benefit: fc.Arbitrary<Benefit> = fc.oneof(
  fc.record({
    id: fc.uuid(),
    from: fc.constant('member'),
    kind: fc.constant('minutes'),
    minutes: fc.integer({ min: 1, max: 600 }),
  }),
  fc.record({
    id: fc.uuid(),
    from: fc.constant('coupon'),
    kind: fc.constant('percent'),
    percent: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({
    id: fc.uuid(),
    from: fc.constant('shop'),
    kind: fc.constant('amount'),
    amountFen: fc.integer({ min: 1, max: 5000 }),
  }),
)
const benefits = fc.array(benefit, { maxLength: 5 })

test('is never negative, whole fen, and the lines always add up', (t) => {
  holds(
    t,
    fc.property(anyTariff, entered, length, benefits, (tariff, enteredAtMs, ms, taken) => {
      const stay = { enteredAtMs, untilMs: enteredAtMs + ms }
      const settled = settleStay(openTariff(tariff), stay, { benefits: taken, payments: [] })
      const { dueFen, grossFen } = settled
      return dueFen >= 0 && Number.isInteger(dueFen) && dueFen <= grossFen && sumOf(settled) === dueFen
    }),
    300,
  )
})

test('never falls while time passes, whatever the benefits and payments', (t) => {
  const payments: fc.Arbitrary<ReceivedPayment[]> = fc.array(
    fc.record({ amountFen: fen, leaveByMs: entered }, { requiredKeys: ['amountFen'] }),
    { maxLength: 2 },
  )
  holds(
    t,
    fc.property(
      anyTariff,
      entered,
      fc.tuple(length, length),
      fc.record({ benefits, payments }),
      (tariff, enteredAtMs, [a, b], account) => {
        const opened = openTariff(tariff)
        const due = (ms: number) =>
          settleStay(opened, { enteredAtMs, untilMs: enteredAtMs + ms }, account).dueFen
        return due(Math.min(a, b)) <= due(Math.max(a, b))
      },
    ),
    300,
  )
})

test('a quote is honoured until it expires, and for the time to leave; then what was paid is taken off', (t) => {
  // Often at the very last moment.
  const count = fc.oneof({ arbitrary: fc.integer({ min: 0, max: 30 }), weight: 4 }, fc.constant(15))
  const minutes = count.map((each) => each * minuteMs)
  let [inTime, late] = [0, 0]
  holds(
    t,
    fc.property(anyTariff, anyStay, benefits, minutes, (tariff, stay, taken, payAfterMs) => {
      const opened = openTariff(tariff)
      const dueAt = (untilMs: number, ...payments: ReceivedPayment[]) =>
        settleStay(opened, { ...stay, untilMs }, { benefits: taken, payments }).dueFen
      const askedFen = dueAt(stay.untilMs)
      if (askedFen === 0) return
      const { quoteMinutes, exitMinutes } = tariff
      const expiresAtMs = stay.untilMs + quoteMinutes * minuteMs
      const paid = { amountFen: askedFen, paidAtMs: stay.untilMs + payAfterMs }
      const leaveByMs = leaveByOf({ askedFen, expiresAtMs, exitMinutes }, paid, (atMs) => dueAt(atMs, paid))
      const left = (atMs: number) => Math.max(0, dueAt(atMs) - askedFen)
      if (payAfterMs <= quoteMinutes * minuteMs) {
        inTime++
        t.is(leaveByMs, paid.paidAtMs + exitMinutes * minuteMs)
      } else {
        late++
        t.is(leaveByMs !== undefined, left(paid.paidAtMs) === 0, 'paid late: only when nothing was due')
      }
      const received = leaveByMs === undefined ? paid : { ...paid, leaveByMs }
      for (const atMs of [paid.paidAtMs, paid.paidAtMs + exitMinutes * minuteMs]) {
        t.is(dueAt(atMs, received), leaveByMs === undefined ? left(atMs) : 0)
      }
      const afterMs = paid.paidAtMs + exitMinutes * minuteMs + 1
      t.is(dueAt(afterMs, received), left(afterMs))
    }),
    300,
  )
  t.true(inTime > 50 && late > 50, `${inTime} in time, ${late} late`)
})

test('no benefit ever makes a stay dearer', (t) => {
  holds(
    t,
    fc.property(anyTariff, anyStay, benefits, benefit, (tariff, stay, taken, more) => {
      const opened = openTariff(tariff)
      const due = (all: readonly Benefit[]) =>
        settleStay(opened, stay, { benefits: all, payments: [] }).dueFen
      return due([...taken, more]) <= due(taken)
    }),
    300,
  )
})

test('keeps to the cap of every date and every 24 hours', (t) => {
  holds(
    t,
    fc.property(
      anyTariff,
      entered,
      length,
      fc.integer({ min: 0, max: 2000 }),
      (tariff, enteredAtMs, ms, capFen) => {
        const capped = (prices: DayPrices) => ({ ...prices, capFen })
        const { workday, restday, holiday } = tariff.days
        const days = { workday: capped(workday), restday: capped(restday), holiday: capped(holiday) }
        const opened = openTariff({ ...tariff, days })
        const stay = { enteredAtMs, untilMs: enteredAtMs + ms }
        const periods =
          tariff.capOver === '24-hours'
            ? Math.ceil(ms / (24 * hourMs))
            : new Set(
                priceStay(opened, stay).lines.flatMap((line) => (line.kind === 'time' ? [line.date] : [])),
              ).size
        return priceStay(opened, stay).amountFen <= periods * capFen
      },
    ),
    200,
  )
})

test('counts what a slow and simple calculation counts where nothing is capped', (t) => {
  holds(
    t,
    fc.property(anyTariff, entered, length, (tariff, enteredAtMs, ms) => {
      const bare = (prices: DayPrices): DayPrices => ({
        bands: prices.bands.map(({ name, fromMinute, fenPerUnit }) => ({ name, fromMinute, fenPerUnit })),
      })
      const { workday, restday, holiday } = tariff.days
      const uncapped = {
        ...tariff,
        days: { workday: bare(workday), restday: bare(restday), holiday: bare(holiday) },
      }
      const stay = { enteredAtMs, untilMs: enteredAtMs + ms }
      t.is(
        priceStay(openTariff(uncapped), stay).amountFen,
        slowPrice(uncapped, stay.enteredAtMs, stay.untilMs),
      )
    }),
    100,
  )
})

/** Each unit looked up by itself with the runtime's own formatter. */
function slowPrice(tariff: Tariff, enteredAtMs: number, untilMs: number): number {
  const freeMs = tariff.freeMinutes * minuteMs
  if (untilMs - enteredAtMs <= freeMs) return 0
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: tariff.timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  })
  let total = 0
  let at = tariff.freeMinutesFor === 'every-stay' ? enteredAtMs + freeMs : enteredAtMs
  while (at < untilMs) {
    const [date = '', clock = ''] = format.format(at).split(' ')
    const weekday = new Date(date).getUTCDay()
    const kind = tariff.calendar[date] ?? ([0, 6].includes(weekday) ? 'restday' : 'workday')
    const minute = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
    const band = [...tariff.days[kind].bands].reverse().find(({ fromMinute }) => fromMinute <= minute)
    total += band!.fenPerUnit
    at += tariff.unitMinutes * minuteMs
  }
  return total
}
