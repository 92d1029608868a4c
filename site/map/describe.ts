import { labelOfCategory } from '../../maps/directory/category-labels.ts'
import { openStateAt } from '../../maps/hours/opening-hours.ts'
import type { Destination } from '../../maps/model/index.ts'
import { nameIn } from '../../maps/render/client.ts'
import { say } from './messages.ts'

/** What one calls the kind of a place: 火锅, Toilet; empty when its name says it already. */
export function kindLine(destination: Destination, language: string): string {
  const label = labelOfCategory(destination.category)
  const kind = label ? nameIn(label, language) : ''
  return kind === nameIn(destination.name, language) ? '' : kind
}

/** Whether a place is open, in a word, and until when that holds; undefined when nothing is known. */
export interface OpenLine {
  readonly open: boolean
  readonly word: string
  readonly detail: string
}

/**
 * @param now by the device's clock, which in the mall is the mall's
 */
export function openLine(destination: Destination, now: Date): OpenLine | undefined {
  if (!destination.hours) return undefined
  const weekday = (now.getDay() + 6) % 7
  const state = openStateAt(destination.hours, { weekday, minute: now.getHours() * 60 + now.getMinutes() })
  if (!state) return undefined
  if (state.open) {
    const detail = state.until === undefined ? '' : say('until', { time: state.until })
    return { open: true, word: say('open'), detail }
  }
  return { open: false, word: say('closed'), detail: state.opens ? opensDetail(state.opens) : '' }
}

function opensDetail({ daysAhead, at }: { readonly daysAhead: number; readonly at: string }): string {
  if (daysAhead === 0) return say('opensToday', { time: at })
  if (daysAhead === 1) return say('opensTomorrow', { time: at })
  return say('opensLater', { days: daysAhead, time: at })
}
