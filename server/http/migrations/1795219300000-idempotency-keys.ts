import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Commands that were carried out under an idempotency key. */
export class IdempotencyKeys1795219300000 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1795219300000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_key (
        caller text NOT NULL,
        endpoint text NOT NULL,
        key text NOT NULL,
        request_hash text NOT NULL,
        -- Not jsonb: it would put the members in another order.
        reply json,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (caller, endpoint, key)
      )`)
    await runner.query('CREATE INDEX idempotency_key_expires ON idempotency_key (expires_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_key')
  }
}
