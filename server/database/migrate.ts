import { MigrationExecutor } from 'typeorm'
import type { DataSource } from 'typeorm'

/** Key of the advisory lock, of our own choosing: "ATRM" in ASCII. */
const lockKey = 0x4154524d

/**
 * Runs the migrations that have not run yet, each in its own transaction. Two servers that start at once do not
 * migrate at once: the second waits for the advisory lock, and then finds nothing left to do.
 * Resolves with the names of those that ran. A migration that fails is rolled back and throws.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner()
  try {
    await runner.connect()
    await runner.query('SELECT pg_advisory_lock($1)', [lockKey])
    try {
      const executor = new MigrationExecutor(dataSource, runner)
      executor.transaction = 'each'
      return (await executor.executePendingMigrations()).map(({ name }) => name)
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [lockKey])
    }
  } finally {
    await runner.release()
  }
}
