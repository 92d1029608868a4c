import type { MigrationInterface, QueryRunner } from 'typeorm'

/** That visitors were in zones. */
export class Visits1795219900000 implements MigrationInterface {
  readonly name = 'Visits1795219900000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE visit')
  }
}

const statements = [
  `CREATE TABLE visit (
    venue_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    visitor_id uuid NOT NULL,
    zone_id text NOT NULL,
    zone_kind text NOT NULL
      CONSTRAINT visit_zone_kind CHECK (zone_kind IN ('unit', 'geofence', 'level', 'venue')),
    level_id text NOT NULL,
    entered_at timestamptz NOT NULL,
    left_at timestamptz NOT NULL,
    dwell_ms integer NOT NULL CONSTRAINT visit_dwell CHECK (dwell_ms >= 0),
    ended text NOT NULL,
    PRIMARY KEY (venue_id, visit_id)
  )`,
  `CREATE INDEX visit_visitor ON visit (visitor_id)`,
  `CREATE INDEX visit_zone ON visit (venue_id, zone_id, entered_at)`,
  `CREATE INDEX visit_left ON visit (left_at)`,
]
