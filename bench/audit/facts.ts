import pg from 'pg'
import type { ClientBase } from 'pg'
import type { Ledger } from './ledger.ts'

/** A campaign's tally as its row has it, and the largest limits any version of its terms ever had (null: none). */
export interface CampaignFact {
  readonly venueId: string
  readonly campaignId: string
  readonly state: string
  readonly fromMs: number | null
  readonly untilMs: number | null
  readonly updatedMs: number
  readonly day: string | null
  readonly tally: Readonly<Record<TallyField, number>>
  readonly most: {
    readonly total: number | null
    readonly perDay: number | null
    readonly perVisitor: number | null
    readonly budgetFen: number | null
  }
}

export const tallyFields = [
  ...(['taken', 'held', 'granted', 'redeemed', 'refunded', 'expired', 'declined'] as const),
  ...(['takenOnDay', 'reservedFen', 'spentFen'] as const),
] as const
export type TallyField = (typeof tallyFields)[number]

/** An offer that was granted; without a visitor once they were erased. */
export interface GrantFact {
  readonly venueId: string
  readonly grantId: string
  readonly campaignId: string
  readonly visitorId: string | null
  readonly state: 'held' | 'redeemed' | 'refunded' | 'expired' | 'declined'
  readonly day: string
  readonly reservedFen: number
  readonly grantedMs: number
  readonly heldUntilMs: number
  readonly endedMs: number | null
}

/** How many offers of a campaign a visitor's row counts. */
export interface VisitorTallyFact {
  readonly venueId: string
  readonly campaignId: string
  readonly visitorId: string
  readonly taken: number
  readonly held: number
}

export interface RedemptionFact {
  readonly venueId: string
  readonly redemptionId: string
  readonly grantId: string
  readonly campaignId: string
  readonly unitId: string
  readonly billFen: number
  readonly discountFen: number
  readonly spentFen: number
  readonly redeemedMs: number
  readonly refundedMs: number | null
}

export interface VisitFact {
  readonly venueId: string
  readonly visitorId: string
  readonly zoneId: string
  readonly zoneKind: 'unit' | 'geofence' | 'level' | 'venue'
  readonly enteredMs: number
  readonly leftMs: number
  readonly dwellMs: number
}

export interface TicketFact {
  readonly venueId: string
  readonly ticketId: string
  readonly enteredMs: number
  readonly endedMs: number | null
  readonly endedBy: string | null
  readonly unpaidFen: number | null
}

export interface QuoteFact {
  readonly quoteId: string
  readonly ticketId: string
  readonly dueFen: number
  /** Sum of its lines. */
  readonly linesFen: number
  readonly pricedMs: number
}

export interface PaymentFact {
  readonly paymentId: string
  readonly ticketId: string
  readonly quoteId: string
  readonly askedFen: number
  readonly state: 'pending' | 'paid' | 'closed' | 'wrong-amount'
  readonly receivedFen: number | null
  readonly refundedFen: number
  readonly paidMs: number | null
  readonly leaveByMs: number | null
}

export interface RefundFact {
  readonly paymentId: string
  readonly amountFen: number
  readonly state: 'processing' | 'done' | 'failed'
}

/** Something a live stream has to show under a key while it is current. */
export interface NoticeFact {
  readonly venueId: string
  readonly id: string
  readonly fromMs: number | null
  readonly untilMs: number | null
  readonly changedMs: number
}

/** Bays of a level by what is known of them, and when the last of it was told. */
export interface BaysFact {
  readonly venueId: string
  readonly levelId: string
  readonly known: number
  readonly free: number
  readonly changedMs: number
}

/** All an audit looks at. */
export interface Facts {
  readonly campaigns: readonly CampaignFact[]
  readonly grants: readonly GrantFact[]
  readonly visitorTallies: readonly VisitorTallyFact[]
  readonly redemptions: readonly RedemptionFact[]
  readonly visits: readonly VisitFact[]
  /** Visitors who agree to `location` now. */
  readonly located: ReadonlySet<string>
  readonly tickets: readonly TicketFact[]
  readonly benefits: readonly { readonly ticketId: string; readonly grantedMs: number }[]
  readonly quotes: readonly QuoteFact[]
  readonly payments: readonly PaymentFact[]
  readonly refunds: readonly RefundFact[]
  /** Ids of barrier events, as `VENUE EVENT`. */
  readonly barrierEvents: ReadonlySet<string>
  readonly waiting: readonly { readonly venueId: string; readonly topic: string; readonly events: number }[]
  readonly closures: readonly NoticeFact[]
  readonly content: readonly NoticeFact[]
  readonly bays: readonly BaysFact[]
  /** Tables in which something of an erased person was found. */
  readonly traces: readonly { readonly visitorId: string; readonly table: string }[]
}

