import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Campaigns and their versions, offers that were granted, redemptions, and visits as far as offers need them. */
export class Offers1795219800000 implements MigrationInterface {
  readonly name = 'Offers1795219800000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TABLE ${table}`)
    for (const sequence of sequences) await runner.query(`DROP SEQUENCE ${sequence}`)
  }
}

const tables = [
  'redemption',
  'offer_grant',
  'campaign_visitor',
  'venue_visit',
  'campaign_version',
  'campaign',
]
const sequences = ['offer_code_number', 'campaign_revision']

const statements = [
  // Numbers of coupons, as `coupon-codes.ts` writes them into nine digits.
  `CREATE SEQUENCE offer_code_number MINVALUE 0 MAXVALUE 999999999 CYCLE`,
  `CREATE SEQUENCE campaign_revision`,
  // cap_…, budget_fen, starts_at and ends_at repeat the terms in force: the statement that takes a place reads
  // them in the row it locks.
  `CREATE TABLE campaign (
    venue_id uuid NOT NULL CONSTRAINT campaign_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
    campaign_id uuid NOT NULL,
    state text NOT NULL
      CONSTRAINT campaign_state CHECK (state IN ('draft', 'scheduled', 'live', 'paused', 'ended')),
    version integer NOT NULL,
    revision bigint NOT NULL,
    assignment_key text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    starts_at timestamptz,
    ends_at timestamptz,
    cap_total integer,
    cap_day integer,
    budget_fen bigint,
    day text,
    taken_on_day integer NOT NULL,
    taken integer NOT NULL,
    held integer NOT NULL,
    granted integer NOT NULL,
    redeemed integer NOT NULL,
    refunded integer NOT NULL,
    expired integer NOT NULL,
    declined integer NOT NULL,
    held_out integer NOT NULL,
    reserved_fen bigint NOT NULL,
    spent_fen bigint NOT NULL,
    PRIMARY KEY (venue_id, campaign_id),
    CONSTRAINT campaign_tally CHECK (
      taken = held + redeemed - refunded AND granted = held + redeemed + expired + declined),
    CONSTRAINT campaign_not_negative CHECK (
      held >= 0 AND refunded BETWEEN 0 AND redeemed AND expired >= 0 AND declined >= 0
      AND taken_on_day >= 0 AND reserved_fen >= 0 AND spent_fen >= 0)
  )`,
  `CREATE INDEX campaign_offered ON campaign (venue_id) WHERE state IN ('scheduled', 'live')`,
  `CREATE TABLE campaign_version (
    venue_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    terms jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (venue_id, campaign_id, version),
    CONSTRAINT campaign_version_of FOREIGN KEY (venue_id, campaign_id)
      REFERENCES campaign (venue_id, campaign_id) ON DELETE CASCADE
  )`,
  `CREATE TABLE campaign_visitor (
    venue_id uuid NOT NULL,
    visitor_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    taken integer NOT NULL CONSTRAINT campaign_visitor_taken CHECK (taken >= 0),
    held integer NOT NULL CONSTRAINT campaign_visitor_held CHECK (held >= 0),
    declined boolean NOT NULL,
    last_granted_at timestamptz,
    held_out_at timestamptz,
    PRIMARY KEY (venue_id, visitor_id, campaign_id),
    CONSTRAINT campaign_visitor_of FOREIGN KEY (venue_id, campaign_id)
      REFERENCES campaign (venue_id, campaign_id) ON DELETE CASCADE
  )`,
  // The statement that takes a place decides about a few columns only: the row stays on its page.
  `ALTER TABLE campaign SET (fillfactor = 50)`,
  `CREATE TABLE venue_visit (
    venue_id uuid NOT NULL CONSTRAINT venue_visit_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
    visitor_id uuid NOT NULL,
    visits integer NOT NULL,
    first_at timestamptz NOT NULL,
    began_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, visitor_id)
  )`,
  `CREATE INDEX venue_visit_last ON venue_visit (last_at)`,
  `CREATE TABLE offer_grant (
    venue_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    visitor_id uuid,
    state text NOT NULL
      CONSTRAINT offer_grant_state CHECK (state IN ('held', 'redeemed', 'refunded', 'expired', 'declined')),
    code_number integer NOT NULL,
    day text NOT NULL,
    reserved_fen bigint NOT NULL,
    granted_at timestamptz NOT NULL,
    held_until timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (venue_id, grant_id),
    CONSTRAINT offer_grant_of FOREIGN KEY (venue_id, campaign_id, version)
      REFERENCES campaign_version (venue_id, campaign_id, version) ON DELETE CASCADE,
    CONSTRAINT offer_grant_code UNIQUE (venue_id, code_number)
  )`,
  `CREATE INDEX offer_grant_visitor ON offer_grant (venue_id, visitor_id, grant_id)`,
  `CREATE UNIQUE INDEX offer_grant_one_held ON offer_grant (venue_id, campaign_id, visitor_id)
    WHERE state = 'held'`,
  `CREATE INDEX offer_grant_lapsing ON offer_grant (held_until) WHERE state = 'held'`,
  `CREATE TABLE redemption (
    venue_id uuid NOT NULL,
    redemption_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    unit_id uuid NOT NULL,
    bill_fen bigint NOT NULL,
    discount_fen bigint NOT NULL,
    spent_fen bigint NOT NULL,
    reference text,
    redeemed_at timestamptz NOT NULL,
    redeemed_by text NOT NULL,
    refunded_at timestamptz,
    refunded_by text,
    refund_reason text,
    PRIMARY KEY (venue_id, redemption_id),
    CONSTRAINT redemption_once UNIQUE (venue_id, grant_id),
    CONSTRAINT redemption_of FOREIGN KEY (venue_id, grant_id)
      REFERENCES offer_grant (venue_id, grant_id) ON DELETE CASCADE,
    CONSTRAINT redemption_money CHECK (discount_fen BETWEEN 0 AND bill_fen AND spent_fen >= 0)
  )`,
  `CREATE INDEX redemption_recent ON redemption (venue_id, redeemed_at)`,
]
