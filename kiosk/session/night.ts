import { weekMinuteIn } from '../../server/contract/floor-stream.ts'

/** After this hour of the mall's clocks its halls are dim, and before it. */
const nightFrom = 20
const nightUntil = 7

/** Whether the screen is dark now: by the hours of the evening, or always one way (`?theme=light`). */
export function themeAt(nowMs: number, timeZone: string, search: string): 'light' | 'dark' {
  const asked = new URLSearchParams(search).get('theme')
  if (asked === 'light' || asked === 'dark') return asked
  const { minute } = weekMinuteIn(timeZone, nowMs)
  return minute >= nightFrom * 60 || minute < nightUntil * 60 ? 'dark' : 'light'
}
