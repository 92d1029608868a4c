import type { Schedule } from '../contract/campaign-values.ts'
import { minutesPerDay, minutesPerWeek } from './local-time.ts'

/** The hours of a campaign. Looking up is one read; at most 20 KB, and nothing when there are no hours. */
export interface CampaignHours {
  /** True when the campaign runs at this minute of the week, 0 being Monday 00:00. */
  isOpen(minuteOfWeek: number): boolean
  /** True when nothing may be offered then, though the campaign runs. */
  isQuiet(minuteOfWeek: number): boolean
}

const everyDay = [1, 2, 3, 4, 5, 6, 7]

/** Compiles hours. Those that end before they begin run over midnight, on Sunday into Monday. */
export function compileHours({ weekly, quiet }: Pick<Schedule, 'weekly' | 'quiet'>): CampaignHours {
  const open = marked(weekly)
  const silent = marked(quiet.map((hours) => ({ ...hours, days: everyDay })))
  return {
    isOpen: (minute) => open === undefined || open[minute] === 1,
    isQuiet: (minute) => silent?.[minute] === 1,
  }
}

/** One for each minute of the week that some of the hours cover; undefined when there are none. */
function marked(list: Schedule['weekly']): Uint8Array | undefined {
  if (list.length === 0) return undefined
  const minutes = new Uint8Array(minutesPerWeek)
  for (const { days, from, to } of list) {
    const [first, last] = [minuteOf(from), minuteOf(to)]
    for (const day of days) {
      const start = (day - 1) * minutesPerDay + first
      const end = start + (last > first ? last - first : last + minutesPerDay - first)
      minutes.fill(1, start, end)
      minutes.fill(1, 0, Math.max(0, end - minutesPerWeek))
    }
  }
  return minutes
}

function minuteOf(clockTime: string): number {
  const [hours = 0, minutes = 0] = clockTime.split(':').map(Number)
  return hours * 60 + minutes
}
