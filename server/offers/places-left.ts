import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Patch } from '../realtime/index.ts'

interface LeftRow {
  readonly venue_id: VenueId
  readonly campaign_id: string
  readonly left: number
}

/**
 * How many places the live campaigns with a cap have left, as screens were told last; at most those that are
 * offered. A place that is taken changes no campaign, so nothing tells of it: whoever wants to know looks.
 */
export class PlacesLeft {
  #told: ReadonlyMap<VenueId, ReadonlyMap<string, number>> = new Map()

  /**
   * Looks what there is now. One statement for all venues.
   * @returns what screens have not heard of yet, under `left:CAMPAIGN` of `floor:VENUE`
   */
  async look(manager: EntityManager): Promise<Patch[]> {
    const rows: readonly LeftRow[] = await manager.query(
      `SELECT venue_id, campaign_id, greatest(0, cap_total - taken) AS left FROM campaign
       WHERE state = 'live' AND cap_total IS NOT NULL`,
    )
    const now = new Map<VenueId, Map<string, number>>()
    for (const { venue_id: venueId, campaign_id: campaignId, left } of rows) {
      const ofVenue = now.get(venueId) ?? new Map<string, number>()
      now.set(venueId, ofVenue.set(campaignId, left))
    }
    const before = this.#told
    this.#told = now
    return [...new Set([...now.keys(), ...before.keys()])].flatMap((venueId) =>
      changeOf(venueId, before.get(venueId) ?? new Map(), now.get(venueId) ?? new Map()),
    )
  }

  /** What a screen that begins to listen is told. */
  of(venueId: VenueId): NonNullable<Patch['set']> {
    return valuesOf([...(this.#told.get(venueId) ?? [])])
  }
}

function changeOf(
  venueId: VenueId,
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): Patch[] {
  const changed = [...now].filter(([id, left]) => before.get(id) !== left)
  const gone = [...before.keys()].filter((id) => !now.has(id))
  if (changed.length + gone.length === 0) return []
  return [{ stream: `floor:${venueId}`, set: valuesOf(changed), gone: gone.map((id) => `left:${id}`) }]
}

function valuesOf(lefts: readonly (readonly [string, number])[]): NonNullable<Patch['set']> {
  return Object.fromEntries(lefts.map(([campaignId, left]) => [`left:${campaignId}`, { campaignId, left }]))
}
