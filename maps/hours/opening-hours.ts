/** A moment of the week as a clock on the mall's wall shows it. */
export interface WeekMinute {
  /** 0 is Monday. */
  readonly weekday: number
  /** Minutes since midnight, 0 to 1439. */
  readonly minute: number
}

/** Whether a place is open, and until when that holds. */
export type OpenState =
  | { readonly open: true; readonly until?: string }
  | { readonly open: false; readonly opens?: { readonly daysAhead: number; readonly at: string } }

/** Opening times of one week: from and to in minutes since Monday's midnight; `to` may pass the week's end. */
interface Stretch {
  readonly from: number
  readonly to: number
}

const dayMinutes = 24 * 60
const weekMinutes = 7 * dayMinutes
const days = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']

/**
 * Whether a place is open at a moment, read from the part of OSM's opening_hours that shops use: `24/7`,
 * `10:00-22:00`, `Mo-Fr 10:00-22:00; Sa,Su 09:00-22:30`, several times a day, past midnight, `off`. A
 * later rule replaces an earlier one on its days.
 *
 * @returns undefined for rules it does not read (holidays, months, sunrise): then say nothing
 *
 * **Source**: OpenStreetMap wiki, Key:opening_hours/specification.
 */
export function openStateAt(hours: string, { weekday, minute }: WeekMinute): OpenState | undefined {
  if (hours.trim() === '24/7') return { open: true }
  const stretches = stretchesOf(hours)
  if (!stretches) return undefined
  const now = weekday * dayMinutes + minute
  const current = stretches.find(({ from, to }) => isWithin(now, from, to))
  if (current) {
    const end = endOf(current, stretches)
    return end === undefined
      ? { open: true }
      : { open: true, until: end % dayMinutes === 0 ? '24:00' : clock(end) }
  }
  const [next] = stretches
    .map(({ from }) => (from - now + weekMinutes) % weekMinutes)
    .sort((a, b) => a - b)
    .map((wait) => now + wait)
  if (next === undefined) return { open: false }
  const daysAhead = Math.floor(next / dayMinutes) - weekday
  return { open: false, opens: { daysAhead, at: clock(next) } }
}

/** The moment of the week so many seconds later, whole minutes; Sunday is followed by Monday. */
export function secondsLater({ weekday, minute }: WeekMinute, seconds: number): WeekMinute {
  const minutes = (weekday * dayMinutes + minute + Math.floor(seconds / 60)) % weekMinutes
  return { weekday: Math.floor(minutes / dayMinutes), minute: minutes % dayMinutes }
}

function isWithin(now: number, from: number, to: number): boolean {
  return (now >= from && now < to) || (now + weekMinutes >= from && now + weekMinutes < to)
}

/** Where a stretch ends when others follow on without a gap; undefined when the week closes into a ring. */
function endOf(first: Stretch, stretches: readonly Stretch[]): number | undefined {
  let end = first.to
  while (end - first.from < weekMinutes) {
    const next = stretches.find(({ from }) => from === end % weekMinutes)
    if (!next) return end
    end += next.to - next.from
  }
  return undefined
}

function stretchesOf(hours: string): Stretch[] | undefined {
  const byDay: (Stretch[] | undefined)[] = days.map(() => undefined)
  for (const rule of hours.split(';')) {
    const text = rule.trim()
    if (text === '') continue
    const read = /^((?:(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:\s*[-,]\s*)?)+)?\s*(.*)$/.exec(text)
    const dayNumbers = read?.[1] === undefined ? days.map((_, day) => day) : daysOf(read[1])
    const times = timesOf(read?.[2] ?? '')
    if (!dayNumbers || !times) return undefined
    for (const day of dayNumbers) {
      byDay[day] = times.map(({ from, to }) => ({ from: day * dayMinutes + from, to: day * dayMinutes + to }))
    }
  }
  return byDay.flatMap((stretches) => stretches ?? [])
}

function daysOf(text: string): number[] | undefined {
  const found: number[] = []
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-').map((name) => days.indexOf(name.trim()))
    if (first === undefined || last === undefined || first < 0 || last < 0) return undefined
    for (let day = first; ; day = (day + 1) % 7) {
      found.push(day)
      if (day === last) break
    }
  }
  return found
}

function timesOf(text: string): Stretch[] | undefined {
  if (text === 'off' || text === 'closed') return []
  const found: Stretch[] = []
  for (const part of text.split(',')) {
    const read = /^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$/.exec(part)
    if (!read) return undefined
    const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = read.slice(1).map(Number)
    const from = fromHour * 60 + fromMinute
    const to = toHour * 60 + toMinute
    if (fromHour > 24 || toHour > 48 || fromMinute > 59 || toMinute > 59) return undefined
    found.push({ from, to: to > from ? to : to + dayMinutes })
  }
  return found
}

function clock(minutes: number): string {
  const minute = minutes % dayMinutes
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
