import type { VenueId } from '../../maps/model/index.ts'
import type { BeaconRegistry, BeaconTraffic } from '../beacons/index.ts'
import type { ReportReceipt, SightingsReport } from '../contract/presence.contract.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { Consents } from '../visitors/index.ts'
import type { ZonePlan } from '../venues/index.ts'
import { admitReport } from './admit-report.ts'
import type { Admitted, ReportRefusal } from './admit-report.ts'
import { DoubtLog } from './doubt-log.ts'
import { FloorCounts } from './floor-counts.ts'
import type { CountPatch } from './floor-counts.ts'
import { isTurnedAway, Lag, pace, paceOf, stillM, worthOf } from './overload.ts'
import { SharedVectors } from './plausibility.ts'
import type { Doubt } from './plausibility.ts'
import type { LeftCause, PresenceEvent, PresenceZone } from './presence-event.ts'
import type { PresenceMetrics } from './presence-metrics.ts'
import { remapZones } from './remap-zones.ts'
import { VenuePresence } from './venue-presence.ts'
import { VisitorHere } from './visitor-here.ts'
import type { ZoneListener } from './zone-beliefs.ts'

/** Visitors one process follows; a further one takes the place of the one longest silent. */
export const maxVisitors = 50_000
/** A visitor not heard for so long has left, as far as anyone can tell. */
export const lostAfterMs = 45_000
/** ... and is forgotten after this. */
export const forgottenAfterMs = 5 * 60_000
/** A clock that leaps by more between two reports is something to know, ms. */
const oddLeapMs = 3000
/** Grid to which a position is rounded for other subjects, metres. */
const coarseM = 5

/** Where a visitor is, as far as other subjects may know. */
export interface Whereabouts {
  readonly venueId: VenueId
  readonly levelId: string
  /** Rounded to five metres, in the frame of the level. */
  readonly x: number
  readonly y: number
  readonly atMs: number
  readonly zones: readonly {
    readonly id: string
    readonly kind: PresenceZone['kind']
    readonly sinceMs: number
  }[]
}

export interface PresenceParts {
  /** The published map's zones; undefined for a venue without one. O(1). */
  readonly planOf: (venueId: VenueId) => ZonePlan | undefined
  readonly registry: BeaconRegistry
  /** The radio map in force. */
  readonly radioMap: (venueId: VenueId) => Uint8Array | undefined
  readonly consents: Pick<Consents, 'has' | 'onChange'>
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly metrics: PresenceMetrics
  /** Dwells somebody waits for in a zone, ms, ascending. */
  readonly dwellMarks: (venueId: VenueId, zoneId: string) => readonly number[]
  /** Told what every believed report heard. */
  readonly observe?: (traffic: BeaconTraffic) => void
  /** Told where a visitor is, at every report that says so; must not wait. */
  readonly placed?: (fix: {
    readonly venueId: VenueId
    readonly visitorId: string
    readonly levelId: string
    readonly x: number
    readonly y: number
    readonly radiusM: number
    readonly atMs: number
  }) => void
  readonly maxVisitors?: number
}

type Answer = ReportReceipt | ReportRefusal

/**
 * From what phones hear to who is where. All in memory: no statement is on this path. Times are the caller's clock's;
 * timers are `index.ts`'s.
 */
export class Presence {
  readonly lag = new Lag()
  readonly doubts = new DoubtLog()
  readonly #parts: PresenceParts
  readonly #counts: FloorCounts
  readonly #shared = new SharedVectors()
  readonly #venues = new Map<VenueId, VenuePresence>()
  /** In the order of their last report: the first is the one longest silent. */
  readonly #visitors = new Map<string, VisitorHere>()
  readonly #sessions = new Map<string, string>()
  readonly #listeners: ((event: PresenceEvent) => void)[] = []
  readonly #listener: ZoneListener
  #now: { visitor: VisitorHere; venue: VenuePresence; why: LeftCause['why'] } | undefined
  #count = 0

