import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Secrets that beacons open with, old ones and new ones. */
export class BeaconSecrets1796100001000 implements MigrationInterface {
  readonly name = 'BeaconSecrets1796100001000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE beacon_secret (
      venue_id uuid NOT NULL
        CONSTRAINT beacon_secret_of_registry REFERENCES beacon_registry (venue_id) ON DELETE CASCADE,
      address text NOT NULL,
      version_id uuid NOT NULL,
      driver_id text NOT NULL,
      state text NOT NULL CONSTRAINT beacon_secret_state CHECK (state IN ('new', 'proven', 'old')),
      key_id text NOT NULL,
      sealed bytea NOT NULL,
      created_at timestamptz NOT NULL,
      created_by text NOT NULL,
      proven_at timestamptz,
      PRIMARY KEY (venue_id, address, version_id)
    )`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE beacon_secret')
  }
}
