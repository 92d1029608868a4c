import { databaseTests } from './testing/databases.ts'
import { schemaDifferences } from './testing/schema-differences.ts'
import { entities, migrations } from './schema.ts'

const databaseTest = databaseTests({ entities, migrations })

databaseTest('has the columns that the entities say', async (t, { dataSource }) => {
  // Constraints and indexes are the migrations' own; an entity need not repeat them.
  const columns = (await schemaDifferences(dataSource)).filter((sql) => !/DROP (CONSTRAINT|INDEX)/.test(sql))
  t.deepEqual(columns, [])
})

databaseTest('undoes every migration and runs them again', async (t, { dataSource }) => {
  for (let left = migrations.length; left > 0; left--) await dataSource.undoLastMigration()
  t.deepEqual(
    await dataSource.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public'
       AND tablename NOT IN ('migrations', 'spatial_ref_sys')`,
    ),
    [],
  )
  t.is((await dataSource.runMigrations()).length, migrations.length)
})
