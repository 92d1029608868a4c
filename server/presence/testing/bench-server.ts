/**
 * `bench-server DIR`: a whole server on a free port with the demo mall and its beacons, for the bench of presence. Writes
 * one line when it is ready, and ends with its input.
 */
import { join } from 'node:path'
import process from 'node:process'
import { demoMall } from '../../../maps/demo/index.ts'
import { registerArchiveBeacons } from '../../beacons/index.ts'
import { openDatabase } from '../../database/index.ts'
import { systemClock } from '../../platform/clock.ts'
import { readConfig } from '../../platform/config.ts'
import { newUuid } from '../../platform/ids.ts'
import { createLog } from '../../platform/log.ts'
import { entities, migrations } from '../../schema.ts'
import { startServer } from '../../server.ts'
import { newAccount } from '../../testing/accounts.ts'
import { importVenue } from '../../venues/index.ts'

const [dataDir = ''] = process.argv.slice(2)
const config = readConfig({
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: '0',
  ATRIUM_DATA_DIR: dataDir,
  RATE_LIMIT_ADDRESS: '1000000',
  LOG_LEVEL: 'error',
})
if ('refused' in config) throw new Error(JSON.stringify(config.faults))
const log = createLog({ level: 'error', destination: process.stderr })
const database = await openDatabase({ dataDir: join(dataDir, 'database'), entities, migrations, log })
const archive = demoMall()
const nowMs = systemClock()
const imported = await importVenue(database, {
  archive,
  problems: [],
  routes: [],
  source: 'bench',
  publish: true,
  nowMs,
  newId: newUuid,
})
if ('refused' in imported) throw new Error(imported.refused)
const { venueId } = imported
await registerArchiveBeacons(database, { actor: 'system', nowMs, newId: newUuid }, { venueId, archive })
const server = await startServer({
  config,
  database,
  log,
  clock: systemClock,
  newId: newUuid,
  version: 'bench',
})
const { token: operator } = await newAccount(database, ['operator'], { nowMs: systemClock() })
const beacons = server.beacons.registry.placed(venueId)
process.stdout.write(`${JSON.stringify({ address: server.address, venueId, beacons, operator })}\n`)
process.stdin.on('end', () => {
  void server.stop().then(() => process.exit(0))
})
process.stdin.resume()
