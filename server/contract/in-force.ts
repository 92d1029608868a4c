import { openStateAt } from '../../maps/hours/opening-hours.ts'
import type { WeekMinute } from '../../maps/hours/opening-hours.ts'
import type { ClosureNotice, KernelClosure } from './navigation.contract.ts'

/** The closures in force at a moment, for `router.withClosures`. */
export function closuresAt(notices: readonly ClosureNotice[], nowMs: number): KernelClosure[] {
  return notices.filter((notice) => isWithin(notice, nowMs)).flatMap(({ closures }) => closures)
}

/** True from `fromMs` (inclusive) to `untilMs` (exclusive); an absent end is open. */
export function isWithin(
  { fromMs, untilMs }: { readonly fromMs?: number; readonly untilMs?: number },
  nowMs: number,
): boolean {
  return (fromMs ?? 0) <= nowMs && nowMs < (untilMs ?? Infinity)
}

/** True when hours (OSM opening_hours) hold at a minute of the week, or there are none. */
export function areHours(hours: string | undefined, at: WeekMinute): boolean {
  return hours === undefined || openStateAt(hours, at)?.open !== false
}
