import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoMall } from '../../maps/demo/index.ts'
import { registerArchiveBeacons } from '../../server/beacons/index.ts'
import { openDatabase } from '../../server/database/index.ts'
import { readConfig } from '../../server/platform/config.ts'
import { newUuid } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import { entities, migrations } from '../../server/schema.ts'
import { startServer } from '../../server/server.ts'
import { embeddedPlace } from '../../server/testing/database-places.ts'
import { importVenue } from '../../server/venues/index.ts'

/** A server with the demo mall and its beacons, as `npm start` brings it up, over a database of its own. */
export interface ServedMall {
  readonly address: string
  close(): Promise<void>
}

/**
 * @param pagesDir folder of the built clients
 * @param port 0 for a free one
 */
export async function serveDemoMall(pagesDir: string, port = 0): Promise<ServedMall> {
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-miniprogram-'))
  const config = readConfig({
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: String(port),
    ATRIUM_DATA_DIR: dataDir,
    SHUTDOWN_GRACE_MS: '500',
  })
  if ('refused' in config) throw new Error(JSON.stringify(config.faults))
  const log = createLog({ level: 'silent' })
  const place = embeddedPlace()
  const database = await openDatabase({ entities, migrations, ...place.options, log, random: () => 0 })
  const archive = demoMall()
  const nowMs = Date.now()
  const imported = await importVenue(database, {
    archive,
    problems: [],
    routes: [],
    source: 'demo mall',
    publish: true,
    nowMs,
    newId: newUuid,
  })
  if ('refused' in imported) throw new Error(imported.refused)
  const { venueId } = imported
  await registerArchiveBeacons(database, { actor: 'system', nowMs, newId: newUuid }, { venueId, archive })
  const server = await startServer({
    config,
    database: { ...database, close: () => Promise.resolve() },
    log,
    clock: () => Date.now(),
    newId: newUuid,
    version: '0.0.0-test',
    pagesDir,
  })
  return {
    address: server.address,
    async close() {
      await server.stop()
      await database.close()
      await place.remove()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
