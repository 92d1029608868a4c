/**
 * `audit [--database URL] [--ledger FILE] [--server URL] [--json]`: checks what must hold of a database, of what clients
 * were told, and of what a server that runs on it tells now (with ATRIUM_TOKEN, of an operator). Reads only. Exit
 * code 1 when something is found.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { audit, extentOf } from '../bench/audit/audit.ts'
import { factsOf } from '../bench/audit/facts.ts'
import { checks } from '../bench/audit/finding.ts'
import { freshScreens } from '../bench/audit/fresh-screens.ts'
import { emptyLedger, parseLedger } from '../bench/audit/ledger.ts'
import type { Ledger } from '../bench/audit/ledger.ts'
import { createClient, venuesContract } from '../server/contract/index.ts'
import { Refused, runProgram } from './program.ts'

const usage =
  'usage: npm run --silent audit -- [--database URL, else DATABASE_URL] [--ledger FILE] [--server URL] [--json]'

await runProgram(usage, async () => {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      ledger: { type: 'string' },
      server: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const url = values.database ?? process.env.DATABASE_URL
  if (url === undefined) {
    throw new Refused(
      '请用 --database 或 DATABASE_URL 指明数据库。\nExpected --database URL or DATABASE_URL.',
    )
  }
  const told = values.ledger === undefined ? undefined : parseLedger(readFileSync(values.ledger, 'utf8'))
  const ledger = values.server === undefined ? told : await withFloors(told, values.server)
  const facts = await factsOf(url, ledger?.erased)
  const findings = audit(facts, ledger)
  const extent = extentOf(facts, ledger)
  if (values.json) console.log(JSON.stringify({ findings, extent }))
  else {
    for (const { check, sentence } of findings) console.log(`${check}: ${sentence}`)
    const looked = Object.entries(extent).map(([what, count]) => `${count} ${what}`)
    console.log(`${findings.length} findings in ${Object.keys(checks).length} checks of ${looked.join(', ')}`)
  }
  return findings.length === 0 ? 0 : 1
})

/** Adds what a new client of a running server is told of every floor. */
async function withFloors(ledger: Ledger = emptyLedger(0, Date.now()), serverUrl: string): Promise<Ledger> {
  const token = process.env.ATRIUM_TOKEN
  if (token === undefined) {
    throw new Refused('请用 ATRIUM_TOKEN 给出管理员令牌。\nExpected ATRIUM_TOKEN, the token of an operator.')
  }
  const client = createClient({ baseUrl: serverUrl, fetch, token: () => token })
  const venues = await client.call(venuesContract.listVenues, {})
  if (!venues.ok) throw new Refused(`The server refused: ${venues.problem.title}`)
  const screens = await freshScreens({ serverUrl, token, venueIds: venues.body.map(({ id }) => id) })
  return { ...ledger, screens: [...ledger.screens, ...screens] }
}
