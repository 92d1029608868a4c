import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Blocks of numbers that installers take along to where there is no network. */
export class BeaconLeases1796000001000 implements MigrationInterface {
  readonly name = 'BeaconLeases1796000001000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE beacon_number_lease (
      venue_id uuid NOT NULL
        CONSTRAINT beacon_number_lease_of_registry REFERENCES beacon_registry (venue_id) ON DELETE CASCADE,
      lease_id uuid NOT NULL,
      level_id text NOT NULL,
      uuid uuid NOT NULL,
      major integer NOT NULL,
      from_minor integer NOT NULL,
      to_minor integer NOT NULL,
      leased_to text NOT NULL,
      leased_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (venue_id, lease_id),
      CONSTRAINT beacon_number_lease_range CHECK (from_minor BETWEEN 0 AND to_minor AND to_minor <= 65535)
    )`)
    await runner.query(
      'CREATE INDEX beacon_number_lease_numbers ON beacon_number_lease (venue_id, uuid, major, from_minor)',
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE beacon_number_lease')
  }
}
