import type { DataSource } from 'typeorm'
import { databaseErrorFacts } from './database-error.ts'
import { UnusableDatabase } from './unusable-database.ts'

/** Oldest versions that Atrium's SQL is tried on. */
const postgresMin = 15
const postgisMin = { major: 3, minor: 3 }

/**
 * Checks that a PostgreSQL server is recent enough and has PostGIS, which is created when it is installed but
 * not yet in the database. @throws UnusableDatabase otherwise
 */
export async function checkServer(dataSource: DataSource): Promise<void> {
  const server = await textOf(dataSource, `SELECT current_setting('server_version') AS text`)
  if (Number.parseInt(server, 10) < postgresMin) {
    throw new UnusableDatabase(
      `需要 PostgreSQL ${postgresMin} 或更高版本，当前为 ${server}。 ` +
        `PostgreSQL ${postgresMin} or later is needed, DATABASE_URL leads to ${server}.`,
    )
  }
  await createPostgis(dataSource)
  const postgis = await textOf(dataSource, 'SELECT postgis_lib_version() AS text')
  const [major = 0, minor = 0] = postgis.split('.').map(Number)
  if (major < postgisMin.major || (major === postgisMin.major && minor < postgisMin.minor)) {
    throw new UnusableDatabase(
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
    throw new UnusableDatabase(
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

/** What to do by SQLSTATE, where a connection is refused for a reason of its own. */
const refusals: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  '28P01': {
    zh: '用户名或密码不对',
    en: 'it refuses the user or the password: correct them in DATABASE_URL',
  },
  '28000': {
    zh: '不允许这个用户连接',
    en: 'it does not let this user in: see its pg_hba.conf, or name another user',
  },
  '3D000': { zh: '数据库不存在', en: 'the database is not there: create it, or name another' },
}

/**
 * Why the first connection to a PostgreSQL server did not come about, as a sentence. It names the server and never
 * the user or the password.
 */
export function noConnection(url: string, error: unknown): UnusableDatabase {
  const code = databaseErrorFacts(error)?.code ?? ''
  const server = URL.canParse(url) ? new URL(url).host || 'localhost' : undefined
  const { zh, en } =
    server === undefined
      ? { zh: '地址有误', en: 'this is no address: expected postgres://user:password@host:5432/name' }
      : (refusals[code] ?? {
          zh: `没有应答（${code === '' ? '?' : code}）`,
          en: `it does not answer (${code === '' ? String(error) : code}): start it, or correct DATABASE_URL`,
        })
  const where = server ?? 'DATABASE_URL'
  return new UnusableDatabase(
    `无法连接 PostgreSQL（${where}）：${zh}。\nExpected a PostgreSQL server at ${where}, but ${en}.`,
    { cause: error },
  )
}
