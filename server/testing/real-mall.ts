import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { VenueId } from '../../maps/model/index.ts'
import { readFilesBelow } from '../../maps/testing/read-files.ts'
import { realMallDir } from '../../maps/testing/real-mall.ts'
import { venuesContract } from '../contract/index.ts'
import type { Client } from '../contract/index.ts'
import { writeArchiveZip } from '../venues/archive-files.ts'

/**
 * Publishes the mall of `ATRIUM_REAL_MALL` beside what a running server has, through the API, as an operator does:
 * its files as they were recorded, with the lifts and escalators that the shape of the building tells.
 *
 * @param operator calls the server, with the rights of an operator of all venues
 * @param name what the mall is called; its files do not tell
 * @returns the new venue; undefined where the mall is not at hand
 * @throws when the server refuses the import
 */
export async function openRealMall(operator: Client, name: string): Promise<VenueId | undefined> {
  const dir = realMallDir()
  return dir === undefined ? undefined : openMall(operator, readFilesBelow(join(dir, 'venue')), name)
}

/**
 * Publishes a mall beside what a running server has, as `openRealMall` does.
 *
 * @param files of its archive, by path
 */
export async function openMall(
  operator: Client,
  files: Readonly<Record<string, string>>,
  name: string,
): Promise<VenueId> {
  const zip = new PassThrough()
  const [body] = await Promise.all([buffer(zip), writeArchiveZip(files, zip)])
  const answer = await operator.call(venuesContract.importVenue, {
    query: { publish: true, name },
    body,
  })
  if (!answer.ok) throw new Error(`${String(answer.status)} ${JSON.stringify(answer.problem)}`)
  return answer.body.venueId
}
