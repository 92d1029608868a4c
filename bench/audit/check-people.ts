import type { Facts, VisitFact } from './facts.ts'
import { groupBy } from './finding.ts'
import type { Finding } from './finding.ts'

/** Times are kept in whole milliseconds. */
const roundingMs = 2

/**
 * A visit is an `entered` and the `left` that followed it: of one visitor and zone the next begins when the one before
 * has ended. The same holds for all units of a venue together, and for its levels, as nobody is in two at once.
 */
export function visitsOverlap({ visits }: Facts): Finding[] {
  const found: Finding[] = []
  const say = (sentence: string) => found.push({ check: 'visits-overlap', sentence })
  for (const { visitorId, zoneId, enteredMs, leftMs, dwellMs } of visits) {
    if (leftMs < enteredMs || Math.abs(leftMs - enteredMs - dwellMs) > roundingMs) {
      say(
        `Visitor ${visitorId} stayed ${dwellMs} ms in ${zoneId}, between ${enteredMs} and ${leftMs}, which is ` +
          `${leftMs - enteredMs} ms.`,
      )
    }
  }
  for (const own of groupBy(visits, groupOf).values()) {
    own.sort((a, b) => a.enteredMs - b.enteredMs || a.leftMs - b.leftMs)
    for (const [at, next] of own.entries()) {
      const before = own[at - 1]
      if (before && next.enteredMs + roundingMs < before.leftMs) {
        const { visitorId } = next
        const [inBefore, inNext] = [`${before.zoneKind} ${before.zoneId}`, `${next.zoneKind} ${next.zoneId}`]
        say(
          `Visitor ${visitorId} entered ${inNext} at ${next.enteredMs} and left ${inBefore} only at ${before.leftMs}.`,
        )
      }
    }
  }
  return found
}

/** What a visitor can be in one of at a time: one zone, any unit, any level. */
function groupOf({ venueId, visitorId, zoneId, zoneKind }: VisitFact): string {
  const zone = zoneKind === 'unit' || zoneKind === 'level' ? zoneKind : zoneId
  return `${venueId} ${visitorId} ${zone}`
}

/** Visits are there of those alone who agree to `location` now: a withdrawal and an erasure take them away. */
export function visitWithoutConsent({ visits, located }: Facts): Finding[] {
  const without = visits.filter(({ visitorId }) => !located.has(visitorId))
  return [...groupBy(without, ({ visitorId }) => visitorId)].map(([visitorId, own]) => ({
    check: 'visit-without-consent',
    sentence: `${own.length} visits are kept of visitor ${visitorId}, who does not agree to it.`,
  }))
}

/** Nothing names an erased person any more, in any table. */
export function erasedPersonFound({ traces }: Facts): Finding[] {
  return traces.map(({ visitorId, table }) => ({
    check: 'erased-person-found',
    sentence: `Something of the erased visitor ${visitorId} is in ${table}.`,
  }))
}

/** Nothing waits to be told. */
export function outboxNotEmpty({ waiting }: Facts): Finding[] {
  return waiting.map(({ venueId, topic, events }) => ({
    check: 'outbox-not-empty',
    sentence: `${events} events ${topic} of venue ${venueId} wait to be told.`,
  }))
}