/** Epoch ms of a column. */
const ms = (column: string) => `floor(extract(epoch FROM ${column}) * 1000)::float8`
const most = (limit: string, sum = 'max') =>
  `(SELECT CASE WHEN bool_or(terms->'limits'->>'${limit}' IS NULL) THEN NULL
      ELSE ${sum}((terms->'limits'->>'${limit}')::float8) END
    FROM campaign_version v WHERE v.venue_id = c.venue_id AND v.campaign_id = c.campaign_id)`

const queries = {
  campaigns: `SELECT venue_id AS "venueId", campaign_id AS "campaignId", state, day,
      ${ms('starts_at')} AS "fromMs", ${ms('ends_at')} AS "untilMs", ${ms('updated_at')} AS "updatedMs",
      json_build_object('taken', taken, 'held', held, 'granted', granted, 'redeemed', redeemed,
        'refunded', refunded, 'expired', expired, 'declined', declined, 'takenOnDay', taken_on_day,
        'reservedFen', reserved_fen, 'spentFen', spent_fen) AS tally,
      json_build_object('total', ${most('total')}, 'perDay', ${most('perDay')},
        'perVisitor', ${most('perVisitor')}, 'budgetFen', ${most('budgetFen')}) AS most
    FROM campaign c`,
  grants: `SELECT venue_id AS "venueId", grant_id AS "grantId", campaign_id AS "campaignId",
      visitor_id AS "visitorId", state, day, reserved_fen::float8 AS "reservedFen",
      ${ms('granted_at')} AS "grantedMs", ${ms('held_until')} AS "heldUntilMs", ${ms('ended_at')} AS "endedMs"
    FROM offer_grant`,
  visitorTallies: `SELECT venue_id AS "venueId", campaign_id AS "campaignId", visitor_id AS "visitorId", taken, held
    FROM campaign_visitor`,
  redemptions: `SELECT venue_id AS "venueId", redemption_id AS "redemptionId", grant_id AS "grantId",
      campaign_id AS "campaignId", unit_id AS "unitId", bill_fen::float8 AS "billFen",
      discount_fen::float8 AS "discountFen", spent_fen::float8 AS "spentFen",
      ${ms('redeemed_at')} AS "redeemedMs", ${ms('refunded_at')} AS "refundedMs" FROM redemption`,
  visits: `SELECT venue_id AS "venueId", visitor_id AS "visitorId", zone_id AS "zoneId", zone_kind AS "zoneKind",
      ${ms('entered_at')} AS "enteredMs", ${ms('left_at')} AS "leftMs", dwell_ms AS "dwellMs" FROM visit`,
  located: `SELECT visitor_id AS "visitorId" FROM (
      SELECT DISTINCT ON (visitor_id) visitor_id, granted FROM consent_entry
      WHERE purpose = 'location' ORDER BY visitor_id, seq DESC) AS last WHERE granted`,
  tickets: `SELECT venue_id AS "venueId", ticket_id AS "ticketId", ${ms('entered_at')} AS "enteredMs",
      ${ms('ended_at')} AS "endedMs", ended_by AS "endedBy", unpaid_fen AS "unpaidFen" FROM parking_ticket`,
  benefits: `SELECT ticket_id AS "ticketId", ${ms('granted_at')} AS "grantedMs" FROM parking_benefit`,
  quotes: `SELECT quote_id AS "quoteId", ticket_id AS "ticketId", due_fen AS "dueFen",
      (SELECT COALESCE(sum((line->>'amountFen')::integer), 0)::integer FROM jsonb_array_elements(lines) AS line)
        AS "linesFen", ${ms('priced_at')} AS "pricedMs" FROM parking_quote`,
  payments: `SELECT payment_id AS "paymentId", ticket_id AS "ticketId", quote_id AS "quoteId",
      asked_fen AS "askedFen", state, received_fen AS "receivedFen", refunded_fen AS "refundedFen",
      ${ms('paid_at')} AS "paidMs", ${ms('leave_by')} AS "leaveByMs" FROM parking_payment`,
  refunds: `SELECT payment_id AS "paymentId", amount_fen AS "amountFen", state FROM parking_refund`,
  barrierEvents: `SELECT venue_id || ' ' || event_id AS id FROM parking_barrier_event`,
  waiting: `SELECT venue_id AS "venueId", topic, count(*)::integer AS events FROM outbox_event
    WHERE published_at IS NULL GROUP BY venue_id, topic ORDER BY venue_id, topic`,
  closures: `SELECT venue_id AS "venueId", closure_id AS id, NULL::float8 AS "fromMs",
      ${ms('COALESCE(ended_at, until_at)')} AS "untilMs", ${ms('COALESCE(ended_at, created_at)')} AS "changedMs"
    FROM closure`,
  content: `SELECT venue_id AS "venueId", content_id AS id, NULL::float8 AS "fromMs", ${ms('until_at')} AS "untilMs",
      ${ms('created_at')} AS "changedMs" FROM content_card`,
  bays: `SELECT b.venue_id AS "venueId", u.level_id AS "levelId", count(*)::integer AS known,
      count(*) FILTER (WHERE b.state = 'free')::integer AS free, ${ms('max(b.at)')} AS "changedMs"
    FROM parking_bay_state b
    JOIN map_version m ON m.venue_id = b.venue_id AND m.state = 'published'
    JOIN imdf_unit u ON u.venue_id = b.venue_id AND u.version_id = m.version_id AND u.id = b.bay_id::text
    GROUP BY b.venue_id, u.level_id`,
} as const

