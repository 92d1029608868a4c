import { demoMall } from '../../maps/demo/index.ts'
import type { Archive, VenueId } from '../../maps/model/index.ts'
import { registerArchiveBeacons } from '../beacons/index.ts'
import { openDatabase } from '../database/index.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { importVenue } from '../venues/index.ts'
import { newAccount } from './accounts.ts'
import { silentLog } from './silent-log.ts'

/** What was put into a database. */
export interface Furnished {
  readonly venueIds: readonly VenueId[]
  /** Token of an operator of all venues. */
  readonly operatorToken: string
}

/**
 * Makes what a running server needs in an empty database: its tables, demo malls, published, the beacons of their
 * archives, and an operator. For those who start the server as a process of its own.
 * @param options.malls how many; they are alike and share no id. One unless given
 */
export async function furnishDatabase(
  url: string,
  { nowMs, malls = 1 }: { readonly nowMs: number; readonly malls?: number },
): Promise<Furnished> {
  const database = await openDatabase({ url, dataDir: '', entities, migrations, log: silentLog })
  try {
    const occasion = { actor: 'system', nowMs, newId: newUuid }
    const venueIds: VenueId[] = []
    const demo = demoMall()
    for (let mall = 0; mall < malls; mall++) {
      const archive = withOtherIds(demo, mall)
      const imported = await importVenue(database, {
        ...{ archive, problems: [], routes: [], source: 'test', publish: true, nowMs, newId: newUuid },
      })
      if ('refused' in imported) throw new Error(imported.refused)
      const { venueId } = imported
      await registerArchiveBeacons(database, occasion, { venueId, archive })
      venueIds.push(venueId)
    }
    const { token: operatorToken } = await newAccount(database, ['operator'], { nowMs })
    return { venueIds, operatorToken }
  } finally {
    await database.close()
  }
}

/** The same archive with the beginning of every UUID in it changed, so that two numbers share none. */
function withOtherIds(archive: Archive, number: number): Archive {
  if (number === 0) return archive
  const text = JSON.stringify(archive).replace(
    /"([0-9a-f]{8})(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"/g,
    (_, head: string, tail: string) =>
      `"${((parseInt(head, 16) ^ number) >>> 0).toString(16).padStart(8, '0')}${tail}"`,
  )
  return JSON.parse(text) as Archive
}