  constructor(parts: PresenceParts) {
    this.#parts = parts
    this.#counts = new FloorCounts(parts.newId())
    this.#listener = {
      entered: (slot, zone, tMs, appeared) => {
        this.#entered(slot, zone, tMs, appeared)
      },
      dwelled: (slot, zone, tMs, markMs) => {
        this.#dwelled(slot, zone, tMs, markMs)
      },
      left: (slot, zone, tMs) => {
        this.#left(slot, zone, tMs)
      },
    }
    parts.consents.onChange(({ visitorId, purpose, granted }) => {
      if (purpose === 'location' && !granted) this.forget(visitorId, 'consent-withdrawn')
    })
    parts.registry.onChange((venueId) => {
      this.#venues.get(venueId)?.forgetRadioMap()
    })
  }

  /** How many visitors memory holds. */
  get size(): number {
    return this.#visitors.size
  }

  /** Calls the listener for everything that happens, in order, before the report is answered. It must not wait. */
  on(listener: (event: PresenceEvent) => void): void {
    this.#listeners.push(listener)
  }

  /**
   * Takes a report in, once. Without the consent `location` nothing is derived from it and nothing kept.
   * @returns a receipt, or why the report was refused and that it changed nothing; a promise only while the consent has
   * to be looked up
   */
  report(visitorId: string, venueId: VenueId, report: SightingsReport): Answer | Promise<Answer> {
    const agreed = this.#parts.consents.has(visitorId, 'location')
    return typeof agreed === 'boolean'
      ? this.#counted(agreed, { visitorId, venueId }, report)
      : agreed.then((later) => this.#counted(later, { visitorId, venueId }, report))
  }

  /** Where a visitor is, coarsely; undefined when that is not known now. */
  where(visitorId: string): Whereabouts | undefined {
    const visitor = this.#visitors.get(visitorId)
    const venue = visitor && this.#venues.get(visitor.venueId)
    if (!visitor?.last || !venue) return undefined
    const { last, zones } = visitor
    const inside = [...zones.zone].flatMap((number, slot) => {
      const zone = venue.zones.zones[number - 1]
      return zone && zones.inside[slot] === 1 ? [{ ...zone, sinceMs: zones.sinceMs[slot]! }] : []
    })
    const coarse = (metres: number) => Math.round(metres / coarseM) * coarseM
    return {
      venueId: visitor.venueId,
      levelId: venue.zones.levels[last.levelIndex]!.levelId,
      x: coarse(last.x),
      y: coarse(last.y),
      atMs: last.tMs,
      zones: inside,
    }
  }

  /** Drops all that is known of a visitor; they leave every zone. */
  forget(visitorId: string, why: LeftCause['why'] = 'session-ended'): void {
    const visitor = this.#visitors.get(visitorId)
    if (!visitor) return
    this.#leaveAll(visitor, why)
    this.#visitors.delete(visitorId)
    for (const session of visitor.sessions) this.#sessions.delete(session)
  }

  /** Makes what a venue needs before its first report. */
  prepare(venueId: VenueId): void {
    try {
      this.#venue(venueId)?.prepare()
    } catch (error) {
      this.#parts.log.error({ venueId, err: error }, 'the radio map of a venue could not be used')
    }
  }

  /** Says dwells that are due, and lets go of whoever fell silent. O(visitors). */
  sweep(): void {
    const nowMs = this.#parts.clock()
    for (const visitor of this.#visitors.values()) {
      const silentMs = nowMs - visitor.reportedMs
      if (silentMs > forgottenAfterMs) this.forget(visitor.visitorId, 'lost-signal')
      else if (silentMs > lostAfterMs) this.#leaveAll(visitor, 'lost-signal')
      else
        this.#with(visitor, 'walked-out', (venue) => {
          venue.step.dwell(visitor.zones, nowMs, this.#listener)
        })
    }
  }

  /** What changed in the counts of all venues. */
  countPatches(): CountPatch[] {
    const nowMs = this.#parts.clock()
    return [...this.#venues.values()].flatMap((venue) => this.#counts.patches(venue, nowMs))
  }

  /** Lets everyone leave: the process ends. */
  leave(): void {
    for (const visitorId of [...this.#visitors.keys()]) this.forget(visitorId)
  }

  #counted(agreed: boolean, of: { visitorId: string; venueId: VenueId }, report: SightingsReport): Answer {
    const answer = this.#take(agreed, of, report)
    const { reports } = this.#parts.metrics
    if ('refused' in answer) reports.inc({ result: answer.refused })
    else reports.inc({ result: answer.repeated ? 'repeated' : 'taken' })
    return answer
  }

  #take(agreed: boolean, of: { visitorId: string; venueId: VenueId }, report: SightingsReport): Answer {
    const { visitorId, venueId } = of
    if (!agreed) {
      this.forget(visitorId, 'consent-withdrawn')
      return { refused: 'consent-needed', detail: 'Ask for the consent “location” first.' }
    }
    const venue = this.#venue(venueId)
    if (!venue) return { refused: 'unknown-venue' }
    const known = this.#visitors.get(visitorId)
    const visitor = known?.venueId === venueId ? known : undefined
    const receipt = visitor?.receiptOf(report.batchId)
    if (receipt) return { ...receipt, repeated: true }
    const nowMs = this.#parts.clock()
    const owner = this.#sessions.get(report.sessionId)
    const isOthers = owner !== undefined && owner !== `${visitorId} ${venueId}`
    const admitted = admitReport(visitor, report, { nowMs, isOthers })
    if ('refused' in admitted) return admitted
    if (visitor && isTurnedAway(this.#worth(venue, visitor), this.lag)) {
      this.#parts.metrics.shed.inc({ step: 'refuse' })
      return { refused: 'busy', detail: 'Come again later.', facts: { nextReportMs: pace.refused } }
    }
    return this.#apply(venue, visitor ?? this.#admitVisitor(of), { report, admitted, nowMs })
  }

  #apply(
    venue: VenuePresence,
    visitor: VisitorHere,
    { report, admitted, nowMs }: { report: SightingsReport; admitted: Admitted; nowMs: number },
  ): ReportReceipt {
    const { visitorId } = visitor
    this.#visitors.delete(visitorId)
    this.#visitors.set(visitorId, visitor)
    if (admitted.begins) {
      const forgotten = visitor.beginSession(report.sessionId)
      if (forgotten !== undefined) this.#sessions.delete(forgotten)
      this.#sessions.set(report.sessionId, `${visitorId} ${venue.venueId}`)
    }
    visitor.sequence = report.sequence
    visitor.phoneMs = report.phoneMs
    visitor.offsetMs = admitted.offsetMs
    visitor.reportedMs = nowMs
    const atMs = Math.max(admitted.atMs, visitor.last?.tMs ?? -Infinity)
    const { place, doubts, heard } = venue.place(visitor, report, atMs)
    this.#doubt(
      visitor,
      admitted.leapMs > oddLeapMs ? [...doubts, clockDoubt(admitted.leapMs)] : doubts,
      nowMs,
    )
    if (place) {
      if (!visitor.restingSince || hasMoved(visitor.restingSince, place)) visitor.restingSince = place
      visitor.last = place
      const trust = visitor.doubts.trust(nowMs)
      this.#with(visitor, 'walked-out', () => {
        venue.step.take(visitor.zones, { ...place, tMs: atMs, trust }, this.#listener)
      })
      const { levelId } = venue.zones.levels[place.levelIndex]!
      const { x, y, radiusM } = place
      this.#parts.placed?.({ venueId: venue.venueId, visitorId, levelId, x, y, radiusM, atMs })
      if (heard.length > 0) {
        this.#parts.observe?.({ venueId: venue.venueId, atMs, fix: { levelId, x, y, radiusM }, heard })
      }
    }
    const { nextMs, shed } = paceOf(this.#worth(venue, visitor), this.lag)
    if (shed) this.#parts.metrics.shed.inc({ step: shed })
    const receipt: ReportReceipt = {
      batchId: report.batchId,
      repeated: false,
      beacons: heard.length,
      position: place?.source ?? 'none',
      nextReportMs: nextMs,
    }
    this.#parts.metrics.positions.inc({ source: receipt.position })
    visitor.keepReceipt(receipt)
    return receipt
  }

  #doubt(visitor: VisitorHere, doubts: readonly Doubt[], nowMs: number): void {
    for (const { kind } of doubts) this.#parts.metrics.doubts.inc({ kind })
    visitor.doubts.add(doubts, nowMs)
    this.doubts.add(visitor.venueId, doubts, nowMs)
  }

  #worth(venue: VenuePresence, visitor: VisitorHere) {
    return worthOf(visitor, venue.zones.levelZone(0))
  }

  #admitVisitor(of: { visitorId: string; venueId: VenueId }): VisitorHere {
    // Whoever was in another venue has left it.
    this.forget(of.visitorId)
    for (const silent of this.#visitors.keys()) {
      if (this.#visitors.size < (this.#parts.maxVisitors ?? maxVisitors)) break
      this.#parts.metrics.shed.inc({ step: 'visitor' })
      this.forget(silent, 'shed')
    }
    const visitor = new VisitorHere({ ...of, number: ++this.#count })
    this.#visitors.set(of.visitorId, visitor)
    return visitor
  }

  /** The venue with the zones of the map published now. */
  #venue(venueId: VenueId): VenuePresence | undefined {
    const here = this.#venues.get(venueId)
    const plan = this.#parts.planOf(venueId)
    if (!plan) {
      this.#venues.delete(venueId)
      return undefined
    }
    if (here?.zones.versionId === plan.versionId) return here
    const { registry, radioMap, dwellMarks: marksOf } = this.#parts
    const venue = new VenuePresence(plan, { registry, radioMap, marksOf, sharedVectors: this.#shared })
    if (here) this.#moveTo(here, venue)
    this.#venues.set(venueId, venue)
    return venue
  }

  /** Takes the visitors of a venue over to its new map; they leave the zones that are no more. */
  #moveTo(here: VenuePresence, venue: VenuePresence): void {
    for (const visitor of this.#visitors.values()) {
      if (visitor.venueId !== here.venueId) continue
      this.#with(visitor, 'map-changed', () => {
        here.step.leave(visitor.zones, this.#parts.clock(), {
          listener: this.#listener,
          isGone: (zone) => venue.zones.numberOf(here.zones.zones[zone]!.id) < 0,
        })
      })
      remapZones(visitor, here.zones, venue.zones)
      for (let slot = 0; slot < visitor.zones.zone.length; slot++) {
        if (visitor.zones.inside[slot] === 1) venue.inside[visitor.zones.zone[slot]! - 1]!++
      }
    }
  }

  #leaveAll(visitor: VisitorHere, why: LeftCause['why']): void {
    this.#with(visitor, why, (venue) => {
      venue.step.leaveAll(visitor.zones, this.#parts.clock(), this.#listener)
    })
    visitor.last = undefined
    visitor.restingSince = undefined
    visitor.tracker = undefined
  }

  #with(visitor: VisitorHere, why: LeftCause['why'], work: (venue: VenuePresence) => void): void {
    const venue = this.#venues.get(visitor.venueId)
    if (!venue) return
    const before = this.#now
    this.#now = { visitor, venue, why }
    try {
      work(venue)
    } finally {
      this.#now = before
    }
  }

  #entered(slot: number, zone: number, atMs: number, appeared: boolean): void {
    const { visitor, venue } = this.#now!
    venue.inside[zone]!++
    const basis = basisOf(visitor, slot)
    this.#say(zone, { kind: 'entered', atMs, cause: { why: appeared ? 'appeared' : 'walked-in', basis } })
  }

  #dwelled(slot: number, zone: number, atMs: number, markMs: number): void {
    const dwellMs = atMs - this.#now!.visitor.zones.sinceMs[slot]!
    this.#say(zone, { kind: 'dwelled', atMs, dwellMs, cause: { why: 'stayed', markMs } })
  }

  #left(slot: number, zone: number, atMs: number): void {
    const { visitor, venue, why } = this.#now!
    venue.inside[zone]!--
    const lastHeardMs = visitor.reportedMs
    const untilMs = why === 'walked-out' ? atMs : Math.min(atMs, lastHeardMs)
    const dwellMs = Math.max(0, untilMs - visitor.zones.sinceMs[slot]!)
    const basis = why === 'walked-out' ? { basis: basisOf(visitor, slot) } : {}
    this.#say(zone, { kind: 'left', atMs, dwellMs, cause: { why, lastHeardMs, ...basis } })
  }

  #say(zone: number, what: What): void {
    const { visitor, venue } = this.#now!
    const level = venue.zones.levels[visitor.last?.levelIndex ?? 0]!
    const { id, kind } = venue.zones.zones[zone]!
    // A level that was left is the one that was left, not the one they are on now.
    const levelId = venue.zones.levels.find((one) => one.levelId === id)?.levelId ?? level.levelId
    const event: PresenceEvent = {
      eventId: this.#parts.newId(),
      venueId: venue.venueId,
      visitorId: visitor.visitorId,
      zone: { id, kind, levelId },
      ...what,
    }
    this.#parts.metrics.events.inc({ kind: event.kind, zone: kind })
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#parts.log.error({ err: error, kind: event.kind }, 'a listener of presence failed')
      }
    }
  }
}

type Without<Event> = Event extends PresenceEvent
  ? Omit<Event, 'eventId' | 'venueId' | 'visitorId' | 'zone'>
  : never
type What = Without<PresenceEvent>

function basisOf({ last, zones }: VisitorHere, slot: number) {
  return {
    source: last?.source ?? 'server',
    radiusM: last?.radiusM ?? 0,
    levelProbability: last?.levelProbability ?? 0,
    belief: zones.belief[slot]!,
  }
}

function hasMoved(
  from: { readonly sharedX: number; readonly sharedY: number },
  to: { readonly sharedX: number; readonly sharedY: number },
): boolean {
  return Math.hypot(to.sharedX - from.sharedX, to.sharedY - from.sharedY) > stillM
}

function clockDoubt(leapMs: number): Doubt {
  return { kind: 'clock', weight: 0.4, facts: { leapMs } }
}
