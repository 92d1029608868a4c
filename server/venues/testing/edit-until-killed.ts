/**
 * Imports one edition of the test mall after the other and publishes each, until it is killed. Says what it
 * begins to store (`storing 3`) and what it was told is done (`imported 3`, `published 3`), a line each.
 * Arguments: folder of an embedded database, or empty; url of a PostgreSQL server.
 */
import { writeSync } from 'node:fs'
import { v7 } from 'uuid'
import { tinyId } from '../../../maps/testing/tiny-archive.ts'
import { openDatabase } from '../../database/index.ts'
import { entities, migrations } from '../../schema.ts'
import { silentLog } from '../../testing/silent-log.ts'
import { importVenue, listVersions, publishVersion } from '../index.ts'
import { edition } from './editions.ts'

const [dataDir = '', url] = process.argv.slice(2)
const stdout = 1
// At once, not when the event loop comes round: the killer listens.
const say = (line: string) => writeSync(stdout, `${line}\n`)
const database = await openDatabase({ dataDir, url, entities, migrations, log: silentLog })
const nowMs = 1_800_000_000_000

for (let number = ((await listVersions(database, tinyId('venue')))[0]?.number ?? 0) + 1; ; number++) {
  let ids = 0
  const imported = await importVenue(database, {
    archive: edition(number),
    problems: [],
    routes: [],
    source: 'killed',
    nowMs,
    // The first is asked for inside the transaction, before the first row of the version.
    newId() {
      if (++ids === 1) say(`storing ${number}`)
      return v7()
    },
  })
  if ('refused' in imported) throw new Error(imported.refused)
  say(`imported ${imported.number}`)
  const published = await publishVersion(database, { ...imported, nowMs, newId: v7 })
  if ('refused' in published) throw new Error(published.refused)
  say(`published ${published.number}`)
}
