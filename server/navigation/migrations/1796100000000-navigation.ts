import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What is closed, and ways handed over to phones. */
export class Navigation1796100000000 implements MigrationInterface {
  readonly name = 'Navigation1796100000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE closure (
      venue_id uuid NOT NULL CONSTRAINT closure_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
      closure_id uuid NOT NULL,
      what jsonb NOT NULL,
      reason jsonb NOT NULL,
      from_at timestamptz NOT NULL,
      until_at timestamptz,
      created_at timestamptz NOT NULL,
      created_by text NOT NULL,
      ended_at timestamptz,
      PRIMARY KEY (venue_id, closure_id),
      CONSTRAINT closure_order CHECK (until_at IS NULL OR from_at < until_at)
    )`)
    await runner.query(`CREATE TABLE handoff (
      venue_id uuid NOT NULL CONSTRAINT handoff_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
      handoff_id uuid NOT NULL,
      code_hash text NOT NULL CONSTRAINT handoff_code UNIQUE,
      way jsonb NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      phone_hash text,
      PRIMARY KEY (venue_id, handoff_id)
    )`)
    await runner.query('CREATE INDEX handoff_expiry ON handoff (expires_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE handoff')
    await runner.query('DROP TABLE closure')
  }
}
