import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { Database } from '../../database/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { NewId } from '../../platform/ids.ts'
import type { BeaconRegistry, BeaconTraffic } from '../beacon-types.ts'
import { findFaults } from './find-faults.ts'
import type { Verdicts } from './find-faults.ts'
import { storeVerdicts } from './findings.ts'
import type { Finding } from './findings.ts'
import { addWindow, emptyHour, hourMs, readStoredHour, storedHour, sumHours } from './traffic.ts'
import type { StoredHour, TrafficHour } from './traffic.ts'

/** Hours that are kept: a day to judge, a week to compare it with. */
export const keptHours = 8 * 24
/** Venues whose traffic memory holds; reports of further ones are not counted. */
const maxVenues = 1000
/** Advisory lock under which one node judges a venue at a time. */
const judgeLock = 0x62636e

interface HealthParts {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly registry: BeaconRegistry
  /** Tells, in the transaction that found it, what opened and what closed. */
  readonly tell: (manager: EntityManager, finding: Finding) => Promise<void>
}

/**
 * What shoppers' traffic says of the beacons: reports are summed up in memory by places of four metres and by the hour,
 * stored every few minutes, and judged once an hour. Nobody's way can be read from it.
 */
export class BeaconHealth {
  readonly #parts: HealthParts
  /** This run of this node: its part of an hour is stored over and over, beside the parts of others. */
  readonly #partId: string
  readonly #hours = new Map<VenueId, TrafficHour[]>()
  #windows = 0
  #unused = 0

  constructor(parts: HealthParts) {
    this.#parts = parts
    this.#partId = parts.newId()
  }

  /** Windows counted, and windows that said nothing (an uncertain fix, no venue). */
  get counts(): { readonly windows: number; readonly unused: number } {
    return { windows: this.#windows, unused: this.#unused }
  }

  /** Takes in one report. O(beacons heard); memory bounded by places and beacons, not by traffic. */
  observe({ venueId, atMs, fix, heard }: BeaconTraffic): void {
    const { registry } = this.#parts
    const known = heard.flatMap(({ id, rssiDbm }) => {
      const beacon = registry.resolve(venueId, id)
      return beacon ? [{ beaconId: beacon.beaconId, rssiDbm }] : []
    })
    const hour = this.#hourOf(venueId, atMs)
    if (hour && addWindow(hour, { atMs, fix, heard: known })) this.#windows++
    else this.#unused++
  }

  #hourOf(venueId: VenueId, atMs: number): TrafficHour | undefined {
    let hours = this.#hours.get(venueId)
    if (!hours) {
      if (this.#hours.size >= maxVenues) return undefined
      this.#hours.set(venueId, (hours = []))
    }
    const startMs = Math.floor(atMs / hourMs) * hourMs
    const known = hours.find((one) => one.hourMs === startMs)
    // Two hours are open at most: the present one and, for a moment, the one before.
    if (known || (hours[0] && startMs < hours[0].hourMs)) return known
    const fresh = emptyHour(atMs)
    hours.push(fresh)
    return fresh
  }

  /** Stores what memory holds, and forgets hours that are over. */
  async flush(): Promise<void> {
    const { database, clock } = this.#parts
    const presentMs = Math.floor(clock() / hourMs) * hourMs
    for (const [venueId, hours] of this.#hours) {
      for (const hour of [...hours]) {
        await database.dataSource.query(
          `INSERT INTO beacon_traffic (venue_id, hour, part_id, content)
           SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT FROM beacon_registry WHERE venue_id = $1)
           ON CONFLICT (venue_id, hour, part_id) DO UPDATE SET content = EXCLUDED.content`,
          [venueId, new Date(hour.hourMs), this.#partId, JSON.stringify(storedHour(hour))],
        )
        if (hour.hourMs < presentMs - hourMs) hours.splice(hours.indexOf(hour), 1)
      }
      if (hours.length === 0) this.#hours.delete(venueId)
    }
  }

  /**
   * Judges the beacons of all venues with traffic, by what all nodes stored. One node at a time; between beacons it lets
   * others have the processor.
   */
  async judge(): Promise<void> {
    const { database, clock } = this.#parts
    await database.dataSource.query('DELETE FROM beacon_traffic WHERE hour < $1', [
      new Date(clock() - keptHours * hourMs),
    ])
    const rows: readonly { readonly venue_id: VenueId }[] = await database.dataSource.query(
      'SELECT DISTINCT venue_id FROM beacon_traffic',
    )
    for (const { venue_id: venueId } of rows) await this.#judgeVenue(venueId)
  }

  async #judgeVenue(venueId: VenueId): Promise<void> {
    const { database, clock, newId, registry, tell } = this.#parts
    const nowMs = clock()
    const placed = registry.placed(venueId)
    if (placed.length === 0) return
    const verdicts: { readonly beaconId: string; readonly verdicts: Verdicts }[] = []
    for (const one of findFaults(await this.#stored(venueId), placed, nowMs)) {
      verdicts.push(one)
      await new Promise(setImmediate)
    }
    await database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [judgeLock, venueId])
      const told = await storeVerdicts(manager, { nowMs, newId }, { venueId, verdicts })
      for (const finding of told) await tell(manager, finding)
    })
  }

  async #stored(venueId: VenueId): Promise<TrafficHour[]> {
    const rows: readonly { readonly hour: Date; readonly content: StoredHour }[] =
      await this.#parts.database.dataSource.query(
        'SELECT hour, content FROM beacon_traffic WHERE venue_id = $1 ORDER BY hour',
        [venueId],
      )
    const byHour = new Map<number, TrafficHour[]>()
    for (const { hour, content } of rows) {
      const atMs = hour.getTime()
      byHour.set(atMs, [...(byHour.get(atMs) ?? []), readStoredHour(atMs, content)])
    }
    return [...byHour.values()].map((parts) => (parts.length === 1 ? parts[0]! : sumHours(parts)))
  }
}
