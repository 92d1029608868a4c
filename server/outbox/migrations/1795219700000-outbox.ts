import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What is to be told after a commit. */
export class Outbox1795219700000 implements MigrationInterface {
  readonly name = 'Outbox1795219700000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox_event')
  }
}

const statements = [
  `CREATE TABLE outbox_event (
    venue_id uuid NOT NULL,
    event_id uuid NOT NULL,
    seq bigserial NOT NULL,
    topic text NOT NULL,
    visitor_id uuid,
    payload jsonb NOT NULL,
    at timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (venue_id, event_id)
  )`,
  `CREATE INDEX outbox_event_waiting ON outbox_event (venue_id, seq) WHERE published_at IS NULL`,
  `CREATE INDEX outbox_event_visitor ON outbox_event (visitor_id) WHERE visitor_id IS NOT NULL`,
  `CREATE INDEX outbox_event_published ON outbox_event (published_at) WHERE published_at IS NOT NULL`,
]
