import { areHours, weekMinuteIn } from '../../server/contract/floor-stream.ts'
import type { KioskSettings } from '../../server/contract/kiosk-values.ts'

/**
 * How bright the screen is to be at a moment, percent; 0 is dark. The first hours that fit decide.
 * A page cannot turn the backlight down: it lays a shade over itself, which on an OLED screen is the same.
 */
export function brightnessAt({ brightness, timeZone }: KioskSettings, nowMs: number): number {
  const at = weekMinuteIn(timeZone, nowMs)
  return brightness.hours.find(({ hours }) => areHours(hours, at))?.percent ?? brightness.otherwisePercent
}
