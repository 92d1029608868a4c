import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The zone by whose clocks a mall opens and closes; malls from before are in China. */
export class VenueTimeZone1796212000000 implements MigrationInterface {
  readonly name = 'VenueTimeZone1796212000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE venue ADD COLUMN time_zone text NOT NULL DEFAULT 'Asia/Shanghai'`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE venue DROP COLUMN time_zone`)
  }
}
