import { isHeldOut, wordsOfId } from './hold-out.ts'
import type { LiveCampaign } from './live-campaign.ts'
import { localTime } from './local-time.ts'
import type { LocalTime } from './local-time.ts'
import { noStanding } from './situation.ts'
import type { Reason, Situation, Standing } from './situation.ts'
import { waitsFor } from './waits-for.ts'

/** Offers a visitor may hold at once in one venue: what fits on a few screens. */
export const maxHeld = 20

/** What a campaign says to a situation: yes, or the first rule that stands against it. */
export interface Verdict {
  readonly campaign: LiveCampaign
  readonly reason: Reason | undefined
}

/** What is offered, and what every campaign said. */
export interface Decision {
  readonly chosen: LiveCampaign | undefined
  readonly verdicts: readonly Verdict[]
}

/**
 * Decides which campaign, if any, is offered now, and says for every other one why not: the first rule of
 * `offerRules` that stands against it, with its facts. Of several that fit one is chosen: the greatest
 * priority; then the one that ends first (one without an end last); then the one that was made first.
 *
 * Pure: the same campaigns and situation always give the same decision. O(campaigns × occurrences).
 */
export function decide(campaigns: { readonly all: readonly LiveCampaign[] }, situation: Situation): Decision {
  const context: Context = { clocks: new Map(), visitorWords: wordsOfId(situation.visitor.visitorId) }
  const verdicts: Verdict[] = []
  let chosen: LiveCampaign | undefined
  for (const campaign of campaigns.all) {
    const reason = reasonAgainst(campaign, situation, context)
    verdicts.push({ campaign, reason })
    if (!reason && (!chosen || comesBefore(campaign, chosen))) chosen = campaign
  }
  return { chosen, verdicts }
}

/** True when `one` is offered rather than `other`. A total order, as ids differ. */
export function comesBefore(one: LiveCampaign, other: LiveCampaign): boolean {
  const byPriority = other.terms.limits.priority - one.terms.limits.priority
  if (byPriority !== 0) return byPriority < 0
  const end = ({ terms }: LiveCampaign) => terms.schedule.untilMs ?? Infinity
  if (end(one) !== end(other)) return end(one) < end(other)
  // Ids are UUIDs of version 7: they sort by the time they were made.
  return one.campaignId < other.campaignId
}

/** What is derived from a situation once for all campaigns. */
interface Context {
  /** By time zone. */
  readonly clocks: Map<string, LocalTime>
  readonly visitorWords: readonly number[]
}

/** The first rule that stands against a campaign; undefined when none does. */
function reasonAgainst(
  campaign: LiveCampaign,
  situation: Situation,
  { clocks, visitorWords }: Context,
): Reason | undefined {
  const clock = clockOf(campaign, situation.nowMs, clocks)
  const standing = situation.standings.get(campaign.campaignId) ?? noStanding
  return (
    againstState(campaign, situation.nowMs) ??
    againstOccurrences(campaign, situation) ??
    againstHour(campaign, clock) ??
    againstVisitor(campaign, situation, standing) ??
    againstCaps(campaign, standing, clock) ??
    againstGroup(campaign, visitorWords)
  )
}

function clockOf({ terms }: LiveCampaign, nowMs: number, clocks: Map<string, LocalTime>): LocalTime {
  const { timeZone } = terms.schedule
  let clock = clocks.get(timeZone)
  if (!clock) clocks.set(timeZone, (clock = localTime(timeZone, nowMs)))
  return clock
}

/** One that is scheduled is live from its first millisecond on, whenever the job that says so runs. */
function againstState({ state, terms: { schedule } }: LiveCampaign, nowMs: number): Reason | undefined {
  if (state !== 'live' && state !== 'scheduled') return { rule: 'not-live', facts: { state } }
  const { fromMs, untilMs } = schedule
  if (fromMs !== undefined && nowMs < fromMs) return { rule: 'not-started', facts: { fromMs } }
  if (untilMs !== undefined && nowMs >= untilMs) return { rule: 'over', facts: { untilMs } }
  return undefined
}

