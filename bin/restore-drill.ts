/**
 * `restore-drill [--database URL] [--ledger FILE] [--json]`: backup, destroy, restore, audit. Without a database it makes
 * one of its own, lets a mall live in it for half a minute, and destroys that. The database that is named is left
 * as it is: its backup is restored into a second one beside it, which is dropped again. Exit code 1 when anything differs or
 * the audit finds something.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseLedger } from '../bench/audit/ledger.ts'
import { crashRun } from '../bench/crash/crash-run.ts'
import { restoreDrill } from '../bench/restore/restore-drill.ts'
import type { Drill } from '../bench/restore/restore-drill.ts'
import { openMallStand } from '../bench/stand/mall-stand.ts'
import { findPostgres } from '../server/testing/postgres-cluster.ts'
import { Refused, runProgram } from './program.ts'

const usage = 'usage: npm run --silent restore-drill -- [--database URL] [--ledger FILE] [--json]'

await runProgram(usage, async () => {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      ledger: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const { database: url, ledger: file } = values
  const ledger = file === undefined ? {} : { ledger: parseLedger(readFileSync(file, 'utf8')) }
  const drill =
    url === undefined
      ? await drillOfOwn()
      : await restoreDrill({ url, programs: programsOrRefuse(), destroys: false, ...ledger })
  if (values.json) console.log(JSON.stringify(drill))
  else describe(drill)
  return drill.different.length + drill.findings.length === 0 ? 0 : 1
})

function programsOrRefuse(): string {
  const programs = findPostgres()
  if (programs !== undefined) return programs
  throw new Refused(
    '没有找到 pg_dump。\nExpected pg_dump of PostgreSQL 15 or newer: apt install postgresql postgis.',
  )
}

async function drillOfOwn(): Promise<Drill> {
  const stand = await openMallStand(Date.now())
  try {
    console.error('正在模拟一座商场 · A mall lives for a while')
    const run = await crashRun(stand, { seed: 1, kills: 0, speed: 10, shoppersPerHour: 40 })
    console.error('备份、销毁、恢复、审计 · Backup, destroy, restore, audit')
    // Its screens went with the server; what they showed was looked at when the run ended.
    const ledger = { ...run.ledger, screens: [] }
    return await restoreDrill({ url: run.url, programs: stand.programs, destroys: true, ledger })
  } finally {
    await stand.stop()
  }
}

function describe({ different, findings, extent, ...drill }: Drill): void {
  const { tables, rows, backupBytes, backupS, restoreS } = drill
  console.log(
    `${rows} rows of ${tables} tables: backup ${backupS} s, ${backupBytes} bytes; restore ${restoreS} s`,
  )
  console.log(
    `audited: ${Object.entries(extent)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  )
  for (const table of different) console.log(`  ${table} is not what it was`)
  for (const { check, sentence } of findings) console.log(`  ${check}: ${sentence}`)
  if (different.length + findings.length === 0) console.log('恢复无误 · restored as it was, nothing found')
}
