import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { CampaignState, CampaignTerms } from '../contract/campaign-values.ts'
import { CampaignIndex } from './campaign-index.ts'
import { compileCampaign } from './live-campaign.ts'

/** Campaigns of one venue that are scheduled or live at once. */
export const maxOffered = 500

interface OfferedRow {
  readonly campaign_id: string
  readonly state: CampaignState
  readonly version: number
  readonly revision: string
  readonly assignment_key: string
  readonly terms: CampaignTerms
}

/** Campaigns as memory held them at one moment, and which state of each that is. */
export interface CampaignsSnapshot {
  readonly index: CampaignIndex
  readonly revisions: ReadonlyMap<string, string>
}

interface VenueCampaigns extends CampaignsSnapshot {
  readonly fingerprint: string
}

const nothing: VenueCampaigns = { index: new CampaignIndex([]), revisions: new Map(), fingerprint: '' }

/**
 * The campaigns that are offered, in memory by venue; at most `maxOffered` a venue. Memory may be seconds
 * behind: the statement that takes a place looks at the row, so an old campaign costs a second try and never
 * an offer that is not to be had.
 */
export class LiveCampaigns {
  readonly #venues = new Map<VenueId, VenueCampaigns>()

  /** What is offered in a venue as far as memory knows; nothing asks the database here. */
  of(venueId: VenueId): CampaignIndex {
    return (this.#venues.get(venueId) ?? nothing).index
  }

  /** How many campaigns memory holds. */
  count(): number {
    let sum = 0
    for (const { index } of this.#venues.values()) sum += index.all.length
    return sum
  }

  /** Venues in which something is offered. */
  venues(): VenueId[] {
    return [...this.#venues.keys()]
  }

  /** The campaigns of a venue with their revisions, of one moment: a load meanwhile changes nothing in it. */
  snapshot(venueId: VenueId): CampaignsSnapshot {
    return this.#venues.get(venueId) ?? nothing
  }

  /** Reads the campaigns of a venue anew. */
  async load(manager: EntityManager, venueId: VenueId): Promise<CampaignIndex> {
    const rows: readonly OfferedRow[] = await manager.query(
      `SELECT c.campaign_id, c.state, c.version, c.revision, c.assignment_key, v.terms
       FROM campaign c JOIN campaign_version v USING (venue_id, campaign_id, version)
       WHERE c.venue_id = $1 AND c.state IN ('scheduled', 'live')
       ORDER BY c.campaign_id LIMIT ${String(maxOffered)}`,
      [venueId],
    )
    const index = new CampaignIndex(
      rows.map((row) =>
        compileCampaign({
          venueId,
          campaignId: row.campaign_id,
          version: row.version,
          state: row.state,
          terms: row.terms,
          assignmentKey: row.assignment_key,
        }),
      ),
    )
    const revisions = new Map(rows.map(({ campaign_id: id, revision }) => [id, revision]))
    if (rows.length === 0) this.#venues.delete(venueId)
    else this.#venues.set(venueId, { index, revisions, fingerprint: fingerprintOf([...revisions.values()]) })
    return index
  }

  /**
   * Brings what other nodes changed. One small statement when nothing did.
   * @returns the venues whose campaigns are others now
   */
  async refresh(manager: EntityManager): Promise<VenueId[]> {
    const rows: readonly { venue_id: VenueId; count: string; sum: string }[] = await manager.query(
      `SELECT venue_id, count(*), sum(revision) FROM campaign WHERE state IN ('scheduled', 'live')
       GROUP BY venue_id`,
    )
    const current = new Map(rows.map(({ venue_id: id, count, sum }) => [id, `${count} ${sum}`]))
    const changed = [...new Set([...current.keys(), ...this.#venues.keys()])].filter(
      (id) => current.get(id) !== this.#venues.get(id)?.fingerprint,
    )
    for (const venueId of changed) await this.load(manager, venueId)
    return changed
  }
}

/** As the statement of `refresh` counts them: revisions only grow, so no two states have the same sum. */
function fingerprintOf(revisions: readonly string[]): string {
  return `${revisions.length} ${revisions.reduce((sum, revision) => sum + BigInt(revision), 0n)}`
}
