import { labelOfCategory } from '../../maps/directory/category-labels.ts'
import { openStateAt } from '../../maps/hours/opening-hours.ts'
import type { OpenState, WeekMinute } from '../../maps/hours/opening-hours.ts'
import type { Destination, Labels } from '../../maps/model/index.ts'
import { nameIn } from '../../maps/render/client.ts'
import type { FloorState } from '../../server/contract/floor-stream.ts'
import { language } from '../../ui/i18n.ts'
import { say } from '../messages.ts'

export type Campaign = FloorState['campaigns'][number]

/** A text in the language on screen. */
export function inWords(labels: Labels): string {
  return nameIn(labels, language.value)
}

/** What one calls the kind of a place: 火锅, Toilet; empty when its name says it already. */
export function kindOf(destination: Destination): string {
  const label = labelOfCategory(destination.category)
  const kind = label ? inWords(label) : ''
  return kind === inWords(destination.name) ? '' : kind
}

/** Whether a place is open; undefined when nothing is known. */
export function openState({ hours }: Destination, minute: WeekMinute): OpenState | undefined {
  return hours === undefined ? undefined : openStateAt(hours, minute)
}

/** The state of a place in a word, and until when that holds: 营业中, 到 21:30. */
export function openWords(
  destination: Destination,
  minute: WeekMinute,
): { readonly open: boolean; readonly word: string; readonly detail: string } | undefined {
  const state = openState(destination, minute)
  if (!state) return undefined
  if (state.open) {
    const detail = state.until === undefined ? '' : say('until', { time: state.until })
    return { open: true, word: say('open'), detail }
  }
  return { open: false, word: say('closedNow'), detail: state.opens ? opensWords(state.opens) : '' }
}

function opensWords({ daysAhead, at }: { readonly daysAhead: number; readonly at: string }): string {
  if (daysAhead === 0) return say('opensToday', { time: at })
  if (daysAhead === 1) return say('opensTomorrow', { time: at })
  return say('opensLater', { days: daysAhead, time: at })
}

/** Opening hours as people read them: 每天 10:00–22:00 for `Mo-Su 10:00-22:00`. */
export function hoursWords(hours: string): string {
  const names = say('weekdays').split(',')
  const days = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']
  return hours
    .replace(/Mo-Su\b/g, say('everyDay'))
    .replace(/\b(?:Mo|Tu|We|Th|Fr|Sa|Su)\b/g, (day) => names[days.indexOf(day)] ?? day)
    .replace(/\boff\b/g, say('closedDay'))
    .replace(/-/g, '–')
}

/** What an offer is worth, in the fewest words: 满 200 减 40, 8.8 折. */
export function couponWords({ coupon }: Campaign): string {
  switch (coupon.kind) {
    case 'full-reduction':
      return say('fullReduction', { spend: yuan(coupon.minSpendFen), off: yuan(coupon.offFen) })
    case 'discount':
      return say('discount', { zhe: (100 - coupon.percentOff) / 10, percent: coupon.percentOff })
    case 'cash':
      return say('cashOff', { off: yuan(coupon.offFen) })
    case 'gift':
      return say('gift', { gift: coupon.gift[language.value] })
  }
}

/** An amount of fen in yuan: 12 or 12.50. */
export function yuan(fen: number): string {
  return fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2)
}

/** The offers that are to be had in a place. */
export function offersOf(destination: Destination, campaigns: readonly Campaign[]): readonly Campaign[] {
  const units: readonly string[] = destination.unitIds
  return campaigns.filter(({ zones, redeemAt }) => [...redeemAt, ...zones].some((id) => units.includes(id)))
}

/** Where an offer is to be had; undefined when it is of the whole mall. */
export function placeOfOffer(
  { redeemAt, zones }: Campaign,
  destinations: readonly Destination[],
): Destination | undefined {
  const wanted = new Set<string>([...redeemAt, ...zones])
  return destinations.find(({ unitIds }) => unitIds.some((id) => wanted.has(id)))
}

/** People in a place, as far as the server tells: it keeps small numbers to itself. */
export function visitorsIn(
  destination: Destination,
  { visitors }: Pick<FloorState, 'visitors'>,
): number | undefined {
  const known = destination.unitIds.flatMap((id) => visitors.get(id) ?? [])
  return known.length === 0 ? undefined : known.reduce((sum, some) => sum + some, 0)
}

/** Whole minutes of a walk, at least one. */
export function minutesOf(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60))
}

/** A time of the mall's clocks as people write it here: 14:32. @param timeZone IANA name */
export function clockTime(ms: number, timeZone: string): string {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const
  return new Intl.DateTimeFormat('en-GB', clock).format(ms)
}

/** A day of the mall's calendar: 11月22日, 22 November; with the day of the week where it is wanted. */
export function calendarDay(ms: number, timeZone: string, weekday?: 'short'): string {
  const locale = language.value === 'zh' ? 'zh-CN' : 'en-GB'
  const day = { month: 'long', day: 'numeric', timeZone, ...(weekday && { weekday }) } as const
  return new Intl.DateTimeFormat(locale, day).format(ms)
}
