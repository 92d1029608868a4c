import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Refunds that are asked for once, stays that are given up, and how often a shopper named a plate. */
export class ParkingMends1796100200000 implements MigrationInterface {
  readonly name = 'ParkingMends1796100200000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of undone) await runner.query(sql)
  }
}

const endedBy = (words: string) =>
  `ALTER TABLE parking_ticket DROP CONSTRAINT parking_ticket_end,
     ADD CONSTRAINT parking_ticket_end CHECK (ended_by IN (${words}))`

const statements = [
  // Refunds made before this have none.
  `ALTER TABLE parking_refund ADD COLUMN reference text`,
  `CREATE UNIQUE INDEX parking_refund_once ON parking_refund (venue_id, payment_id, reference)`,
  endedBy(`'exit', 'next-entry', 'void', 'given-up'`),
  `CREATE TABLE parking_plate_naming (visitor_id uuid NOT NULL, at timestamptz NOT NULL)`,
  `CREATE INDEX parking_plate_naming_of ON parking_plate_naming (visitor_id, at)`,
  `CREATE INDEX parking_plate_naming_at ON parking_plate_naming (at)`,
  `CREATE INDEX parking_own_plate_of ON parking_own_plate (venue_id, plate_hash)`,
  `CREATE INDEX parking_quote_expires ON parking_quote (expires_at)`,
  `CREATE INDEX parking_payment_quote ON parking_payment (venue_id, quote_id)`,
]

const undone = [
  `DROP INDEX parking_payment_quote`,
  `DROP INDEX parking_quote_expires`,
  `DROP INDEX parking_own_plate_of`,
  `DROP TABLE parking_plate_naming`,
  `UPDATE parking_ticket SET ended_by = 'next-entry' WHERE ended_by = 'given-up'`,
  endedBy(`'exit', 'next-entry', 'void'`),
  `ALTER TABLE parking_refund DROP COLUMN reference`,
]