/** How far an occurrence came; the furthest is the one worth telling. */
const nearness: Readonly<Partial<Record<Reason['rule'], number>>> = { 'other-zone': 1, 'dwell-too-short': 2 }

function againstOccurrences(campaign: LiveCampaign, { occurrences, visitor }: Situation): Reason | undefined {
  let nearest: Reason = { rule: 'other-trigger', facts: {} }
  for (const occurrence of occurrences) {
    const reason = waitsFor(campaign, occurrence, visitor)
    if (!reason) return undefined
    if ((nearness[reason.rule] ?? 0) > (nearness[nearest.rule] ?? 0)) nearest = reason
  }
  return nearest
}

function againstHour({ hours }: LiveCampaign, { day, minuteOfWeek }: LocalTime): Reason | undefined {
  if (!hours.isOpen(minuteOfWeek)) return { rule: 'outside-hours', facts: { day, minuteOfWeek } }
  if (hours.isQuiet(minuteOfWeek)) return { rule: 'quiet-hours', facts: { day, minuteOfWeek } }
  return undefined
}

function againstVisitor(
  { terms: { audience, limits } }: LiveCampaign,
  { visitor, occurrences, nowMs }: Situation,
  { mine }: Standing,
): Reason | undefined {
  const { member, visits, held } = visitor
  const { membership, visit } = audience
  if (membership === 'members' && !member) return { rule: 'members-only', facts: {} }
  if (membership === 'anonymous' && member) return { rule: 'anonymous-only', facts: {} }
  if (visit === 'first' && visits !== 1) return { rule: 'first-visit-only', facts: { visits } }
  if (visit === 'returning' && visits < 2) return { rule: 'returning-only', facts: { visits } }
  // Who asks for it has changed their mind.
  const asked = occurrences.some(({ kind }) => kind === 'claimed')
  if (mine.declined && !asked) return { rule: 'declined', facts: {} }
  if (mine.held > 0) return { rule: 'held-already', facts: {} }
  if (held >= maxHeld) return { rule: 'too-many-offers', facts: { held, maxHeld } }
  const { perVisitor, coolDownMs } = limits
  if (mine.taken >= perVisitor) return { rule: 'cap-per-visitor', facts: { taken: mine.taken, perVisitor } }
  const { lastGrantedAtMs } = mine
  if (lastGrantedAtMs !== undefined && nowMs < lastGrantedAtMs + coolDownMs) {
    return { rule: 'cool-down', facts: { untilMs: lastGrantedAtMs + coolDownMs } }
  }
  return undefined
}

function againstCaps(
  { terms: { limits }, mostSpentFen }: LiveCampaign,
  { taken, day: countedDay, takenOnDay, committedFen }: Standing,
  { day }: LocalTime,
): Reason | undefined {
  const { total, perDay, budgetFen } = limits
  if (total !== undefined && taken >= total) return { rule: 'cap-total', facts: { taken, total } }
  if (perDay !== undefined && countedDay >= day && takenOnDay >= perDay) {
    return { rule: 'cap-per-day', facts: { taken: takenOnDay, perDay, day: countedDay } }
  }
  if (budgetFen !== undefined && committedFen + mostSpentFen > budgetFen) {
    return { rule: 'budget', facts: { committedFen, neededFen: mostSpentFen, budgetFen } }
  }
  return undefined
}

function againstGroup(
  { terms: { limits }, assignmentKey }: LiveCampaign,
  visitorWords: readonly number[],
): Reason | undefined {
  const { holdOutPercent } = limits
  if (!isHeldOut(assignmentKey, visitorWords, holdOutPercent)) return undefined
  return { rule: 'held-out', facts: { holdOutPercent } }
}
