import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { databaseUrl, withClient } from '../../server/testing/postgres-cluster.ts'
import { audit, extentOf } from '../audit/audit.ts'
import { factsOf } from '../audit/facts.ts'
import type { Finding } from '../audit/finding.ts'
import type { Ledger } from '../audit/ledger.ts'

const run = promisify(execFile)

/** What came of a drill. */
export interface Drill {
  readonly backupBytes: number
  readonly backupS: number
  readonly restoreS: number
  /** How many tables were compared, row by row. */
  readonly tables: number
  readonly rows: number
  /** Tables that are not what they were. */
  readonly different: readonly string[]
  readonly findings: readonly Finding[]
  readonly extent: Readonly<Record<string, number>>
}

export interface DrillOptions {
  /** Of the database; it is not written to unless `destroys`. */
  readonly url: string
  /** Folder of `pg_dump` and `pg_restore`, of a version not older than the server's. */
  readonly programs: string
  /** Drops the database and restores it under its own name; else a second one beside it is made and dropped again. */
  readonly destroys: boolean
  /** What clients were told before. */
  readonly ledger?: Ledger
}

/**
 * Backs a database up, destroys it where it may, restores it, and looks: every row of every table is there, and the audit
 * finds nothing. No server may run on the database meanwhile, or the comparison would be with another moment.
 * @throws Error when `pg_dump` or `pg_restore` fails
 */
export async function restoreDrill({ url, programs, destroys, ledger }: DrillOptions): Promise<Drill> {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-backup-'))
  const file = join(folder, 'atrium.dump')
  const name = new URL(url).pathname.slice(1)
  const restored = destroys ? name : `${name}_drill`
  const restoredUrl = databaseUrl(url, restored)
  try {
    const before = await fingerprints(url)
    const backupS = await timed(() =>
      run(join(programs, 'pg_dump'), ['--format=custom', `--file=${file}`, `--dbname=${url}`]),
    )
    if (destroys) await inMaintenance(url, `DROP DATABASE "${name}" WITH (FORCE)`)
    await inMaintenance(url, `CREATE DATABASE "${restored}" TEMPLATE template0`)
    const restoreS = await timed(() =>
      run(join(programs, 'pg_restore'), ['--exit-on-error', '--no-owner', `--dbname=${restoredUrl}`, file]),
    )
    const after = await fingerprints(restoredUrl)
    const facts = await factsOf(restoredUrl, ledger?.erased)
    return {
      ...{ backupBytes: (await stat(file)).size, backupS, restoreS },
      ...{ tables: before.size, rows: [...before.values()].reduce((sum, { rows }) => sum + rows, 0) },
      different: differentTables(before, after),
      findings: audit(facts, ledger),
      extent: extentOf(facts, ledger),
    }
  } finally {
    if (!destroys) await inMaintenance(url, `DROP DATABASE IF EXISTS "${restored}" WITH (FORCE)`)
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a table held at a moment. */
export interface Fingerprint {
  readonly rows: number
  readonly sum: string
}

/** Tables that are in one alone, or do not hold the same rows. */
export function differentTables(
  before: ReadonlyMap<string, Fingerprint>,
  after: ReadonlyMap<string, Fingerprint>,
): string[] {
  const tables = new Set([...before.keys(), ...after.keys()])
  return [...tables].filter((table) => before.get(table)?.sum !== after.get(table)?.sum)
}

/** Of every table: how many rows, and a sum over all of them as text. */
export async function fingerprints(url: string): Promise<Map<string, Fingerprint>> {
  return withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    )
    const found = new Map<string, Fingerprint>()
    for (const { name } of tables) {
      const { rows } = await client.query<Fingerprint>(
        `SELECT count(*)::integer AS rows, md5(COALESCE(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) AS sum
         FROM ${name} AS t`,
      )
      found.set(name, rows[0] ?? { rows: 0, sum: '' })
    }
    return found
  })
}

/** Runs a statement beside the database, in the one every server has. */
async function inMaintenance(url: string, sql: string): Promise<void> {
  await withClient(databaseUrl(url, 'postgres'), (client) => client.query(sql))
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return Math.round(performance.now() - startedMs) / 1000
}
