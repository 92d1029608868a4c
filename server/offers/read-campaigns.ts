import { LessThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { CampaignState, CampaignTerms } from '../contract/campaign-values.ts'
import { campaignEntity, campaignVersionEntity } from './campaign.entity.ts'
import type { CampaignRow, CampaignVersionRow } from './campaign.entity.ts'
import type { CampaignKey, FoundCampaign } from './campaign.commands.ts'
import { termsInForce } from './campaign.commands.ts'
import { compileCampaign } from './live-campaign.ts'
import type { LiveCampaign } from './live-campaign.ts'

/** Days of a campaign's statistics. */
const maxDays = 90

/** A campaign with its terms in force. */
export async function findCampaign(
  manager: EntityManager,
  { venueId, campaignId }: CampaignKey,
): Promise<FoundCampaign | undefined> {
  const row = await manager.findOneBy(campaignEntity, { venueId, campaignId })
  return row ? { row, terms: await termsInForce(manager, row) } : undefined
}

/** Campaigns of a venue with their terms in force, newest first. */
export async function listCampaigns(
  manager: EntityManager,
  {
    venueId,
    state,
    before,
    limit,
  }: {
    readonly venueId: VenueId
    readonly state: CampaignState | undefined
    readonly before: string | undefined
    readonly limit: number
  },
): Promise<FoundCampaign[]> {
  const rows = await manager.find(campaignEntity, {
    where: {
      venueId,
      ...(state === undefined ? {} : { state }),
      ...(before === undefined ? {} : { campaignId: LessThan(before) }),
    },
    order: { campaignId: 'DESC' },
    take: limit,
  })
  const versions: readonly { campaign_id: string; terms: CampaignTerms }[] = await manager.query(
    `SELECT campaign_id, terms FROM campaign_version JOIN campaign USING (venue_id, campaign_id, version)
     WHERE venue_id = $1 AND campaign_id = ANY($2::uuid[])`,
    [venueId, rows.map(({ campaignId }) => campaignId)],
  )
  const terms = new Map(versions.map((one) => [one.campaign_id, one.terms]))
  return rows.flatMap((row) => {
    const found = terms.get(row.campaignId)
    return found ? [{ row, terms: found }] : []
  })
}

/** All terms a campaign has had, newest first. */
export function listVersions(
  manager: EntityManager,
  { venueId, campaignId }: CampaignKey,
  limit: number,
): Promise<CampaignVersionRow[]> {
  return manager.find(campaignVersionEntity, {
    where: { venueId, campaignId },
    order: { version: 'DESC' },
    take: limit,
  })
}

/** Campaigns as they would decide if they were live, for a preview. Unknown ids are left out. */
export async function compileAsIfLive(
  manager: EntityManager,
  venueId: VenueId,
  campaignIds: readonly string[],
): Promise<LiveCampaign[]> {
  const found = await Promise.all(
    campaignIds.map((campaignId) => findCampaign(manager, { venueId, campaignId })),
  )
  return found.flatMap((one) => (one ? [asIfLive(one)] : []))
}

function asIfLive({ row, terms }: { row: CampaignRow; terms: CampaignTerms }): LiveCampaign {
  const { venueId, campaignId, version, assignmentKey } = row
  return compileCampaign({ venueId, campaignId, version, state: 'live', terms, assignmentKey })
}

/** What came of a campaign, by the local day of the grants. */
export interface CampaignDays {
  /** Bills redeemed and not refunded, fen. */
  readonly billsFen: number
  readonly days: readonly {
    readonly day: string
    readonly granted: number
    readonly redeemed: number
    readonly expired: number
    readonly declined: number
  }[]
}

/** Counts a campaign's offers by day, newest first; at most 90 days. */
export async function countDays(
  manager: EntityManager,
  { venueId, campaignId }: CampaignKey,
): Promise<CampaignDays> {
  const days: readonly Readonly<Record<'day' | 'granted' | 'redeemed' | 'expired' | 'declined', string>>[] =
    await manager.query(
      `SELECT day, count(*) AS granted,
              count(*) FILTER (WHERE state IN ('redeemed', 'refunded')) AS redeemed,
              count(*) FILTER (WHERE state = 'expired') AS expired,
              count(*) FILTER (WHERE state = 'declined') AS declined
       FROM offer_grant WHERE venue_id = $1 AND campaign_id = $2
       GROUP BY day ORDER BY day DESC LIMIT ${String(maxDays)}`,
      [venueId, campaignId],
    )
  const bills: readonly { sum: string | null }[] = await manager.query(
    `SELECT sum(bill_fen) AS sum FROM redemption
     WHERE venue_id = $1 AND campaign_id = $2 AND refunded_at IS NULL`,
    [venueId, campaignId],
  )
  return {
    billsFen: Number(bills[0]?.sum ?? 0),
    days: days.map(({ day, granted, redeemed, expired, declined }) => ({
      day,
      granted: Number(granted),
      redeemed: Number(redeemed),
      expired: Number(expired),
      declined: Number(declined),
    })),
  }
}

/** Places taken, by campaign. */
export async function takenOf(
  manager: EntityManager,
  venueId: VenueId,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows: readonly { campaign_id: string; taken: number }[] = await manager.query(
    'SELECT campaign_id, taken FROM campaign WHERE venue_id = $1 AND campaign_id = ANY($2::uuid[])',
    [venueId, campaignIds],
  )
  return new Map(rows.map(({ campaign_id: id, taken }) => [id, taken]))
}
