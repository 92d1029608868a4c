import { randomBytes } from 'node:crypto'
import type { ExecutionContext } from 'ava'
import type { EntityManager } from 'typeorm'
import { tinyArchive, tinyId } from '../../../maps/testing/tiny-archive.ts'
import type { CampaignState, CampaignTerms } from '../../contract/campaign-values.ts'
import type { Database } from '../../database/index.ts'
import { newUuid } from '../../platform/ids.ts'
import { importVenue } from '../../venues/index.ts'
import { createCampaign, moveCampaign } from '../campaign.commands.ts'
import type { CampaignOccasion } from '../campaign.commands.ts'
import { campaignEntity } from '../campaign.entity.ts'
import { claimOffer } from '../claim-offer.command.ts'
import { createCouponCodes } from '../coupon-codes.ts'
import { LiveCampaigns } from '../live-campaigns.ts'
import { redeemOffer } from '../redeem-offer.command.ts'
import { noonMs, termsOf } from './any-campaign.ts'

const venueId = tinyId('venue')
/** Connections of one process to a server, see `database/database.ts`. */
const connections = 10
const codes = createCouponCodes([new Uint8Array(32).fill(1)])

/** A mall over a database of the test, whose campaigns one can claim from and redeem. */
export class OfferWorld {
  readonly venueId = venueId
  readonly codes = codes
  readonly database: Database
  live = new LiveCampaigns()
  nowMs = noonMs
  /** See `OfferServices.takePlaceSql`. */
  takePlaceSql: string | undefined

  private constructor(database: Database) {
    this.database = database
  }

  static async open(database: Database): Promise<OfferWorld> {
    await importVenue(database, {
      archive: tinyArchive(),
      problems: [],
      source: 'tiny',
      nowMs: noonMs,
      newId: newUuid,
    })
    // Connections open one by one and slowly: without them at hand, "at once" would be one after another.
    if (database.engine === 'server') {
      await Promise.all(
        Array.from({ length: connections }, () => database.dataSource.query('SELECT pg_sleep(0.1)')),
      )
    }
    return new OfferWorld(database)
  }

  occasion(actor = 'account:test'): CampaignOccasion {
    const newAssignmentKey = () => randomBytes(8).toString('hex')
    return { actor, nowMs: this.nowMs, newId: newUuid, newAssignmentKey }
  }

  /** A campaign in a state, live unless told otherwise. */
  async campaign(change: Partial<CampaignTerms> = {}, state: CampaignState = 'live'): Promise<string> {
    const terms = termsOf(change)
    return this.database.transaction(async (manager) => {
      const made = await createCampaign(manager, this.occasion(), { venueId, terms })
      if ('refused' in made) throw new Error(made.refused)
      const { campaignId } = made.row
      if (state !== 'draft') await this.move(campaignId, state, manager)
      return campaignId
    })
  }

  async move(campaignId: string, to: CampaignState, within?: EntityManager) {
    const work = (manager: EntityManager) =>
      moveCampaign(manager, this.occasion(), { key: { venueId, campaignId }, to })
    const moved = await (within ? work(within) : this.database.transaction(work))
    if ('refused' in moved) throw new Error(moved.detail)
    return moved
  }

  claim(campaignId: string, visitorId: string = newUuid()) {
    const { live, takePlaceSql } = this
    const visitor = { visitorId, member: false, visits: 0 }
    return this.database.transaction((manager) =>
      claimOffer(
        { live, ...(takePlaceSql === undefined ? {} : { takePlaceSql }) },
        manager,
        { nowMs: this.nowMs, newId: newUuid },
        { venueId, campaignId, visitor },
      ),
    )
  }

  /** Claims and expects to get it. */
  async grant(campaignId: string, visitorId: string = newUuid()) {
    const claimed = await this.claim(campaignId, visitorId)
    if ('refused' in claimed) throw new Error(JSON.stringify(claimed))
    return claimed
  }

  codeOf({ grantId, codeNumber }: { readonly grantId: string; readonly codeNumber: number }): string {
    return codes.make({ venueId, grantId, number: codeNumber }, this.nowMs).digits
  }

