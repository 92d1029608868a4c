import { EntitySchema } from 'typeorm'
import type { Manifest, Problem, VenueId, VersionId } from '../../maps/model/index.ts'
import { venueEntity } from './venue.entity.ts'

/**
 * `draft`: stored whole and without errors, not yet looked at for what keeps people from walking; `validated`: its
 * problems are known and none is an error, may be published; `published`: what the screens show, one per venue;
 * `retired`: was published.
 */
export type VersionState = 'draft' | 'validated' | 'published' | 'retired'

/** One version of a venue's map; its features stand in the tables of `features.entity.ts`. */
export interface MapVersionRow {
  readonly venueId: VenueId
  readonly versionId: VersionId
  /** Counts from 1 within the venue. */
  readonly number: number
  readonly state: VersionState
  /** SHA-256 of what the archive says, see `content-hash.ts`. */
  readonly contentHash: string
  /** Where it came from, for a person: a file name. */
  readonly source: string
  readonly problems: readonly Problem[]
  readonly manifest: Manifest
  /** `Archive['extensions']`; TypeORM cannot take a type that contains itself. */
  readonly extensions: object
  readonly createdAt: Date
  /** Account that imported it; null for the command line. */
  readonly createdBy: string | null
  readonly publishedAt: Date | null
  readonly publishedBy: string | null
  readonly retiredAt: Date | null
}

export const mapVersionEntity = new EntitySchema<MapVersionRow>({
  name: 'map_version',
  tableName: 'map_version',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    versionId: { name: 'version_id', type: 'uuid', primary: true },
    number: { type: 'integer' },
    state: { type: 'text' },
    contentHash: { name: 'content_hash', type: 'text' },
    source: { type: 'text' },
    problems: { type: 'jsonb' },
    manifest: { type: 'jsonb' },
    extensions: { type: 'jsonb' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text', nullable: true },
    publishedAt: { name: 'published_at', type: 'timestamptz', nullable: true },
    publishedBy: { name: 'published_by', type: 'text', nullable: true },
    retiredAt: { name: 'retired_at', type: 'timestamptz', nullable: true },
  },
  uniques: [{ name: 'map_version_number', columns: ['venueId', 'number'] }],
  indices: [
    { name: 'map_version_published', columns: ['venueId'], unique: true, where: `state = 'published'` },
  ],
  checks: [
    { name: 'map_version_state', expression: `state IN ('draft', 'validated', 'published', 'retired')` },
  ],
  foreignKeys: [
    {
      name: 'map_version_venue',
      target: venueEntity,
      columnNames: ['venueId'],
      referencedColumnNames: ['venueId'],
      onDelete: 'CASCADE',
    },
  ],
})
