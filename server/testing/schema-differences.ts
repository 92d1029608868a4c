import type { DataSource } from 'typeorm'

/**
 * The statements by which TypeORM would make a database's tables what the entities say; none when they are.
 * TypeORM reads tables with many statements at once on one connection, which the driver will no longer take: here they
 * go one after the other.
 */
export async function schemaDifferences(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner()
  const query = runner.query.bind(runner)
  let before: Promise<unknown> = Promise.resolve()
  const inTurn = (...statement: Parameters<typeof query>) => {
    const answer = before.then(() => query(...statement))
    before = answer.catch(() => undefined)
    return answer
  }
  Object.assign(runner, { query: inTurn })
  Object.assign(dataSource, { createQueryRunner: () => runner })
  try {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    return upQueries.map((one) => one.query)
  } finally {
    Reflect.deleteProperty(dataSource, 'createQueryRunner')
  }
}
