import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The phone number of an account, sealed. */
export class VisitorPhone1796208000000 implements MigrationInterface {
  readonly name = 'VisitorPhone1796208000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE visitor
        ADD COLUMN phone_sealed bytea,
        ADD CONSTRAINT visitor_phone_of_account CHECK (phone_sealed IS NULL OR openid_hash IS NOT NULL)`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE visitor DROP COLUMN phone_sealed')
  }
}
