import type { OfferRule } from '../../contract/offer-rules.ts'
import type { LiveCampaign } from '../live-campaign.ts'
import type { Occurrence, Situation } from '../situation.ts'

/**
 * Every rule for itself, straight from the terms, without index, tables or kept offsets: slow and plain.
 * @returns all rules that stand against a campaign, in no order
 */
export function allRulesAgainst(campaign: LiveCampaign, situation: Situation): Set<OfferRule> {
  const { terms, state, mostSpentFen } = campaign
  const { limits, audience, schedule } = terms
  const { nowMs, visitor, occurrences } = situation
  const standing = situation.standings.get(campaign.campaignId)
  const mine = standing?.mine
  const against = new Set<OfferRule>()
  const rule = (name: OfferRule, stands: boolean) => {
    if (stands) against.add(name)
  }
  rule('not-live', state !== 'live' && state !== 'scheduled')
  rule('not-started', nowMs < (schedule.fromMs ?? -Infinity))
  rule('over', nowMs >= (schedule.untilMs ?? Infinity))
  rule('other-trigger', !occurrences.some((occurrence) => fires(campaign, occurrence, situation)))
  const clock = wallClock(schedule.timeZone, nowMs)
  rule('outside-hours', schedule.weekly.length > 0 && !schedule.weekly.some((hours) => covers(hours, clock)))
  rule(
    'quiet-hours',
    schedule.quiet.some((hours) => covers({ ...hours, days: [1, 2, 3, 4, 5, 6, 7] }, clock)),
  )
  rule('members-only', audience.membership === 'members' && !visitor.member)
  rule('anonymous-only', audience.membership === 'anonymous' && visitor.member)
  rule('first-visit-only', audience.visit === 'first' && visitor.visits !== 1)
  rule('returning-only', audience.visit === 'returning' && visitor.visits < 2)
  rule('declined', mine?.declined === true && occurrences.every(({ kind }) => kind !== 'claimed'))
  rule('held-already', (mine?.held ?? 0) > 0)
  rule('too-many-offers', visitor.held >= 20)
  rule('cap-per-visitor', (mine?.taken ?? 0) >= limits.perVisitor)
  rule('cool-down', nowMs - (mine?.lastGrantedAtMs ?? -Infinity) < limits.coolDownMs)
  rule('cap-total', (standing?.taken ?? 0) >= (limits.total ?? Infinity))
  const sameDay = (standing?.day ?? '') >= clock.day
  rule('cap-per-day', sameDay && (standing?.takenOnDay ?? 0) >= (limits.perDay ?? Infinity))
  rule('budget', (standing?.committedFen ?? 0) + mostSpentFen > (limits.budgetFen ?? Infinity))
  return against
}

function fires(
  { terms: { trigger }, campaignId }: LiveCampaign,
  occurrence: Occurrence,
  situation: Situation,
) {
  const { visits, visitBegins } = situation.visitor
  const entered = occurrence.kind === 'entered'
  switch (trigger.on) {
    case 'enter':
      return entered && trigger.zones.includes(occurrence.zone.id)
    case 'leave':
      return occurrence.kind === 'left' && trigger.zones.includes(occurrence.zone.id)
    case 'dwell':
      return (
        occurrence.kind === 'dwelled' &&
        trigger.zones.includes(occurrence.zone.id) &&
        occurrence.dwellMs >= trigger.dwellMs
      )
    case 'nearby':
      return (
        occurrence.kind === 'nearby' &&
        trigger.zones.includes(occurrence.zoneId) &&
        occurrence.distanceM <= trigger.withinM
      )
    case 'level':
      return entered && trigger.levels.some((id) => id === occurrence.zone.id)
    case 'venue':
      return entered && occurrence.zone.kind === 'venue'
    case 'welcome':
      return entered && visitBegins
    case 'first-visit':
      return entered && visitBegins && visits === 1
    case 'claim':
      return occurrence.kind === 'claimed' && occurrence.campaignId === campaignId
  }
}

interface WallClock {
  readonly day: string
  /** 1 is Monday. */
  readonly weekday: number
  /** `09:30`. */
  readonly time: string
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(timeZone, format)
  return format
}

function wallClock(timeZone: string, atMs: number): WallClock {
  const parts = (formats.get(timeZone) ?? formatOf(timeZone)).formatToParts(atMs)
  const part = (type: string) => parts.find((one) => one.type === type)!.value
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1,
    time: `${part('hour')}:${part('minute')}`,
  }
}

interface Hours {
  readonly days: readonly number[]
  readonly from: string
  readonly to: string
}

function covers({ days, from, to }: Hours, { weekday, time }: WallClock): boolean {
  if (from < to) return days.includes(weekday) && from <= time && time < to
  const yesterday = weekday === 1 ? 7 : weekday - 1
  return (days.includes(weekday) && time >= from) || (days.includes(yesterday) && time < to)
}