  redeem(
    digits: string,
    change: Partial<{ redemptionId: string; unitId: string; billFen: number; actor: string }> = {},
  ) {
    const { redemptionId = newUuid(), billFen = 12_000, actor } = change
    const unitId = tinyId('unit F1 coffee')
    return this.database.transaction((manager) =>
      redeemOffer(codes, manager, this.occasion(actor), {
        venueId,
        redemptionId,
        digits,
        unitId: (change.unitId as typeof unitId | undefined) ?? unitId,
        billFen,
        reference: undefined,
      }),
    )
  }

  /** The tally of a campaign as the table has it. */
  async tally(campaignId: string) {
    const row = await this.database.dataSource.manager.findOneByOrFail(campaignEntity, {
      venueId,
      campaignId,
    })
    const { taken, held, granted, redeemed, refunded, expired, declined, heldOut, takenOnDay } = row
    return {
      ...{ taken, held, granted, redeemed, refunded, expired, declined, heldOut, takenOnDay },
      reservedFen: Number(row.reservedFen),
      spentFen: Number(row.spentFen),
    }
  }
}

/**
 * The auditor: counts every offer and redemption anew and compares with every tally; then that no cap is
 * exceeded.
 */
export async function audit(t: ExecutionContext, { dataSource }: Database): Promise<void> {
  const wrong: unknown[] = await dataSource.query(
    `SELECT c.campaign_id, c.taken, counted.*
     FROM campaign c CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE state IN ('held', 'redeemed')) AS taken,
              count(*) FILTER (WHERE state = 'held') AS held,
              count(*) AS granted,
              count(*) FILTER (WHERE state IN ('redeemed', 'refunded')) AS redeemed,
              count(*) FILTER (WHERE state = 'refunded') AS refunded,
              count(*) FILTER (WHERE state = 'expired') AS expired,
              count(*) FILTER (WHERE state = 'declined') AS declined,
              count(*) FILTER (WHERE state IN ('held', 'redeemed') AND g.day = c.day) AS on_day,
              COALESCE(sum(reserved_fen) FILTER (WHERE state = 'held'), 0) AS reserved
       FROM offer_grant g WHERE g.venue_id = c.venue_id AND g.campaign_id = c.campaign_id) AS counted
     CROSS JOIN LATERAL (
       SELECT COALESCE(sum(spent_fen) FILTER (WHERE refunded_at IS NULL), 0) AS spent FROM redemption r
       WHERE r.venue_id = c.venue_id AND r.campaign_id = c.campaign_id) AS money
     WHERE (c.taken, c.held, c.granted, c.redeemed, c.refunded, c.expired, c.declined, c.taken_on_day,
            c.reserved_fen, c.spent_fen)
       IS DISTINCT FROM (counted.taken, counted.held, counted.granted, counted.redeemed, counted.refunded,
            counted.expired, counted.declined, counted.on_day, counted.reserved, money.spent)`,
  )
  t.deepEqual(wrong, [], 'tallies of campaigns')
  const visitors: unknown[] = await dataSource.query(
    `SELECT v.campaign_id, v.visitor_id, v.taken, v.held, counted.*
     FROM campaign_visitor v CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE state IN ('held', 'redeemed')) AS taken,
              count(*) FILTER (WHERE state = 'held') AS held
       FROM offer_grant g
       WHERE (g.venue_id, g.campaign_id, g.visitor_id) = (v.venue_id, v.campaign_id, v.visitor_id)) AS counted
     WHERE (v.taken, v.held) IS DISTINCT FROM (counted.taken, counted.held)`,
  )
  t.deepEqual(visitors, [], 'tallies of visitors')
  const exceeded: unknown[] = await dataSource.query(
    `SELECT campaign_id FROM campaign
     WHERE taken > cap_total OR taken_on_day > cap_day OR reserved_fen + spent_fen > budget_fen`,
  )
  t.deepEqual(exceeded, [], 'caps')
}
