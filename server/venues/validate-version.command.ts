import type { Database } from '../database/index.ts'
import { recordAudit } from '../identities/index.ts'
import { ProblemList } from '../../maps/imdf/index.ts'
import type { Archive, Problem } from '../../maps/model/index.ts'
import type { EntityManager } from 'typeorm'
import { mapVersionEntity } from './map-version.entity.ts'
import { occasionOf } from './publish-version.command.ts'
import type { PublishVersionInput } from './publish-version.command.ts'
import { readArchive } from './read-archive.ts'
import { versionSummary } from './versions.ts'
import type { VersionSummary } from './versions.ts'
import { venueEntity } from './venue.entity.ts'

export type ValidateVersionInput = PublishVersionInput

/**
 * Moves a draft on to `validated`: looks for what keeps people from walking in it and keeps that with the version,
 * for the operator to read before they publish. Whatever is no draft any more stays as it is.
 * @param check finds the problems; takes seconds, and runs outside of any transaction
 */
export async function validateVersion(
  database: Database,
  check: (archive: Archive) => Promise<readonly Problem[]>,
  input: ValidateVersionInput,
): Promise<VersionSummary | { readonly refused: 'unknown-version' }> {
  const { venueId, versionId } = input
  const version = await database.dataSource.manager.findOneBy(mapVersionEntity, { venueId, versionId })
  if (!version) return { refused: 'unknown-version' }
  if (version.state !== 'draft') return versionSummary(version)
  const archive = await readArchive(database, venueId, versionId)
  if (!archive) return { refused: 'unknown-version' }
  const found = await check(archive)
  return database.transaction(async (manager) => {
    // Publications and validations of one venue follow each other.
    await manager.findOne(venueEntity, { where: { venueId }, lock: { mode: 'pessimistic_write' } })
    return (await validate(manager, found, input)) ?? { refused: 'unknown-version' }
  })
}

/** {@link validateVersion} with what was found, inside a transaction that is already open. */
export async function validate(
  manager: EntityManager,
  found: readonly Problem[],
  input: ValidateVersionInput,
): Promise<VersionSummary | undefined> {
  const { venueId, versionId } = input
  const versions = manager.getRepository(mapVersionEntity)
  const version = await versions.findOneBy({ venueId, versionId })
  if (version?.state !== 'draft') return version ? versionSummary(version) : undefined
  const list = new ProblemList()
  list.addAll([...version.problems, ...found])
  const change = { state: list.hasErrors ? 'draft' : 'validated', problems: list.list() } as const
  await versions.update({ venueId, versionId }, change)
  await recordAudit(manager, occasionOf(input), {
    action: 'version.validated',
    subject: `version:${versionId}`,
    venueId,
    facts: { number: version.number, problems: change.problems.length },
  })
  return versionSummary({ ...version, ...change })
}
