/** A moment as the clocks of a place show it. */
export interface LocalTime {
  /** Calendar day there, `2026-11-22`: sorts as text. */
  readonly day: string
  /** Minutes since Monday 00:00, 0 to 10 079. */
  readonly minuteOfWeek: number
}

export const minutesPerDay = 1440
export const minutesPerWeek = 7 * minutesPerDay
const minuteMs = 60_000
const dayMs = minutesPerDay * minuteMs
/** No zone changes its offset but at a multiple of this. */
const blockMs = 15 * minuteMs
/** Monday, 5 January 1970, in days since the epoch. */
const firstMonday = 4

interface KeptOffset {
  readonly format: Intl.DateTimeFormat
  block: number
  offsetMs: number
}

/** One entry for each time zone asked for; the IANA database has some 600, so this is bounded. */
const kept = new Map<string, KeptOffset>()

/**
 * What the clocks of a time zone show at a moment. Asks `Intl` once per zone and quarter of an hour, which
 * costs microseconds, and adds from then on.
 * @param timeZone IANA name
 * @throws RangeError when there is no such zone
 */
export function localTime(timeZone: string, atMs: number): LocalTime {
  const localMs = atMs + offsetAt(timeZone, atMs)
  const dayNumber = Math.floor(localMs / dayMs)
  const weekday = (((dayNumber - firstMonday) % 7) + 7) % 7
  return {
    day: new Date(dayNumber * dayMs).toISOString().slice(0, 10),
    minuteOfWeek: weekday * minutesPerDay + Math.floor((localMs - dayNumber * dayMs) / minuteMs),
  }
}

function offsetAt(timeZone: string, atMs: number): number {
  let entry = kept.get(timeZone)
  if (!entry) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    entry = { format, block: Number.NaN, offsetMs: 0 }
    kept.set(timeZone, entry)
  }
  const block = Math.floor(atMs / blockMs)
  if (entry.block !== block) {
    entry.offsetMs = parseOffset(entry.format, atMs)
    entry.block = block
  }
  return entry.offsetMs
}

/** `GMT+08:00`, `GMT-03:30`, or `GMT` alone. */
function parseOffset(format: Intl.DateTimeFormat, atMs: number): number {
  const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d{2}):?(\d{2})?/.exec(name) ?? []
  const size = (Number(hours) * 60 + Number(minutes)) * minuteMs
  return sign === '-' ? -size : size
}
