import type { EntityManager } from 'typeorm'
import type { LiveCampaign } from './live-campaign.ts'
import { localTime } from './local-time.ts'

/**
 * The conditions under which a place may be taken, each checked in a row that the statement has locked. A test
 * takes one after the other away and sees too many places taken.
 */
export const placeGuards = {
  perVisitor: 'mine.taken < $8::integer',
  oneHeld: 'mine.held = 0',
  coolDown: '(mine.last_granted_at IS NULL OR mine.last_granted_at <= $9::timestamptz)',
  version: 'campaign.version = $4',
  live: `campaign.state IN ('live', 'scheduled')
      AND (campaign.starts_at IS NULL OR campaign.starts_at <= $6)
      AND (campaign.ends_at IS NULL OR campaign.ends_at > $6)`,
  total: '(campaign.cap_total IS NULL OR campaign.taken < campaign.cap_total)',
  perDay: `(campaign.cap_day IS NULL OR campaign.day IS NULL OR campaign.day < $10
      OR campaign.taken_on_day < campaign.cap_day)`,
  budget: `(campaign.budget_fen IS NULL
      OR campaign.reserved_fen + campaign.spent_fen + $11 <= campaign.budget_fen)`,
} as const

export type PlaceGuards = Readonly<Record<keyof typeof placeGuards, string>>

/**
 * The one statement that takes a place: counts it for the visitor and for the campaign, and grants the offer,
 * or does nothing of the last two when a guard says no. The visitor's row is locked before the campaign's, as
 * everywhere, and the campaign's, over which all meet, as late as can be. A row that another transaction has
 * changed meanwhile is looked at again as it is now.
 */
export function takePlaceStatement(guards: PlaceGuards = placeGuards): string {
  return `
  WITH mine AS (
    INSERT INTO campaign_visitor AS mine
      (venue_id, visitor_id, campaign_id, taken, held, declined, last_granted_at)
    VALUES ($1::uuid, $3::uuid, $2::uuid, 1, 1, false, $6::timestamptz)
    ON CONFLICT (venue_id, visitor_id, campaign_id) DO UPDATE
    SET taken = mine.taken + 1, held = mine.held + 1, declined = false,
        last_granted_at = EXCLUDED.last_granted_at
    WHERE ${guards.perVisitor} AND ${guards.oneHeld} AND ${guards.coolDown}
    RETURNING mine.campaign_id
  ), place AS (
    UPDATE campaign
    SET taken = campaign.taken + 1, held = campaign.held + 1, granted = campaign.granted + 1,
        reserved_fen = campaign.reserved_fen + $11::bigint,
        taken_on_day = CASE WHEN campaign.day >= $10::text THEN campaign.taken_on_day + 1 ELSE 1 END,
        day = GREATEST(campaign.day, $10::text)
    FROM mine
    WHERE campaign.venue_id = $1 AND campaign.campaign_id = mine.campaign_id
      AND ${guards.version} AND ${guards.live}
      AND ${guards.total} AND ${guards.perDay} AND ${guards.budget}
    RETURNING campaign.day
  )
  INSERT INTO offer_grant
    (venue_id, grant_id, campaign_id, version, visitor_id, state, code_number, day, reserved_fen, granted_at,
     held_until)
  SELECT $1, $5::uuid, $2, $4, $3, 'held', nextval('offer_code_number'), place.day, $11, $6, $7::timestamptz
  FROM place
  RETURNING code_number, day`
}

const statement = takePlaceStatement()

/** Whom a place is for, and when. */
export interface PlaceWanted {
  readonly campaign: LiveCampaign
  readonly visitorId: string
  readonly grantId: string
  readonly nowMs: number
}

/** A place that was taken: the offer keeps it until then. */
export interface Place {
  readonly codeNumber: number
  /** Local day whose count it is part of. */
  readonly day: string
  readonly heldUntilMs: number
}

/**
 * Takes a place and grants the offer, in the transaction of the manager.
 * @param sql another statement, for the test that shows what the guards are for
 * @returns `undefined` when a guard said no; nothing is changed then
 */
export async function takePlace(
  manager: EntityManager,
  { campaign, visitorId, grantId, nowMs }: PlaceWanted,
  sql = statement,
): Promise<Place | undefined> {
  const { limits, schedule } = campaign.terms
  const heldUntilMs = Math.min(nowMs + limits.holdMs, schedule.untilMs ?? Infinity)
  await manager.query('SAVEPOINT take_place')
  const rows: readonly { readonly code_number: number; readonly day: string }[] = await manager.query(sql, [
    campaign.venueId,
    campaign.campaignId,
    visitorId,
    campaign.version,
    grantId,
    new Date(nowMs),
    new Date(heldUntilMs),
    limits.perVisitor,
    new Date(nowMs - limits.coolDownMs),
    localTime(schedule.timeZone, nowMs).day,
    campaign.mostSpentFen,
  ])
  const [row] = rows
  // The visitor may have been counted before the campaign said no.
  await manager.query(row ? 'RELEASE SAVEPOINT take_place' : 'ROLLBACK TO SAVEPOINT take_place')
  return row && { codeNumber: row.code_number, day: row.day, heldUntilMs }
}
