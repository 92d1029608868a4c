const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** A moment as the clocks of a venue show it. */
export interface LocalTime {
  /** `2026-11-22`. */
  readonly date: string
  /** Minutes since midnight on the clock's face, 0 to 1439: an hour comes twice, or not at all, when clocks change. */
  readonly minuteOfDay: number
  /** 0 is Sunday. */
  readonly weekday: number
}

/** The clocks of one time zone. */
export interface VenueTime {
  localOf(epochMs: number): LocalTime
}

/** Days whose offset is remembered; beyond that all are forgotten. */
const maxDaysKept = 4096

/**
 * Clocks of a zone by the runtime's own zone data. The offset is looked up twice a day and taken for the whole
 * day unless clocks change in it; it then is looked up each time.
 * @param timeZone IANA name. @throws RangeError when there is no such zone
 */
export function venueTimeOf(timeZone: string): VenueTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const offsets = new Map<number, number | 'changes'>()
  const lookUp = (epochMs: number): number => {
    const wholeMs = Math.floor(epochMs / 1000) * 1000
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(wholeMs)) part[type] = Number(value)
    const { year, month, day, hour, minute, second } = part
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - wholeMs
  }
  const offsetOf = (epochMs: number): number => {
    const day = Math.floor(epochMs / dayMs)
    let offset = offsets.get(day)
    if (offset === undefined) {
      const first = lookUp(day * dayMs)
      offset = first === lookUp((day + 1) * dayMs) ? first : 'changes'
      if (offsets.size >= maxDaysKept) offsets.clear()
      offsets.set(day, offset)
    }
    return offset === 'changes' ? lookUp(epochMs) : offset
  }
  return {
    localOf(epochMs) {
      const localMs = epochMs + offsetOf(epochMs)
      const local = new Date(localMs)
      return {
        date: local.toISOString().slice(0, 10),
        minuteOfDay: Math.floor((localMs - Math.floor(localMs / dayMs) * dayMs) / minuteMs),
        weekday: local.getUTCDay(),
      }
    },
  }
}

/** The date before one: `2026-02-28` of `2026-03-01`. */
export function dateBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - dayMs).toISOString().slice(0, 10)
}

/** The kind of weekday of a date alone: 0 is Sunday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay()
}
