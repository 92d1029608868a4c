import type { LiveCampaign } from './live-campaign.ts'
import type { Occurrence, Reason, VisitHistory } from './situation.ts'

const none = {}
const otherTrigger: Reason = { rule: 'other-trigger', facts: none }
const otherZone: Reason = { rule: 'other-zone', facts: none }

/** Why an occurrence is not what a campaign waits for; undefined when it is. */
export function waitsFor(
  { terms: { trigger }, campaignId, places }: LiveCampaign,
  occurrence: Occurrence,
  { visits, visitBegins }: VisitHistory,
): Reason | undefined {
  switch (trigger.on) {
    case 'enter':
      if (occurrence.kind !== 'entered') return otherTrigger
      return places.has(occurrence.zone.id) ? undefined : otherZone
    case 'leave':
      if (occurrence.kind !== 'left') return otherTrigger
      return places.has(occurrence.zone.id) ? undefined : otherZone
    case 'dwell': {
      if (occurrence.kind !== 'dwelled') return otherTrigger
      if (!places.has(occurrence.zone.id)) return otherZone
      const { dwellMs } = occurrence
      if (dwellMs >= trigger.dwellMs) return undefined
      return { rule: 'dwell-too-short', facts: { dwellMs, neededMs: trigger.dwellMs } }
    }
    case 'nearby': {
      if (occurrence.kind !== 'nearby') return otherTrigger
      const { distanceM } = occurrence
      if (places.has(occurrence.zoneId) && distanceM <= trigger.withinM) return undefined
      return { rule: 'other-zone', facts: { distanceM, withinM: trigger.withinM } }
    }
    case 'level':
      if (occurrence.kind !== 'entered' || occurrence.zone.kind !== 'level') return otherTrigger
      return places.has(occurrence.zone.id) ? undefined : otherZone
    case 'venue':
      return occurrence.kind === 'entered' && occurrence.zone.kind === 'venue' ? undefined : otherTrigger
    case 'welcome':
      return occurrence.kind === 'entered' && visitBegins ? undefined : otherTrigger
    case 'first-visit':
      return occurrence.kind === 'entered' && visitBegins && visits === 1 ? undefined : otherTrigger
    case 'claim':
      return occurrence.kind === 'claimed' && occurrence.campaignId === campaignId ? undefined : otherTrigger
  }
}
