import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Bays, barrier events, tickets, where cars stand, tariffs, quotes, payments, refunds and reconciliations. */
export class Parking1796000000000 implements MigrationInterface {
  readonly name = 'Parking1796000000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TABLE ${table}`)
  }
}

const tables = [
  'parking_reconciliation',
  'parking_notice',
  'parking_refund',
  'parking_payment',
  'parking_quote',
  'parking_benefit',
  'parking_tariff',
  'parking_own_plate',
  'parking_car_place',
  'parking_ticket_token',
  'parking_barrier_event',
  'parking_ticket',
  'parking_bay_state',
]

const ofVenue = (table: string) =>
  `venue_id uuid NOT NULL CONSTRAINT ${table}_venue REFERENCES venue (venue_id) ON DELETE CASCADE`

const ofTicket = (table: string) =>
  `CONSTRAINT ${table}_ticket FOREIGN KEY (venue_id, ticket_id)
     REFERENCES parking_ticket (venue_id, ticket_id) ON DELETE CASCADE`

const statements = [
  `CREATE TABLE parking_bay_state (
    ${ofVenue('parking_bay_state')},
    bay_id uuid NOT NULL,
    state text NOT NULL CONSTRAINT parking_bay_state_word CHECK (state IN ('free', 'taken', 'reserved')),
    at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, bay_id)
  )`,
  `CREATE TABLE parking_ticket (
    ${ofVenue('parking_ticket')},
    ticket_id uuid NOT NULL,
    plate_hash text,
    plate_sealed text,
    entered_at timestamptz NOT NULL,
    entry_gate text NOT NULL,
    picture text,
    ended_at timestamptz,
    ended_by text CONSTRAINT parking_ticket_end CHECK (ended_by IN ('exit', 'next-entry', 'void')),
    exit_gate text,
    unpaid_fen integer CONSTRAINT parking_ticket_unpaid CHECK (unpaid_fen >= 0),
    PRIMARY KEY (venue_id, ticket_id),
    CONSTRAINT parking_ticket_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT parking_ticket_plate CHECK ((plate_hash IS NULL) = (plate_sealed IS NULL))
  )`,
  // One car is inside once: the guard behind all commands.
  `CREATE UNIQUE INDEX parking_ticket_open ON parking_ticket (venue_id, plate_hash) WHERE ended_at IS NULL`,
  `CREATE INDEX parking_ticket_entered ON parking_ticket (venue_id, entered_at)`,
  `CREATE INDEX parking_ticket_of_plate ON parking_ticket (venue_id, plate_hash)`,
  `CREATE TABLE parking_barrier_event (
    ${ofVenue('parking_barrier_event')},
    event_id text NOT NULL,
    kind text NOT NULL CONSTRAINT parking_barrier_event_kind CHECK (kind IN ('entry', 'exit')),
    at timestamptz NOT NULL,
    gate text NOT NULL,
    plate_hash text,
    plate_sealed text,
    corrected_at timestamptz,
    picture text,
    ticket_id uuid,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, event_id)
  )`,
  `CREATE INDEX parking_barrier_event_plate ON parking_barrier_event (venue_id, plate_hash, at)`,
  `CREATE TABLE parking_ticket_token (
    venue_id uuid NOT NULL,
    token text NOT NULL,
    ticket_id uuid NOT NULL,
    PRIMARY KEY (venue_id, token, ticket_id),
    ${ofTicket('parking_ticket_token')}
  )`,
  `CREATE INDEX parking_ticket_token_of ON parking_ticket_token (venue_id, ticket_id)`,
  `CREATE TABLE parking_car_place (
    ${ofVenue('parking_car_place')},
    source text NOT NULL CONSTRAINT parking_car_place_source CHECK (source IN ('camera', 'shopper', 'trail')),
    whose text NOT NULL,
    at timestamptz NOT NULL,
    level_id uuid NOT NULL,
    x double precision NOT NULL,
    y double precision NOT NULL,
    radius_m double precision NOT NULL,
    confidence double precision NOT NULL
      CONSTRAINT parking_car_place_confidence CHECK (confidence > 0 AND confidence <= 1),
    bay_id uuid,
    PRIMARY KEY (venue_id, whose, source)
  )`,
  `CREATE INDEX parking_car_place_at ON parking_car_place (at)`,
  `CREATE TABLE parking_own_plate (
    ${ofVenue('parking_own_plate')},
    visitor_id uuid NOT NULL,
    plate_id uuid NOT NULL,
    plate_hash text NOT NULL,
    plate_sealed text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, visitor_id, plate_id),
    CONSTRAINT parking_own_plate_once UNIQUE (venue_id, visitor_id, plate_hash)
  )`,
  `CREATE TABLE parking_tariff (
    ${ofVenue('parking_tariff')},
    tariff_id uuid NOT NULL,
    valid_from timestamptz NOT NULL,
    definition jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, tariff_id)
  )`,
  `CREATE INDEX parking_tariff_from ON parking_tariff (venue_id, valid_from)`,
  `CREATE TABLE parking_benefit (
    venue_id uuid NOT NULL,
    benefit_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    reference text NOT NULL,
    origin text NOT NULL CONSTRAINT parking_benefit_origin CHECK (origin IN ('member', 'coupon', 'shop')),
    kind text NOT NULL CONSTRAINT parking_benefit_kind CHECK (kind IN ('minutes', 'percent', 'amount')),
    value integer NOT NULL CONSTRAINT parking_benefit_value CHECK (value > 0),
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, benefit_id),
    CONSTRAINT parking_benefit_once UNIQUE (venue_id, reference),
    ${ofTicket('parking_benefit')}
  )`,
  `CREATE INDEX parking_benefit_of ON parking_benefit (venue_id, ticket_id)`,
  `CREATE TABLE parking_quote (
    venue_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    due_fen integer NOT NULL CONSTRAINT parking_quote_due CHECK (due_fen >= 0),
    lines jsonb NOT NULL,
    priced_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    exit_minutes integer NOT NULL,
    PRIMARY KEY (venue_id, quote_id),
    ${ofTicket('parking_quote')}
  )`,
  `CREATE TABLE parking_payment (
    venue_id uuid NOT NULL,
    payment_id uuid NOT NULL CONSTRAINT parking_payment_id UNIQUE,
    ticket_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    visitor_id uuid,
    method text NOT NULL CONSTRAINT parking_payment_method CHECK (method IN ('wechat', 'demo')),
    asked_fen integer NOT NULL CONSTRAINT parking_payment_asked CHECK (asked_fen > 0),
    state text NOT NULL
      CONSTRAINT parking_payment_state CHECK (state IN ('pending', 'paid', 'closed', 'wrong-amount')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    received_fen integer CONSTRAINT parking_payment_received CHECK (received_fen > 0),
    refunded_fen integer NOT NULL DEFAULT 0,
    transaction_id text,
    paid_at timestamptz,
    leave_by timestamptz,
    settled_by text CONSTRAINT parking_payment_settled CHECK (settled_by IN ('notice', 'query', 'bill', 'demo')),
    settled_at timestamptz,
    PRIMARY KEY (venue_id, payment_id),
    CONSTRAINT parking_payment_money CHECK (
      (state IN ('paid', 'wrong-amount')) = (received_fen IS NOT NULL AND transaction_id IS NOT NULL AND paid_at IS NOT NULL)),
    CONSTRAINT parking_payment_refunded CHECK (refunded_fen >= 0 AND refunded_fen <= COALESCE(received_fen, 0)),
    ${ofTicket('parking_payment')}
  )`,
  `CREATE INDEX parking_payment_of ON parking_payment (venue_id, ticket_id)`,
  `CREATE INDEX parking_payment_pending ON parking_payment (created_at) WHERE state = 'pending'`,
  `CREATE INDEX parking_payment_visitor ON parking_payment (visitor_id) WHERE visitor_id IS NOT NULL`,
  `CREATE TABLE parking_refund (
    venue_id uuid NOT NULL,
    refund_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    amount_fen integer NOT NULL CONSTRAINT parking_refund_amount CHECK (amount_fen > 0),
    reason text NOT NULL,
    state text NOT NULL CONSTRAINT parking_refund_state CHECK (state IN ('processing', 'done', 'failed')),
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (venue_id, refund_id),
    CONSTRAINT parking_refund_payment FOREIGN KEY (venue_id, payment_id)
      REFERENCES parking_payment (venue_id, payment_id) ON DELETE CASCADE
  )`,
  `CREATE INDEX parking_refund_open ON parking_refund (requested_at) WHERE state = 'processing'`,
  `CREATE TABLE parking_notice (
    ${ofVenue('parking_notice')},
    notice_id text NOT NULL,
    method text NOT NULL,
    payment_id uuid NOT NULL,
    outcome text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, method, notice_id)
  )`,
  `CREATE INDEX parking_notice_received ON parking_notice (received_at)`,
  `CREATE TABLE parking_reconciliation (
    ${ofVenue('parking_reconciliation')},
    date date NOT NULL,
    method text NOT NULL,
    run_at timestamptz NOT NULL,
    checked integer NOT NULL,
    found integer NOT NULL,
    findings jsonb NOT NULL,
    PRIMARY KEY (venue_id, date, method)
  )`,
]
