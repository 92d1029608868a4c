import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Exits that an operator named, and refunds that were made at the provider beyond what was asked for here. */
export class ParkingExits1796209000000 implements MigrationInterface {
  readonly name = 'ParkingExits1796209000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE parking_exit (
        venue_id uuid NOT NULL CONSTRAINT parking_exit_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
        place integer NOT NULL,
        name jsonb NOT NULL,
        level_id uuid NOT NULL,
        x double precision NOT NULL,
        y double precision NOT NULL,
        PRIMARY KEY (venue_id, place)
      )`,
    )
    // Two who give back the same money, one here and one at the provider, have both done so.
    await runner.query(refunded('refunded_fen >= 0'))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'UPDATE parking_payment SET refunded_fen = LEAST(refunded_fen, COALESCE(received_fen, 0))',
    )
    await runner.query(refunded('refunded_fen >= 0 AND refunded_fen <= COALESCE(received_fen, 0)'))
    await runner.query('DROP TABLE parking_exit')
  }
}

const refunded = (check: string) =>
  `ALTER TABLE parking_payment DROP CONSTRAINT parking_payment_refunded,
     ADD CONSTRAINT parking_payment_refunded CHECK (${check})`
