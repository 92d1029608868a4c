import type { Band, DayKind, DayPrices, PriceLine, Tariff } from './tariff.ts'
import { dateBefore, venueTimeOf, weekdayOf } from './venue-time.ts'
import type { VenueTime } from './venue-time.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** A stay, from driving in to the moment that is asked about. */
export interface Stay {
  readonly enteredAtMs: number
  readonly untilMs: number
}

/** What a stay costs before benefits, line by line. */
export interface StayPrice {
  readonly amountFen: number
  readonly lines: readonly PriceLine[]
}

/** A tariff with the clocks of its venue; made once, asked often. */
export interface PricedTariff {
  readonly tariff: Tariff
  readonly time: VenueTime
}

/** Opens a tariff for pricing. @throws RangeError when its time zone is none */
export function openTariff(tariff: Tariff): PricedTariff {
  return { tariff, time: venueTimeOf(tariff.timeZone) }
}

/**
 * What a stay costs before benefits.
 *
 * Units are counted from the entry (or from the end of the free minutes) in time that passes. Every started
 * unit costs what the band says in which it begins, until the band's cap, then the day's, is reached: a unit
 * belongs whole to the band and the day of its beginning. That makes the price grow with time and never fall.
 *
 * @param freeUnitMinutes units that begin in the first so many minutes cost nothing (a benefit)
 * Complexity: O(started units); a week by the hour takes some 0.2 ms.
 */
export function priceStay(
  { tariff, time }: PricedTariff,
  { enteredAtMs, untilMs }: Stay,
  freeUnitMinutes = 0,
): StayPrice {
  const { freeMinutes, freeMinutesFor, unitMinutes } = tariff
  const free: PriceLine[] =
    freeMinutes > 0 ? [{ kind: 'free-minutes', minutes: freeMinutes, amountFen: 0 }] : []
  const freeEndMs = enteredAtMs + freeMinutes * minuteMs
  if (untilMs <= freeEndMs) return { amountFen: 0, lines: free }
  const beginMs = freeMinutesFor === 'every-stay' ? freeEndMs : enteredAtMs
  const bill = new Bill()
  for (let startMs = beginMs; startMs < untilMs; startMs += unitMinutes * minuteMs) {
    const unit = unitAt({ tariff, time }, startMs, beginMs)
    bill.add(unit, startMs - beginMs >= freeUnitMinutes * minuteMs ? unit.band.fenPerUnit : 0)
  }
  return {
    amountFen: bill.amountFen,
    lines: [...(freeMinutesFor === 'every-stay' ? free : []), ...bill.lines(unitMinutes)],
  }
}

/** Where a unit belongs. */
interface Unit {
  readonly date: string
  readonly dayKind: DayKind
  readonly band: Band
  /** Date on which the occurrence of the band began: a night's is that of its evening. */
  readonly bandDate: string
  /** What the day's cap covers, and how much it is. */
  readonly capKey: string
  readonly capFen: number
  /** Date on which the 24 hours began that the cap covers; absent when it covers a date. */
  readonly capDate?: string
}

function unitAt({ tariff, time }: PricedTariff, startMs: number, beginMs: number): Unit {
  const { date, minuteOfDay } = time.localOf(startMs)
  const dayKind = dayKindOf(tariff, date)
  const day = tariff.days[dayKind]
  const band = bandAt(day, minuteOfDay)
  const periodMs = beginMs + Math.floor((startMs - beginMs) / dayMs) * dayMs
  const capDate = tariff.capOver === 'date' ? date : time.localOf(periodMs).date
  const capDay = tariff.days[dayKindOf(tariff, capDate)]
  return {
    date,
    dayKind,
    band,
    bandDate: bandDateOf(tariff, band, date),
    capKey: tariff.capOver === 'date' ? date : String(periodMs),
    capFen: capDay.capFen ?? Infinity,
    ...(tariff.capOver === 'date' ? {} : { capDate }),
  }
}

/** What kind of day a date is: by the calendar, else by its weekday. */
export function dayKindOf({ calendar }: Tariff, date: string): DayKind {
  const weekday = weekdayOf(date)
  return calendar[date] ?? (weekday === 0 || weekday === 6 ? 'restday' : 'workday')
}

function bandAt({ bands }: DayPrices, minuteOfDay: number): Band {
  let found = bands[0]!
  for (const band of bands) if (band.fromMinute <= minuteOfDay) found = band
  return found
}

/** A band that opens a date goes on from the evening before when that ended with a band of its name. */
function bandDateOf(tariff: Tariff, band: Band, date: string): string {
  if (band.fromMinute !== 0) return date
  const evening = dateBefore(date)
  const last = tariff.days[dayKindOf(tariff, evening)].bands.at(-1)
  // A band as long as the day would go on for ever: each date then is one of its own.
  return last?.name === band.name && last.fromMinute !== 0 ? evening : date
}

type Cut = PriceLine & { readonly kind: 'band-cap' | 'day-cap' | 'period-cap' }

interface CountedBand {
  readonly unit: Unit
  readonly fenPerUnit: number
  units: number
}

/** Adds up units in the order of time; caps take what goes beyond them from the unit that goes beyond. */
class Bill {
  amountFen = 0
  readonly #bands = new Map<string, CountedBand>()
  readonly #spentOfCap = new Map<string, number>()
  readonly #cuts = new Map<string, Cut>()

  add(unit: Unit, fenPerUnit: number): void {
    const { date, band, bandDate, capKey, capFen, capDate } = unit
    const key = `${date} ${band.name} ${band.fromMinute} ${fenPerUnit}`
    const counted = this.#bands.get(key) ?? { unit, fenPerUnit, units: 0 }
    counted.units++
    this.#bands.set(key, counted)
    const bandCapFen = band.capFen ?? Infinity
    const afterBand = this.#within(`band ${bandDate} ${band.name}`, fenPerUnit, bandCapFen)
    if (afterBand < fenPerUnit) {
      const amountFen = afterBand - fenPerUnit
      this.#cut(
        { kind: 'band-cap', date: bandDate, band: band.name, capFen: bandCapFen, amountFen },
        bandDate,
      )
    }
    const afterDay = this.#within(`day ${capKey}`, afterBand, capFen)
    if (afterDay < afterBand) {
      const amountFen = afterDay - afterBand
      this.#cut(
        { kind: capDate === undefined ? 'day-cap' : 'period-cap', date: capDate ?? date, capFen, amountFen },
        capKey,
      )
    }
    this.amountFen += afterDay
  }

  lines(unitMinutes: number): PriceLine[] {
    const times = [...this.#bands.values()].map(({ unit, fenPerUnit, units }): PriceLine => ({
      kind: 'time',
      date: unit.date,
      dayKind: unit.dayKind,
      band: unit.band.name,
      units,
      unitMinutes,
      fenPerUnit,
      amountFen: units * fenPerUnit,
    }))
    return [...times, ...this.#cuts.values()]
  }

  #within(cap: string, amountFen: number, capFen: number): number {
    const spent = this.#spentOfCap.get(cap) ?? 0
    const taken = Math.max(0, Math.min(amountFen, capFen - spent))
    this.#spentOfCap.set(cap, spent + taken)
    return taken
  }

  /** Cuts by the same cap are one line, on whichever dates its units begin. */
  #cut(line: Cut, capKey: string): void {
    const key = `${line.kind} ${capKey} ${line.kind === 'band-cap' ? line.band : ''}`
    const before = this.#cuts.get(key)?.amountFen ?? 0
    this.#cuts.set(key, { ...line, amountFen: before + line.amountFen })
  }
}
