import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Venues, the versions of their maps, and one table for each type of IMDF feature. */
export class Venues1795219200000 implements MigrationInterface {
  readonly name = 'Venues1795219200000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const type of tables.map(({ type }) => type).reverse()) {
      await runner.query(`DROP TABLE imdf_${type}`)
    }
    await runner.query('DROP TABLE map_version')
    await runner.query('DROP TABLE venue')
  }
}

const areal = {
  column: 'geom geometry(Geometry, 4326) NOT NULL',
  check: `ST_Dimension(geom) = 2 AND ST_IsValid(geom)`,
}
const linear = {
  column: 'geom geometry(Geometry, 4326) NOT NULL',
  check: `ST_Dimension(geom) = 1`,
}
const anyShape = {
  column: 'geom geometry(Geometry, 4326)',
  check: 'ST_Dimension(geom) < 2 OR ST_IsValid(geom)',
}
const line = { column: 'geom geometry(LineString, 4326) NOT NULL' }
const point = { column: 'geom geometry(Point, 4326) NOT NULL' }

const named = 'name jsonb, alt_name jsonb,'
const shown = 'display_point geometry(Point, 4326),'
const classified = 'category text, restriction text, accessibility text[],'
const contact = 'hours text, phone text, website text,'

interface Table {
  readonly type: string
  readonly columns: string
  readonly geometry?: { readonly column: string; readonly check?: string }
  /** Column and the type it leads to. */
  readonly references?: Readonly<Record<string, string>>
}

const tables: readonly Table[] = [
  {
    type: 'address',
    columns: 'address text, unit text, locality text, province text, country text, postal_code text,',
  },
  {
    type: 'venue',
    geometry: areal,
    columns: `${named} ${shown} ${classified} ${contact} address_id text,`,
    references: { address_id: 'address' },
  },
  {
    type: 'building',
    columns: `${named} ${shown} ${classified} address_id text,`,
    references: { address_id: 'address' },
  },
  { type: 'footprint', geometry: areal, columns: `${named} category text, building_ids text[],` },
  {
    type: 'level',
    geometry: areal,
    columns: `${named} ${shown} ${classified} short_name jsonb, ordinal integer, outdoor boolean,
      building_ids text[], address_id text, frame jsonb,`,
    references: { address_id: 'address' },
  },
  {
    type: 'unit',
    geometry: areal,
    columns: `${named} ${shown} ${classified} level_id text NOT NULL,`,
    references: { level_id: 'level' },
  },
  {
    type: 'anchor',
    geometry: point,
    columns: 'unit_id text, address_id text,',
    references: { unit_id: 'unit', address_id: 'address' },
  },
  {
    type: 'section',
    geometry: areal,
    columns: `${named} ${shown} ${classified} level_id text NOT NULL, parents text[],`,
    references: { level_id: 'level' },
  },
  {
    type: 'fixture',
    geometry: areal,
    columns: `${named} ${shown} category text, level_id text NOT NULL, anchor_id text,`,
    references: { level_id: 'level', anchor_id: 'anchor' },
  },
  {
    type: 'detail',
    geometry: linear,
    columns: 'level_id text NOT NULL,',
    references: { level_id: 'level' },
  },
  {
    type: 'opening',
    geometry: line,
    columns: `${named} ${shown} ${classified} level_id text NOT NULL, access_control text[], door jsonb,`,
    references: { level_id: 'level' },
  },
  {
    type: 'kiosk',
    geometry: areal,
    columns: `${named} ${shown} level_id text NOT NULL, anchor_id text,`,
    references: { level_id: 'level', anchor_id: 'anchor' },
  },
  {
    type: 'amenity',
    geometry: point,
    columns: `${named} ${classified} ${contact} unit_ids text[], address_id text,`,
    references: { address_id: 'address' },
  },
  {
    type: 'occupant',
    columns: `${named} category text, ${contact} anchor_id text, validity jsonb, correlation_id text,`,
    references: { anchor_id: 'anchor' },
  },
  {
    type: 'geofence',
    geometry: areal,
    columns: `${named} ${shown} category text, restriction text, building_ids text[], level_ids text[],
      parents text[], correlation_id text,`,
  },
  {
    type: 'relationship',
    geometry: anyShape,
    columns: `category text, direction text, origin jsonb, intermediary jsonb, destination jsonb,
      hours text,`,
  },
]

const statements = [
  `CREATE TABLE venue (
    venue_id uuid NOT NULL,
    slug text NOT NULL,
    name jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT venue_key PRIMARY KEY (venue_id),
    CONSTRAINT venue_slug UNIQUE (slug)
  )`,
  `CREATE TABLE map_version (
    venue_id uuid NOT NULL,
    version_id uuid NOT NULL,
    number integer NOT NULL,
    state text NOT NULL,
    content_hash text NOT NULL,
    source text NOT NULL,
    problems jsonb NOT NULL,
    manifest jsonb NOT NULL,
    extensions jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text,
    published_at timestamptz,
    published_by text,
    retired_at timestamptz,
    CONSTRAINT map_version_key PRIMARY KEY (venue_id, version_id),
    CONSTRAINT map_version_number UNIQUE (venue_id, number),
    CONSTRAINT map_version_state CHECK (state IN ('draft', 'validated', 'published', 'retired')),
    CONSTRAINT map_version_venue FOREIGN KEY (venue_id) REFERENCES venue ON DELETE CASCADE
  )`,
  `CREATE UNIQUE INDEX map_version_published ON map_version (venue_id) WHERE state = 'published'`,
  ...tables.flatMap(featureTable),
]

function featureTable({ type, columns, geometry, references = {} }: Table): string[] {
  const table = `imdf_${type}`
  const shape = geometry?.check ? `CONSTRAINT ${table}_shape CHECK (${geometry.check}),` : ''
  const keys = Object.entries(references).map(
    ([column, to]) =>
      `CONSTRAINT ${table}_${column} FOREIGN KEY (venue_id, version_id, ${column}) REFERENCES imdf_${to},`,
  )
  const create = `CREATE TABLE ${table} (
    venue_id uuid NOT NULL,
    version_id uuid NOT NULL,
    id text NOT NULL,
    position integer NOT NULL,
    ${geometry ? `${geometry.column},` : ''}
    derived boolean,
    ${columns}
    ext jsonb NOT NULL,
    foreign_members jsonb,
    ${shape}
    ${keys.join('\n    ')}
    CONSTRAINT ${table}_key PRIMARY KEY (venue_id, version_id, id),
    CONSTRAINT ${table}_version FOREIGN KEY (venue_id, version_id) REFERENCES map_version ON DELETE CASCADE
  )`
  return geometry ? [create, `CREATE INDEX ${table}_geom ON ${table} USING gist (geom)`] : [create]
}
