import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import { appendOutbox } from '../outbox/index.ts'

/** Offers whose time ran out that are ended in one transaction. */
export const lapsedBatch = 200

interface EndedGrant {
  readonly grant_id: string
  readonly visitor_id: string | null
  readonly day: string
  readonly reserved_fen: string
}

/** Offers of one campaign that end without being redeemed. */
export interface GiveBack {
  readonly venueId: VenueId
  readonly campaignId: string
  readonly as: 'expired' | 'declined'
  /** Only this one; all whose time ran out, up to `lapsedBatch`, when absent. */
  readonly grantId?: string
  /** Only those of this visitor. */
  readonly visitorId?: string
}

interface Ending {
  readonly nowMs: number
  readonly newId: () => string
}

/**
 * Ends offers that are held and gives their places, their part of the budget and the day's count back. Rows
 * are locked in the order offers, visitors, campaign, as everywhere; offers another transaction is at work on
 * are left to it.
 * @returns how many ended
 */
export async function giveBack(
  manager: EntityManager,
  { venueId, campaignId, as, grantId, visitorId }: GiveBack,
  { nowMs, newId }: Ending,
): Promise<number> {
  const now = new Date(nowMs)
  const ended = await updated<EndedGrant>(
    manager,
    `UPDATE offer_grant SET state = $3, ended_at = $4
     WHERE venue_id = $1 AND state = 'held' AND grant_id IN (
       SELECT grant_id FROM offer_grant
       WHERE venue_id = $1 AND campaign_id = $2 AND state = 'held'
         AND ($5::uuid IS NULL OR grant_id = $5) AND ($6::uuid IS NULL OR visitor_id = $6)
         AND ($5::uuid IS NOT NULL OR held_until <= $4)
       ORDER BY held_until, grant_id LIMIT ${String(lapsedBatch)} FOR UPDATE SKIP LOCKED)
     RETURNING grant_id, visitor_id, day, reserved_fen`,
    [venueId, campaignId, as, now, grantId ?? null, visitorId ?? null],
  )
  if (ended.length === 0) return 0
  const visitors = ended.flatMap(({ visitor_id: id }) => id ?? [])
  await manager.query(
    `WITH locked AS (
       SELECT visitor_id FROM campaign_visitor
       WHERE venue_id = $1 AND campaign_id = $2 AND visitor_id = ANY($3::uuid[])
       ORDER BY visitor_id FOR UPDATE)
     UPDATE campaign_visitor
     SET taken = taken - 1, held = held - 1, declined = $4
     WHERE venue_id = $1 AND campaign_id = $2 AND visitor_id IN (SELECT visitor_id FROM locked)`,
    [venueId, campaignId, visitors, as === 'declined'],
  )
  await returnPlaces(manager, { venueId, campaignId, as }, ended)
  for (const { grant_id: id, visitor_id: of } of ended) {
    await appendOutbox(
      manager,
      { nowMs, newId },
      {
        venueId,
        topic: `offer.${as}`,
        ...(of === null ? {} : { visitorId: of }),
        payload: { grantId: id, campaignId },
      },
    )
  }
  return ended.length
}

async function returnPlaces(
  manager: EntityManager,
  { venueId, campaignId, as }: Pick<GiveBack, 'venueId' | 'campaignId' | 'as'>,
  ended: readonly EndedGrant[],
): Promise<void> {
  const days = ended.map(({ day }) => day)
  const reservedFen = ended.reduce((sum, { reserved_fen: fen }) => sum + Number(fen), 0)
  await manager.query(
    `UPDATE campaign
     SET taken = taken - $3::integer, held = held - $3::integer, ${as} = ${as} + $3::integer,
         reserved_fen = reserved_fen - $4::bigint,
         taken_on_day = taken_on_day
           - (SELECT count(*)::integer FROM unnest($5::text[]) AS of(day) WHERE of.day = campaign.day)
     WHERE venue_id = $1 AND campaign_id = $2`,
    [venueId, campaignId, ended.length, reservedFen, days],
  )
}

/** Campaigns that hold places whose time ran out, those that wait longest first. */
export async function lapsedCampaigns(
  manager: EntityManager,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<readonly { readonly venueId: VenueId; readonly campaignId: string }[]> {
  const rows: readonly { venue_id: VenueId; campaign_id: string }[] = await manager.query(
    `SELECT venue_id, campaign_id FROM offer_grant WHERE state = 'held' AND held_until <= $1
     GROUP BY venue_id, campaign_id ORDER BY min(held_until) LIMIT $2`,
    [new Date(nowMs), limit],
  )
  return rows.map(({ venue_id: venueId, campaign_id: campaignId }) => ({ venueId, campaignId }))
}

/** Rows that an UPDATE or DELETE returned; the driver gives them beside their count. */
export async function updated<Row>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly Row[]> {
  const [rows]: [readonly Row[], number] = await manager.query(sql, [...parameters])
  return rows
}
