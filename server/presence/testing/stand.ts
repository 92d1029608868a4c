import { Registry } from 'prom-client'
import type { LevelId, VenueId } from '../../../maps/model/index.ts'
import type { BeaconTraffic, PlacedBeacon } from '../../beacons/index.ts'
import type { ReportReceipt, SightingsReport } from '../../contract/presence.contract.ts'
import { createLog } from '../../platform/log.ts'
import type { ConsentChange } from '../../visitors/index.ts'
import type { ZonePlan } from '../../venues/index.ts'
import type { PresenceEvent } from '../presence-event.ts'
import type { ReportRefusal } from '../admit-report.ts'
import { createPresenceMetrics } from '../presence-metrics.ts'
import { Presence } from '../presence.ts'
import type { PresenceParts } from '../presence.ts'

export const venueId = '00000000-0000-4000-8000-00000000000a' as VenueId

/** Id number n, as text. */
export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
}

const beaconUuid = '11111111-2222-4333-8444-555555555555'

/** A beacon that hangs at a point of a level. */
export function beaconAt(minor: number, level: string, x: number, y: number): PlacedBeacon {
  return {
    beaconId: idOf(minor),
    id: `${beaconUuid}/1/${minor}`,
    levelId: level as LevelId,
    x,
    y,
    mountHeightM: 3,
    powerDbm: -59,
    intervalMs: 500,
  }
}

/** What a phone at a place hears of the beacons within forty-five metres, without chance. */
export function heardAt(
  beacons: readonly PlacedBeacon[],
  { level, x, y }: { level: string; x: number; y: number },
): SightingsReport['sightings'] {
  return beacons.flatMap((beacon) => {
    const distanceM = Math.hypot(beacon.x - x, beacon.y - y, 2)
    if (beacon.levelId !== level || distanceM > 45) return []
    const rssiDbm = Math.round(beacon.powerDbm - 22 * Math.log10(distanceM))
    return [{ beacon: beacon.id, rssiDbm, ageMs: 0 }]
  })
}

/** Presence over fakes: a plan, a list of beacons, a clock and consents in the test's hands. */
export interface Stand {
  readonly presence: Presence
  readonly clock: { nowMs: number }
  readonly events: PresenceEvent[]
  readonly traffic: BeaconTraffic[]
  readonly plan: { current: ZonePlan | undefined }
  /** Visitors who did not agree. */
  readonly refusing: Set<string>
  withdraw(visitorId: string): void
  /** What of an event tests look at. */
  said(visitorId?: string): string[]
  /** One report; a promise only where the consent has to be looked up. */
  report(visitorId: string, parts?: Partial<SightingsReport>): ReportReceipt | ReportRefusal
  later(visitorId: string, parts?: Partial<SightingsReport>): ReturnType<Presence['report']>
}

/** Makes a stand; `more` replaces parts. */
export function stand(
  plan: ZonePlan,
  beacons: readonly PlacedBeacon[],
  more: Partial<PresenceParts> = {},
): Stand {
  const clock = { nowMs: 1_700_000_000_000 }
  const current: { current: ZonePlan | undefined } = { current: plan }
  const byId = new Map(beacons.map((beacon) => [beacon.id, beacon]))
  const refusing = new Set<string>()
  const listeners: ((change: ConsentChange) => void)[] = []
  const events: PresenceEvent[] = []
  const traffic: BeaconTraffic[] = []
  let ids = 1000
  const presence = new Presence({
    planOf: (id) => (id === plan.venueId ? current.current : undefined),
    registry: { resolve: (_, id) => byId.get(id), placed: () => beacons, onChange: () => undefined },
    radioMap: () => undefined,
    consents: {
      has: (visitorId) => !refusing.has(visitorId),
      onChange: (listener) => {
        listeners.push(listener)
      },
    },
    clock: () => clock.nowMs,
    newId: () => idOf(ids++),
    log: createLog({ level: 'silent' }),
    metrics: createPresenceMetrics(new Registry()),
    dwellMarks: () => [10_000],
    observe: (one) => {
      traffic.push(one)
    },
    ...more,
  })
  presence.on((event) => {
    events.push(event)
  })
  const sequences = new Map<string, number>()
  const later: Stand['later'] = (visitorId, parts = {}) => {
    const sequence = (sequences.get(visitorId) ?? 0) + 1
    sequences.set(visitorId, sequence)
    return presence.report(visitorId, plan.venueId, {
      batchId: idOf(ids++),
      sessionId: visitorId,
      sequence,
      phoneMs: clock.nowMs,
      sightings: [],
      appVersion: 'test',
      ...parts,
    })
  }
  return {
    presence,
    clock,
    events,
    traffic,
    plan: current,
    refusing,
    withdraw(visitorId) {
      refusing.add(visitorId)
      for (const listener of listeners) listener({ visitorId, purpose: 'location', granted: false })
    },
    said: (visitorId) =>
      events
        .filter((event) => visitorId === undefined || event.visitorId === visitorId)
        .map(({ kind, zone, cause }) => `${kind} ${zone.id} (${cause.why})`),
    later,
    report(visitorId, parts) {
      const answer = later(visitorId, parts)
      if (answer instanceof Promise) throw new Error('the consent is known, and the report waited')
      return answer
    },
  }
}
