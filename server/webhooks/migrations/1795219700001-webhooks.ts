import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Addresses that events are sent to, and what became of each message. */
export class Webhooks1795219700001 implements MigrationInterface {
  readonly name = 'Webhooks1795219700001'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['webhook_delivery', 'webhook']) await runner.query(`DROP TABLE ${table}`)
  }
}

const statements = [
  `CREATE TABLE webhook (
    venue_id uuid NOT NULL CONSTRAINT webhook_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
    webhook_id uuid NOT NULL,
    url text NOT NULL,
    topics jsonb NOT NULL CONSTRAINT webhook_topics CHECK (jsonb_typeof(topics) = 'array'),
    secret_sealed bytea NOT NULL,
    paused_because text CONSTRAINT webhook_paused CHECK (paused_because IN ('person', 'backlog')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (venue_id, webhook_id)
  )`,
  `CREATE TABLE webhook_delivery (
    venue_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    visitor_id uuid,
    body text NOT NULL,
    state text NOT NULL CONSTRAINT webhook_delivery_state CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts integer NOT NULL,
    created_at timestamptz NOT NULL,
    last_attempt_at timestamptz,
    next_attempt_at timestamptz NOT NULL,
    status integer,
    error text,
    PRIMARY KEY (venue_id, delivery_id),
    CONSTRAINT webhook_delivery_once UNIQUE (venue_id, webhook_id, event_id),
    CONSTRAINT webhook_delivery_of FOREIGN KEY (venue_id, webhook_id)
      REFERENCES webhook (venue_id, webhook_id) ON DELETE CASCADE
  )`,
  `CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at) WHERE state = 'pending'`,
  `CREATE INDEX webhook_delivery_ended ON webhook_delivery (state, last_attempt_at) WHERE state <> 'pending'`,
  `CREATE INDEX webhook_delivery_visitor ON webhook_delivery (visitor_id) WHERE visitor_id IS NOT NULL`,
]
