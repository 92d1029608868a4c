import type { EntityManager } from 'typeorm'
import { databaseErrorFacts } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { recordAudit } from '../identities/index.ts'
import type {
  Archive,
  FeatureType,
  Problem,
  VenueFeature,
  VenueId,
  VersionId,
} from '../../maps/model/index.ts'
import { errorsFirst } from './errors-first.ts'
import { archiveRows } from './archive-rows.ts'
import type { RowBatch } from './archive-rows.ts'
import { contentHashOf } from './content-hash.ts'
import { insertSql } from './feature-sql.ts'
import { mapVersionEntity } from './map-version.entity.ts'
import type { MapVersionRow } from './map-version.entity.ts'
import { occasionOf, publish } from './publish-version.command.ts'
import { refusedRow } from './refused-row.ts'
import { validate } from './validate-version.command.ts'
import { slugFor, slugPattern } from './slug.ts'
import { venueEntity } from './venue.entity.ts'

export interface ImportVenueInput {
  readonly archive: Archive
  /** What the readers and the validator found; with an error among them nothing is stored. */
  readonly problems: readonly Problem[]
  /** Where the archive came from, for a person: a file name. */
  readonly source: string
  /** What keeps people from walking there; with it the version is validated at once, without it stays a draft. */
  readonly routes?: readonly Problem[]
  /** Publish the version at once; not without `routes`. */
  readonly publish?: boolean
  /** Short name for addresses; without one a new venue gets one from its name and a known one keeps its own. */
  readonly slug?: string
  /** IANA name of the zone of its clocks; without one a new venue is in China and a known one keeps its own. */
  readonly timeZone?: string
  /** Account that imports; absent on the command line. */
  readonly by?: string
  /** Request that imports, for the record of changes. */
  readonly requestId?: string
  readonly nowMs: number
  readonly newId: () => string
}

export interface ImportedVersion {
  readonly venueId: VenueId
  readonly versionId: VersionId
  readonly number: number
  /** The archive says what the venue's newest version says: that one is given, no new one was made. */
  readonly unchanged?: true
}

export type ImportRefusal =
  | { readonly refused: 'has-errors'; readonly problems: readonly Problem[] }
  | { readonly refused: 'bad-slug' | 'slug-taken'; readonly facts: { readonly slug: string } }

/**
 * Stores an archive as a new draft of its venue, or further on as asked, all or nothing, in one transaction; the venue is made when
 * it is not known yet, and is known by the id of the archive's venue feature. Importing the same content again
 * makes no new version (but publishes it when asked to).
 *
 * Refuses archives with errors, and what the database itself finds wrong with them: a dangling reference, an
 * id used twice, an invalid area. Problems of the refusal are the given ones and those.
 */
export async function importVenue(
  database: Database,
  input: ImportVenueInput,
): Promise<ImportedVersion | ImportRefusal> {
  const { archive, slug } = input
  if (slug !== undefined && !slugPattern.test(slug)) return { refused: 'bad-slug', facts: { slug } }
  const [venue] = archive.features.venue
  const { batches, problems: unstorable } = await archiveRows(archive)
  const problems = errorsFirst([...input.problems, ...unstorable])
  if (!venue || hasErrors(problems)) return { refused: 'has-errors', problems }
  if (input.publish && !input.routes) throw new Error('A draft cannot be published: check it first.')

  const progress: { type?: FeatureType } = {}
  try {
    return await database.transaction((manager) => store(manager, input, { venue, batches, progress }))
  } catch (error) {
    const facts = databaseErrorFacts(error)
    if (facts?.constraint === 'venue_slug') return { refused: 'slug-taken', facts: { slug: slug ?? '' } }
    const problem = facts && progress.type && refusedRow(archive, progress.type, facts)
    if (!problem) throw error
    return { refused: 'has-errors', problems: errorsFirst([...problems, problem]) }
  }
}

/** True when a problem keeps a version from being stored or published. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}

/** What is being stored; `progress` tells which type's rows came last. */
interface Work {
  readonly venue: VenueFeature
  readonly batches: readonly RowBatch[]
  readonly progress: { type?: FeatureType }
}

async function store(manager: EntityManager, input: ImportVenueInput, work: Work): Promise<ImportedVersion> {
  const { archive, nowMs, newId, by } = input
  const venueId = work.venue.id
  delete work.progress.type
  await ensureVenue(manager, work.venue, input)

  const versions = manager.getRepository(mapVersionEntity)
  const newest = await versions.findOne({
    where: { venueId },
    order: { number: 'DESC' },
    select: { versionId: true, number: true, contentHash: true },
  })
  const contentHash = contentHashOf(archive)
  const unchanged = newest?.contentHash === contentHash
  // A version's id begins here: the one place where a new text becomes one.
  const versionId = unchanged ? newest.versionId : (newId() as VersionId)
  const number = unchanged ? newest.number : (newest?.number ?? 0) + 1

  if (!unchanged) {
    const version: MapVersionRow = {
      venueId,
      versionId,
      number,
      state: 'draft',
      contentHash,
      source: input.source,
      problems: input.problems,
      manifest: archive.manifest,
      extensions: archive.extensions,
      createdAt: new Date(nowMs),
      createdBy: by ?? null,
      publishedAt: null,
      publishedBy: null,
      retiredAt: null,
    }
    await versions.insert(version)
    for (const { type, json } of work.batches) {
      work.progress.type = type
      await manager.query(insertSql(type), [venueId, versionId, json])
    }
    delete work.progress.type
    await recordAudit(manager, occasionOf(input), {
      action: 'version.imported',
      subject: `version:${versionId}`,
      venueId,
      facts: { number },
    })
  }
  if (input.routes) await validate(manager, input.routes, { ...input, venueId, versionId })
  if (input.publish) await publish(manager, { ...input, venueId, versionId })
  return { venueId, versionId, number, ...(unchanged ? { unchanged } : {}) }
}

/** Key of the advisory lock under which short names are given, of our own choosing: "SLUG" in ASCII. */
const slugLockKey = 0x534c5547

/** Makes or renames the venue, and locks it: imports and publications of one venue follow each other. */
async function ensureVenue(
  manager: EntityManager,
  { id, properties: { name } }: VenueFeature,
  { slug, timeZone, nowMs }: ImportVenueInput,
): Promise<void> {
  // Two that give a short name at once would both find it free, and the second would be refused its own name.
  const isKnown = await manager.existsBy(venueEntity, { venueId: id })
  if (!isKnown || slug !== undefined) await manager.query('SELECT pg_advisory_xact_lock($1)', [slugLockKey])
  await manager.query(
    `INSERT INTO venue (venue_id, slug, name, created_at, updated_at, time_zone)
     VALUES ($1, $2, $3, $4, $4, COALESCE($6, 'Asia/Shanghai'))
     ON CONFLICT (venue_id) DO UPDATE
     SET slug = COALESCE($5, venue.slug), time_zone = COALESCE($6, venue.time_zone), name = excluded.name,
       updated_at = excluded.updated_at`,
    [
      ...[id, slug ?? (await freeSlug(manager, slugFor(name, id), id)), name, new Date(nowMs)],
      ...[slug ?? null, timeZone ?? null],
    ],
  )
}

async function freeSlug(manager: EntityManager, slug: string, venueId: VenueId): Promise<string> {
  const taken: unknown[] = await manager.query('SELECT 1 FROM venue WHERE slug = $1 AND venue_id <> $2', [
    slug,
    venueId,
  ])
  return taken.length === 0 ? slug : `${slug}-${venueId.slice(0, 8)}`
}
