import type { EntityManager } from 'typeorm'
import type { Database } from '../database/index.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Problem, VenueId, VersionId } from '../../maps/model/index.ts'
import { mapVersionEntity } from './map-version.entity.ts'
import { versionSummary } from './versions.ts'
import type { VersionSummary } from './versions.ts'
import { venueEntity } from './venue.entity.ts'

export interface PublishVersionInput {
  readonly venueId: VenueId
  readonly versionId: VersionId
  /** Account that publishes; absent on the command line. */
  readonly by?: string
  /** Request that publishes, for the record of changes. */
  readonly requestId?: string
  readonly nowMs: number
  readonly newId: () => string
}

export type PublishRefusal =
  | { readonly refused: 'unknown-version' | 'not-validated' }
  | { readonly refused: 'has-errors'; readonly problems: readonly Problem[] }

/**
 * Publishes a version that was validated without errors and retires the one that was published before. A
 * retired version may be published again: the way back from a map that turned out wrong. Publishing what is
 * published changes nothing. Two at once follow each other; the later one stays published.
 */
export function publishVersion(
  database: Database,
  input: PublishVersionInput,
): Promise<VersionSummary | PublishRefusal> {
  return database.transaction((manager) => publish(manager, input))
}

/** {@link publishVersion} inside a transaction that is already open. */
export async function publish(
  manager: EntityManager,
  input: PublishVersionInput,
): Promise<VersionSummary | PublishRefusal> {
  const { venueId, versionId, by, nowMs } = input
  // One publication a venue at a time: the rest of the venue's rows may be read meanwhile.
  await manager.findOne(venueEntity, { where: { venueId }, lock: { mode: 'pessimistic_write' } })
  const versions = manager.getRepository(mapVersionEntity)
  const version = await versions.findOneBy({ venueId, versionId })
  if (!version) return { refused: 'unknown-version' }
  if (version.state === 'published') return versionSummary(version)
  const { problems } = version
  if (problems.some(({ severity }) => severity === 'error')) return { refused: 'has-errors', problems }
  if (version.state === 'draft') return { refused: 'not-validated' }
  const now = new Date(nowMs)
  await versions.update({ venueId, state: 'published' }, { state: 'retired', retiredAt: now })
  const change = { state: 'published', publishedAt: now, publishedBy: by ?? null, retiredAt: null } as const
  await versions.update({ venueId, versionId }, change)
  await recordAudit(manager, occasionOf(input), {
    action: 'version.published',
    subject: `version:${versionId}`,
    venueId,
    facts: { number: version.number },
  })
  return versionSummary({ ...version, ...change })
}

/** On whose behalf a version is made or published; the command line is the system itself. */
export function occasionOf({
  by,
  requestId,
  nowMs,
  newId,
}: Omit<PublishVersionInput, 'venueId' | 'versionId'>): Occasion {
  return {
    actor: by === undefined ? 'system' : `account:${by}`,
    ...(requestId === undefined ? {} : { requestId }),
    nowMs,
    newId,
  }
}
