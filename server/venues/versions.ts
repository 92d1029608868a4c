import { In } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { Database } from '../database/index.ts'
import type { Labels, Problem, VenueId, VersionId } from '../../maps/model/index.ts'
import { mapVersionEntity } from './map-version.entity.ts'
import type { MapVersionRow, VersionState } from './map-version.entity.ts'
import { venueEntity } from './venue.entity.ts'

/** A venue as others know it. */
export interface VenueSummary {
  readonly venueId: VenueId
  readonly slug: string
  readonly name: Labels
  readonly createdAtMs: number
  /** Absent while no version is published. */
  readonly published?: {
    readonly versionId: VersionId
    readonly number: number
    readonly publishedAtMs: number
  }
}

/** A version without its features. */
export interface VersionSummary {
  readonly venueId: VenueId
  readonly versionId: VersionId
  readonly number: number
  readonly state: VersionState
  readonly source: string
  readonly problems: readonly Problem[]
  readonly createdAtMs: number
  readonly createdBy?: string
  /** When it was published last; kept when it is retired. */
  readonly publishedAtMs?: number
  readonly publishedBy?: string
  readonly retiredAtMs?: number
}

/** What a server loads at its start and after every publication. */
export interface PublishedVersion {
  readonly venueId: VenueId
  readonly versionId: VersionId
  readonly slug: string
  readonly name: Labels
  readonly number: number
  readonly publishedAtMs: number
}

/**
 * The zone by whose clocks a venue opens and closes, by its IANA name.
 * @returns undefined when there is no such venue
 */
export async function venueTimeZone(manager: EntityManager, venueId: VenueId): Promise<string | undefined> {
  return (await manager.findOne(venueEntity, { where: { venueId }, select: { timeZone: true } }))?.timeZone
}

/** Every venue, in the order of their slugs. */
export async function listVenues({ dataSource }: Database): Promise<VenueSummary[]> {
  const venues = await dataSource.manager.find(venueEntity, { order: { slug: 'ASC' } })
  const published = await dataSource.manager.find(mapVersionEntity, {
    where: { state: 'published' },
    select: { venueId: true, versionId: true, number: true, publishedAt: true },
  })
  const byVenue = new Map(published.map((version) => [version.venueId, version]))
  return venues.map(({ venueId, slug, name, createdAt }) => {
    const version = byVenue.get(venueId)
    return {
      venueId,
      slug,
      name,
      createdAtMs: createdAt.getTime(),
      ...(version?.publishedAt
        ? {
            published: {
              versionId: version.versionId,
              number: version.number,
              publishedAtMs: version.publishedAt.getTime(),
            },
          }
        : {}),
    }
  })
}

/** All versions of a venue, newest first; empty when the venue is not known. */
export function listVersions(database: Database, venueId: VenueId): Promise<VersionSummary[]> {
  return versionsOf(database, [venueId])
}

/** All versions of some venues, newest first within each. */
export async function versionsOf(
  { dataSource }: Database,
  venueIds: readonly VenueId[],
): Promise<VersionSummary[]> {
  const rows = await dataSource.manager.find(mapVersionEntity, {
    where: { venueId: In([...venueIds]) },
    order: { venueId: 'ASC', number: 'DESC' },
    // The extensions hold the beacons of a mall: not for a list.
    select: {
      venueId: true,
      versionId: true,
      number: true,
      state: true,
      source: true,
      problems: true,
      createdAt: true,
      createdBy: true,
      publishedAt: true,
      publishedBy: true,
      retiredAt: true,
    },
  })
  return rows.map(versionSummary)
}

/** The published version of every venue that has one, in the order of their slugs. */
export async function publishedVersions(database: Database): Promise<PublishedVersion[]> {
  const venues = await listVenues(database)
  return venues.flatMap(({ venueId, slug, name, published }) =>
    published ? [{ venueId, slug, name, ...published }] : [],
  )
}

/** A row as others see it: times in epoch milliseconds, what is null left out. */
export function versionSummary(
  row: Omit<MapVersionRow, 'contentHash' | 'manifest' | 'extensions'>,
): VersionSummary {
  const { venueId, versionId, number, state, source, problems, createdBy, publishedBy } = row
  return {
    venueId,
    versionId,
    number,
    state,
    source,
    problems,
    createdAtMs: row.createdAt.getTime(),
    ...(createdBy === null ? {} : { createdBy }),
    ...(row.publishedAt ? { publishedAtMs: row.publishedAt.getTime() } : {}),
    ...(publishedBy === null ? {} : { publishedBy }),
    ...(row.retiredAt ? { retiredAtMs: row.retiredAt.getTime() } : {}),
  }
}
