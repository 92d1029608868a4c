import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Finds what the record of changes says of a shopper, for export and erasure; most entries are of others. */
export class AuditOfShoppers1796209500000 implements MigrationInterface {
  readonly name = 'AuditOfShoppers1796209500000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX audit_entry_shopper ON audit_entry (actor, subject)
       WHERE actor LIKE 'visitor:%' OR subject LIKE 'visitor:%'`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_entry_shopper')
  }
}
