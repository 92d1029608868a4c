import type { Schedule } from '../contract/campaign-values.ts'
import { minutesPerDay, minutesPerWeek } from './local-time.ts'

/** The hours of a campaign, a bit for each minute of the week: looking up is one shift. */
export interface CampaignHours {
  /** True when the campaign runs at this minute of the week, 0 being Monday 00:00. */
  isOpen(minuteOfWeek: number): boolean
  /** True when nothing may be offered then, though the campaign runs. */
  isQuiet(minuteOfWeek: number): boolean
}

/** Compiles hours. Those that end before they begin run over midnight, on Sunday into Monday. */
export function compileHours({ weekly, quiet }: Pick<Schedule, 'weekly' | 'quiet'>): CampaignHours {
  const open = new Uint8Array(minutesPerWeek / 8)
  if (weekly.length === 0) open.fill(0xff)
  for (const { days, from, to } of weekly) {
    for (const day of days) mark(open, day - 1, [minutes(from), minutes(to)])
  }
  const silent = new Uint8Array(minutesPerWeek / 8)
  for (const { from, to } of quiet) {
    for (let day = 0; day < 7; day++) mark(silent, day, [minutes(from), minutes(to)])
  }
  return { isOpen: (minute) => has(open, minute), isQuiet: (minute) => has(silent, minute) }
}

function minutes(clockTime: string): number {
  const [hours = 0, rest = 0] = clockTime.split(':').map(Number)
  return hours * 60 + rest
}

function mark(bits: Uint8Array, day: number, [from, to]: readonly [number, number]): void {
  const start = day * minutesPerDay + from
  const length = to > from ? to - from : to + minutesPerDay - from
  for (let minute = start; minute < start + length; minute++) {
    const at = minute % minutesPerWeek
    bits[at >> 3]! |= 1 << (at & 7)
  }
}

function has(bits: Uint8Array, minute: number): boolean {
  return ((bits[minute >> 3]! >> (minute & 7)) & 1) === 1
}
