import { destinationsOf } from '../../maps/directory/index.ts'
import { Instructor } from '../../maps/instructions/index.ts'
import type { Archive, VersionId } from '../../maps/model/index.ts'
import {
  buildRoutingTables,
  decodeRoutingTables,
  encodeRoutingTables,
  Router,
} from '../../maps/routes/index.ts'
import { inThread } from './in-thread.ts'

/** Finds ways in a published map and tells them in words. */
export interface Ways {
  /** Without any closure: `withClosures` gives the one that knows what is closed. */
  readonly router: Router
  readonly instructor: Instructor
}

/** What the thread of `route-tables-task.ts` is given. */
export interface TablesTask {
  readonly archive: Archive
  readonly versionId: VersionId
}

/** Up to so many units the tables are derived at once: they take milliseconds, a thread some 300. */
const smallVenueUnits = 60

/**
 * The route tables of a version as the text that kiosks and phones read, derived in a thread.
 *
 * Complexity: half a second of a core for a mall of five levels.
 */
export async function routeTablesText(archive: Archive, versionId: VersionId): Promise<string> {
  if (archive.features.unit.length <= smallVenueUnits) return encodedTables({ archive, versionId })
  const file = import.meta.url.endsWith('.ts') ? './route-tables-task.ts' : './route-tables-task.js'
  return inThread(new URL(file, import.meta.url), { archive, versionId } satisfies TablesTask)
}

/** The same, where it is called. */
export function encodedTables({ archive, versionId }: TablesTask): string {
  return encodeRoutingTables(buildRoutingTables(archive, destinationsOf(archive)), versionId)
}

/**
 * Router and instructor of a version from the very text its clients get.
 *
 * Complexity: some 200 ms for a mall of five levels; to be kept.
 * @throws when the text is not what {@link routeTablesText} made
 */
export function waysOf(text: string): Ways {
  const decoded = decodeRoutingTables(text)
  if ('refused' in decoded) throw new Error(`the route tables cannot be read: ${decoded.refused}`)
  return { router: Router.of(decoded.tables), instructor: new Instructor(decoded.tables) }
}
