import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Standing } from './situation.ts'

/** How campaigns stand, as the database says. */
export interface LoadedStandings {
  readonly standings: ReadonlyMap<string, Standing>
  /** Of each campaign that is offered: when memory knows another, or none, it is old. */
  readonly revisions: ReadonlyMap<string, string>
  /** Campaigns whose hold-out group the visitor is known to be in. */
  readonly heldOut: ReadonlySet<string>
  /** Offers the visitor holds in this venue. */
  readonly held: number
}

interface StandingRow {
  readonly campaign_id: string
  readonly revision: string
  readonly offered: boolean
  readonly taken: number
  readonly day: string | null
  readonly taken_on_day: number
  readonly committed_fen: string
  readonly mine_taken: number | null
  readonly mine_held: number | null
  readonly declined: boolean | null
  readonly last_granted_at: Date | null
  readonly held_out_at: Date | null
  readonly all_held: string
}

/** Reads, in one statement and without locks, what a decision about a visitor rests on. */
export async function loadStandings(
  manager: EntityManager,
  about: { readonly venueId: VenueId; readonly visitorId: string; readonly campaignIds: readonly string[] },
): Promise<LoadedStandings> {
  const rows: readonly StandingRow[] = await manager.query(
    `SELECT c.campaign_id, c.revision, c.state IN ('scheduled', 'live') AS offered, c.taken, c.day, c.taken_on_day,
            c.reserved_fen + c.spent_fen AS committed_fen,
            v.taken AS mine_taken, v.held AS mine_held, v.declined, v.last_granted_at, v.held_out_at,
            (SELECT count(*) FROM offer_grant g
             WHERE g.venue_id = $1 AND g.visitor_id = $2 AND g.state = 'held') AS all_held
     FROM campaign c
     LEFT JOIN campaign_visitor v
       ON v.venue_id = c.venue_id AND v.campaign_id = c.campaign_id AND v.visitor_id = $2
     WHERE c.venue_id = $1 AND c.campaign_id = ANY($3::uuid[])`,
    [about.venueId, about.visitorId, about.campaignIds],
  )
  return {
    standings: new Map(rows.map((row) => [row.campaign_id, standingOf(row)])),
    revisions: new Map(
      rows.flatMap(({ campaign_id: id, revision, offered }) => (offered ? [[id, revision] as const] : [])),
    ),
    heldOut: new Set(rows.flatMap((row) => (row.held_out_at ? [row.campaign_id] : []))),
    held: Number(rows[0]?.all_held ?? 0),
  }
}

function standingOf(row: StandingRow): Standing {
  return {
    taken: row.taken,
    day: row.day ?? '',
    takenOnDay: row.taken_on_day,
    committedFen: Number(row.committed_fen),
    mine: {
      taken: row.mine_taken ?? 0,
      held: row.mine_held ?? 0,
      declined: row.declined ?? false,
      lastGrantedAtMs: row.last_granted_at?.getTime(),
    },
  }
}
