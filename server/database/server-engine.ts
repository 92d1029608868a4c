import type { DataSource } from 'typeorm'
import { databaseErrorFacts } from './database-error.ts'

/** Oldest versions that Atrium's SQL is tried on. */
const postgresMin = 15
const postgisMin = { major: 3, minor: 3 }

/**
 * Checks that a PostgreSQL server is recent enough and has PostGIS, which is created when it is installed but
 * not yet in the database. Throws a sentence for the operator otherwise.
 */
export async function checkServer(dataSource: DataSource): Promise<void> {
  const server = await textOf(dataSource, `SELECT current_setting('server_version') AS text`)
  if (Number.parseInt(server, 10) < postgresMin) {
    throw new Error(
      `需要 PostgreSQL ${postgresMin} 或更高版本，当前为 ${server}。 ` +
        `PostgreSQL ${postgresMin} or later is needed, DATABASE_URL leads to ${server}.`,
    )
  }
  await createPostgis(dataSource)
  const postgis = await textOf(dataSource, 'SELECT postgis_lib_version() AS text')
  const [major = 0, minor = 0] = postgis.split('.').map(Number)
  if (major < postgisMin.major || (major === postgisMin.major && minor < postgisMin.minor)) {
    throw new Error(
      `需要 PostGIS ${postgisMin.major}.${postgisMin.minor} 或更高版本，当前为 ${postgis}。 ` +
        `PostGIS ${postgisMin.major}.${postgisMin.minor} or later is needed, this server has ${postgis}.`,
    )
  }
}

async function createPostgis(dataSource: DataSource): Promise<void> {
  try {
    await dataSource.query('CREATE EXTENSION IF NOT EXISTS postgis')
  } catch (error) {
    // Two servers that start at once may both find it missing; the other one has created it then.
    if (databaseErrorFacts(error)?.kind === 'unique') return
    throw new Error(
      `数据库缺少 PostGIS 扩展，且当前用户无法创建。 ` +
        `The database has no PostGIS and this user cannot create it: install the package ` +
        `(Debian: postgresql-15-postgis-3) and run CREATE EXTENSION postgis as a superuser.`,
      { cause: error },
    )
  }
}

async function textOf(dataSource: DataSource, sql: string): Promise<string> {
  const rows: { text: string }[] = await dataSource.query(sql)
  return rows[0]?.text ?? ''
}
