/** Kinds of day that are priced apart; a venue's calendar says which dates are not what their weekday says. */
export const dayKinds = ['workday', 'restday', 'holiday'] as const

export type DayKind = (typeof dayKinds)[number]

/** A part of the day with one price; it lasts until the next band of that day begins. */
export interface Band {
  /** `day`, `night`: bands of one name on both sides of a midnight are one night. */
  readonly name: string
  /** Minutes after midnight, 0 to 1439. */
  readonly fromMinute: number
  /** Price of every started unit that begins in the band. */
  readonly fenPerUnit: number
  /** Most that one occurrence of the band costs: one night, midnight included; bands of one name on a date share it. */
  readonly capFen?: number
}

export interface DayPrices {
  /** In the order of their beginnings; the first begins at minute 0. */
  readonly bands: readonly Band[]
  /** Most that the day costs. */
  readonly capFen?: number
}

/** What parking costs. Amounts are integer fen. */
export interface Tariff {
  /** IANA name of the venue's zone: `Asia/Shanghai`. Bands, dates and calendar are read on its clocks. */
  readonly timeZone: string
  /** Length of a started unit: 60 for "per started hour". Units are counted in time that passes, not on clocks. */
  readonly unitMinutes: number
  readonly freeMinutes: number
  /** `every-stay`: units are counted from the end of the free minutes. `short-stays`: a longer stay pays from its beginning. */
  readonly freeMinutesFor: 'every-stay' | 'short-stays'
  readonly days: Readonly<Record<DayKind, DayPrices>>
  /** Dates (`2026-10-01`) that are another kind of day than their weekday says: holidays, and weekends that are worked. */
  readonly calendar: Readonly<Record<string, DayKind>>
  /** What a day's cap covers: a date, or each 24 hours counted from where charging begins. */
  readonly capOver: 'date' | '24-hours'
  /** How long a quote is honoured. */
  readonly quoteMinutes: number
  /** How long one may take to the barrier after paying. */
  readonly exitMinutes: number
}

/** Something that makes a stay cheaper. */
export type Benefit = { readonly id: string; readonly from: 'member' | 'coupon' | 'shop' } & (
  | { readonly kind: 'minutes'; readonly minutes: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'amount'; readonly amountFen: number }
)

/** One line of a calculation; the amounts of all lines add up to what is due. */
export type PriceLine =
  | { readonly kind: 'free-minutes'; readonly minutes: number; readonly amountFen: 0 }
  | {
      readonly kind: 'time'
      /** Date on the venue's clocks on which the units begin. */
      readonly date: string
      readonly dayKind: DayKind
      readonly band: string
      readonly units: number
      readonly unitMinutes: number
      readonly fenPerUnit: number
      readonly amountFen: number
    }
  | {
      readonly kind: 'band-cap'
      /** Date on which the occurrence of the band began. */
      readonly date: string
      readonly band: string
      readonly capFen: number
      readonly amountFen: number
    }
  | { readonly kind: 'day-cap'; readonly date: string; readonly capFen: number; readonly amountFen: number }
  | {
      readonly kind: 'period-cap'
      /** Date on which the 24 hours began. */
      readonly date: string
      readonly capFen: number
      readonly amountFen: number
    }
  | { readonly kind: 'benefit'; readonly benefit: Benefit; readonly amountFen: number }
  /** What was received, as far as it is needed. */
  | { readonly kind: 'paid'; readonly amountFen: number }
  /** What time has added since a quote was paid, while there still is time to leave. */
  | { readonly kind: 'honoured'; readonly amountFen: number }

/**
 * What is wrong with a tariff, in sentences for whoever wrote it; empty when it can be used.
 * Ranges of single numbers are the contract's business, this is what goes beyond them.
 */
export function tariffFaults(tariff: Tariff): string[] {
  const faults: string[] = []
  if (!isTimeZone(tariff.timeZone)) faults.push(`timeZone: "${tariff.timeZone}" is no IANA time zone`)
  for (const kind of dayKinds) {
    const { bands } = tariff.days[kind]
    if (bands[0]?.fromMinute !== 0) faults.push(`days.${kind}: the first band has to begin at minute 0`)
    bands.forEach((band, index) => {
      const before = bands[index - 1]
      if (before && band.fromMinute <= before.fromMinute) {
        faults.push(`days.${kind}.bands[${index}]: has to begin after the band before it`)
      }
    })
  }
  for (const date of Object.keys(tariff.calendar)) {
    if (!isDate(date)) faults.push(`calendar: "${date}" is no date like 2026-10-01`)
  }
  return faults
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function isDate(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}
