/**
 * Appends events one by one, each in a transaction, with an outbox that never gets done with telling, until it
 * is killed. Says `committed 3` after a commit and `telling` when the outbox begins to tell.
 * Arguments: folder of an embedded database, or empty; a venue; url of a PostgreSQL server.
 */
import { writeSync } from 'node:fs'
import type { VenueId } from '../../../maps/model/index.ts'
import { openDatabase } from '../../database/index.ts'
import { newUuid } from '../../platform/ids.ts'
import { createLog } from '../../platform/log.ts'
import { createMetricsRegistry } from '../../platform/metrics.ts'
import { entities, migrations } from '../../schema.ts'
import { silentLog } from '../../testing/silent-log.ts'
import { appendOutbox, createOutbox } from '../index.ts'

const [dataDir = '', venue = '', url] = process.argv.slice(2)
const venueId = venue as VenueId
const stdout = 1
const say = (line: string) => writeSync(stdout, `${line}\n`)
const database = await openDatabase({ dataDir, url, entities, migrations, log: silentLog })
const outbox = createOutbox({
  database,
  clock: () => Date.now(),
  log: createLog({ level: 'silent' }),
  registry: createMetricsRegistry(),
  jobs: {
    define: () => undefined,
    add: () => Promise.resolve(),
    every: () => undefined,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  },
  realtime: {
    deliver() {
      say('telling')
      return new Promise(() => undefined)
    },
    onNews: () => undefined,
  },
})
outbox.on('test.happened', ({ payload }) => [{ stream: 'floor:x', set: { number: payload.number ?? null } }])
for (let number = 0; number <= 5; number++) {
  await database.transaction((manager) =>
    appendOutbox(
      manager,
      { nowMs: Date.now(), newId: newUuid },
      { venueId, topic: 'test.happened', payload: { number } },
    ),
  )
  say(`committed ${String(number)}`)
}
await outbox.start()
// Embedded, the telling transaction now holds the one connection: nothing more can be done.
setInterval(() => undefined, 1_000)