/**
 * Reads what an audit looks at, as it stands at one moment.
 * @param url of the database
 * @param erased whose traces are looked for
 */
export async function factsOf(url: string, erased: Ledger['erased'] = []): Promise<Facts> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return await readFacts(client, erased)
  } finally {
    await client.end()
  }
}

/** The same on a connection of the caller's, in whatever transaction is open on it. */
export async function readFacts(client: ClientBase, erased: Ledger['erased'] = []): Promise<Facts> {
  const rows = async <Row extends object>(sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows
  return {
    campaigns: await rows<CampaignFact>(queries.campaigns),
    grants: await rows<GrantFact>(queries.grants),
    visitorTallies: await rows<VisitorTallyFact>(queries.visitorTallies),
    redemptions: await rows<RedemptionFact>(queries.redemptions),
    visits: await rows<VisitFact>(queries.visits),
    located: new Set((await rows<{ visitorId: string }>(queries.located)).map((row) => row.visitorId)),
    tickets: await rows<TicketFact>(queries.tickets),
    benefits: await rows<Facts['benefits'][number]>(queries.benefits),
    quotes: await rows<QuoteFact>(queries.quotes),
    payments: await rows<PaymentFact>(queries.payments),
    refunds: await rows<RefundFact>(queries.refunds),
    barrierEvents: new Set((await rows<{ id: string }>(queries.barrierEvents)).map(({ id }) => id)),
    waiting: await rows<Facts['waiting'][number]>(queries.waiting),
    closures: await rows<NoticeFact>(queries.closures),
    content: await rows<NoticeFact>(queries.content),
    bays: await rows<BaysFact>(queries.bays),
    traces: await findTraces(client, erased),
  }
}

/**
 * Looks through every row of every table, all of its columns as text, for the ids and texts of erased people: as they
 * are, without hyphens, as bytes, and in base64. Left out are the tables of the map, which are written by nobody but an
 * import and never change.
 */
async function findTraces(client: ClientBase, erased: Ledger['erased']): Promise<Facts['traces']> {
  if (erased.length === 0) return []
  const wanted = erased.flatMap(({ visitorId, texts }) =>
    [visitorId, ...texts].flatMap((text) => formsOf(text).map((form) => ({ visitorId, form }))),
  )
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
       AND table_name <> 'spatial_ref_sys' AND table_name NOT LIKE 'imdf%' ORDER BY 1`,
  )
  const found: { visitorId: string; table: string }[] = []
  for (const { name } of tables) {
    const { rows } = await client.query<{ visitorId: string }>(
      `SELECT DISTINCT w.id AS "visitorId" FROM ${name} AS t
       JOIN unnest($1::text[], $2::text[]) AS w (id, form) ON strpos(lower(t::text), w.form) > 0`,
      [wanted.map(({ visitorId }) => visitorId), wanted.map(({ form }) => form)],
    )
    found.push(...rows.map(({ visitorId }) => ({ visitorId, table: name })))
  }
  return found
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const forms = [
    text,
    text.replaceAll('-', ''),
    bytes.toString('hex'),
    bytes.toString('base64').replaceAll('=', ''),
  ]
  return [...new Set(forms.map((form) => form.toLowerCase()))]
}
