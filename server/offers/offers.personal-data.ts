import type { EntityManager } from 'typeorm'
import type { Json } from '../../maps/model/index.ts'
import type { PersonalDataHolder } from '../visitors/index.ts'
import { giveBack } from './give-back.ts'
import { offerGrantEntity, venueVisitEntity } from './offer-grant.entity.ts'

/**
 * What offers keep of a visitor. Erased: offers that are held give their places back, and of every offer
 * remains that somebody had it; a redemption keeps its money and never knew whose it was.
 */
export function offersHolder(services: {
  readonly clock: () => number
  readonly newId: () => string
  /** Drops what memory holds of a visitor. */
  readonly forget: (visitorId: string) => void
}): PersonalDataHolder {
  const { clock, newId, forget } = services
  return {
    name: 'offers',
    exportOf,
    async erase(manager, visitorId) {
      const held = await manager.findBy(offerGrantEntity, { visitorId, state: 'held' })
      for (const { venueId, campaignId, grantId } of held) {
        // Without a name: what is told afterwards must not bring the erased id back.
        await manager.update(offerGrantEntity, { venueId, grantId }, { visitorId: null })
        await giveBack(manager, { venueId, campaignId, as: 'declined', grantId }, { nowMs: clock(), newId })
      }
      await manager.update(offerGrantEntity, { visitorId }, { visitorId: null })
      await manager.query('DELETE FROM campaign_visitor WHERE visitor_id = $1', [visitorId])
      await eraseVisits(manager, visitorId)
    },
    join: joinOffers,
    forget,
  }
}

/** Deletes how often a visitor was where. */
export async function eraseVisits(manager: EntityManager, visitorId: string): Promise<void> {
  await manager.delete(venueVisitEntity, { visitorId })
}

async function exportOf(manager: EntityManager, visitorId: string): Promise<Json> {
  const offers: readonly Json[] = await manager.query(
    `SELECT g.venue_id AS "venueId", v.terms->'name' AS name, g.state, g.granted_at AS "grantedAt",
            g.held_until AS "heldUntil", g.ended_at AS "endedAt", r.unit_id AS "redeemedAtUnit",
            r.bill_fen AS "billFen", r.discount_fen AS "discountFen"
     FROM offer_grant g
     JOIN campaign_version v USING (venue_id, campaign_id, version)
     LEFT JOIN redemption r USING (venue_id, grant_id)
     WHERE g.visitor_id = $1 ORDER BY g.granted_at`,
    [visitorId],
  )
  const groups: readonly Json[] = await manager.query(
    `SELECT m.venue_id AS "venueId", v.terms->'name' AS name, m.declined, m.held_out_at AS "heldOutAt"
     FROM campaign_visitor m
     JOIN campaign c USING (venue_id, campaign_id)
     JOIN campaign_version v USING (venue_id, campaign_id, version)
     WHERE m.visitor_id = $1 AND (m.declined OR m.held_out_at IS NOT NULL)`,
    [visitorId],
  )
  const visits: readonly Json[] = await manager.query(
    `SELECT venue_id AS "venueId", visits, first_at AS "firstAt", last_at AS "lastAt"
     FROM venue_visit WHERE visitor_id = $1`,
    [visitorId],
  )
  if (offers.length + groups.length + visits.length === 0) return null
  // Dates become text as everywhere in an export.
  return JSON.parse(JSON.stringify({ offers, declinedOrComparedWith: groups, visits })) as Json
}

/**
 * Gives the account what the anonymous visitor had. What both count is added up, so that nobody gets twice by
 * signing in what the caps allow once; an offer of which the account holds one already stays behind.
 */
async function joinOffers(
  manager: EntityManager,
  { fromId, toId }: { readonly fromId: string; readonly toId: string },
): Promise<void> {
  const ids = [fromId, toId]
  // In the order in which everything else locks: offers, then visitors.
  await manager.query(
    `SELECT grant_id FROM offer_grant WHERE visitor_id = ANY($1::uuid[]) ORDER BY grant_id FOR UPDATE`,
    [ids],
  )
  const moved = `
    UPDATE offer_grant g SET visitor_id = $2 WHERE g.visitor_id = $1 AND (g.state <> 'held' OR NOT EXISTS (
      SELECT FROM offer_grant o WHERE o.venue_id = g.venue_id AND o.campaign_id = g.campaign_id
        AND o.visitor_id = $2 AND o.state = 'held'))`
  await manager.query(moved, ids)
  await manager.query(
    `INSERT INTO campaign_visitor AS mine
       (venue_id, visitor_id, campaign_id, taken, held, declined, last_granted_at, held_out_at)
     SELECT c.venue_id, $2, c.campaign_id, c.taken - left_behind.held, c.held - left_behind.held, c.declined,
            c.last_granted_at, c.held_out_at
     FROM campaign_visitor c CROSS JOIN LATERAL (
       SELECT count(*)::integer AS held FROM offer_grant g
       WHERE g.venue_id = c.venue_id AND g.campaign_id = c.campaign_id AND g.visitor_id = $1
         AND g.state = 'held') AS left_behind
     WHERE c.visitor_id = $1
     ON CONFLICT (venue_id, visitor_id, campaign_id) DO UPDATE
     SET taken = mine.taken + EXCLUDED.taken, held = mine.held + EXCLUDED.held,
         declined = mine.declined OR EXCLUDED.declined,
         last_granted_at = GREATEST(mine.last_granted_at, EXCLUDED.last_granted_at),
         held_out_at = LEAST(mine.held_out_at, EXCLUDED.held_out_at)`,
    ids,
  )
  await manager.query(
    `UPDATE campaign_visitor c SET taken = stays.held, held = stays.held
     FROM (SELECT c.venue_id, c.campaign_id, count(g.grant_id)::integer AS held
           FROM campaign_visitor c LEFT JOIN offer_grant g
             ON g.venue_id = c.venue_id AND g.campaign_id = c.campaign_id AND g.visitor_id = $1
                AND g.state = 'held'
           WHERE c.visitor_id = $1 GROUP BY c.venue_id, c.campaign_id) AS stays
     WHERE c.visitor_id = $1 AND c.venue_id = stays.venue_id AND c.campaign_id = stays.campaign_id`,
    [fromId],
  )
  await manager.query(
    `INSERT INTO venue_visit AS mine (venue_id, visitor_id, visits, first_at, began_at, last_at)
     SELECT venue_id, $2, visits, first_at, began_at, last_at FROM venue_visit WHERE visitor_id = $1
     ON CONFLICT (venue_id, visitor_id) DO UPDATE
     SET visits = mine.visits + EXCLUDED.visits, first_at = LEAST(mine.first_at, EXCLUDED.first_at),
         began_at = GREATEST(mine.began_at, EXCLUDED.began_at),
         last_at = GREATEST(mine.last_at, EXCLUDED.last_at)`,
    ids,
  )
  await eraseVisits(manager, fromId)
}
