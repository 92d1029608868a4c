import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Beacons with their history, radio maps, and what shoppers' traffic says of the beacons' health. */
export class Beacons1795219500000 implements MigrationInterface {
  readonly name = 'Beacons1795219500000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TABLE ${table}`)
  }
}

const tables = ['beacon_finding', 'beacon_traffic', 'radio_map', 'beacon_change', 'beacon', 'beacon_registry']

const statements = [
  `CREATE TABLE beacon_registry (
    venue_id uuid PRIMARY KEY
      CONSTRAINT beacon_registry_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
    revision bigint NOT NULL
  )`,
  `CREATE TABLE beacon (
    venue_id uuid NOT NULL
      CONSTRAINT beacon_of_registry REFERENCES beacon_registry (venue_id) ON DELETE CASCADE,
    beacon_id uuid NOT NULL,
    revision integer NOT NULL,
    uuid uuid NOT NULL,
    major integer NOT NULL CONSTRAINT beacon_major CHECK (major BETWEEN 0 AND 65535),
    minor integer NOT NULL CONSTRAINT beacon_minor CHECK (minor BETWEEN 0 AND 65535),
    state text NOT NULL
      CONSTRAINT beacon_state CHECK (state IN ('planned', 'installed', 'verified', 'retired')),
    level_id text,
    geom geometry(Point, 4326),
    mount text NOT NULL,
    mount_height_m double precision NOT NULL,
    model text NOT NULL,
    serial text NOT NULL,
    mac text NOT NULL,
    firmware text NOT NULL,
    measured_power_dbm integer NOT NULL,
    tx_power_dbm integer,
    interval_ms integer NOT NULL,
    battery_percent integer,
    battery_at timestamptz,
    groups jsonb NOT NULL,
    notes text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, beacon_id),
    CONSTRAINT beacon_place CHECK ((level_id IS NULL) = (geom IS NULL)),
    CONSTRAINT beacon_hangs CHECK (state NOT IN ('installed', 'verified') OR geom IS NOT NULL),
    CONSTRAINT beacon_battery CHECK ((battery_percent IS NULL) = (battery_at IS NULL))
  )`,
  // A retired beacon's identity may be given to its successor.
  `CREATE UNIQUE INDEX beacon_identity ON beacon (venue_id, uuid, major, minor) WHERE state <> 'retired'`,
  `CREATE INDEX beacon_geom ON beacon USING gist (geom)`,
  `CREATE TABLE beacon_change (
    venue_id uuid NOT NULL,
    beacon_id uuid NOT NULL,
    revision integer NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    request_id text,
    cause text NOT NULL,
    changes jsonb NOT NULL,
    PRIMARY KEY (venue_id, beacon_id, revision),
    CONSTRAINT beacon_change_of FOREIGN KEY (venue_id, beacon_id)
      REFERENCES beacon (venue_id, beacon_id) ON DELETE CASCADE
  )`,
  `CREATE TABLE radio_map (
    venue_id uuid NOT NULL
      CONSTRAINT radio_map_of_registry REFERENCES beacon_registry (venue_id) ON DELETE CASCADE,
    number integer NOT NULL,
    hash text NOT NULL,
    bytes bytea NOT NULL,
    beacons integer NOT NULL,
    notes text NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (venue_id, number),
    CONSTRAINT radio_map_content UNIQUE (venue_id, hash)
  )`,
  `CREATE UNIQUE INDEX radio_map_active ON radio_map (venue_id) WHERE active`,
  `CREATE TABLE beacon_traffic (
    venue_id uuid NOT NULL
      CONSTRAINT beacon_traffic_of_registry REFERENCES beacon_registry (venue_id) ON DELETE CASCADE,
    hour timestamptz NOT NULL,
    part_id uuid NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (venue_id, hour, part_id)
  )`,
  `CREATE TABLE beacon_finding (
    venue_id uuid NOT NULL,
    finding_id uuid NOT NULL,
    beacon_id uuid NOT NULL,
    kind text NOT NULL
      CONSTRAINT beacon_finding_kind CHECK (kind IN ('silent', 'weak', 'moved', 'cloned', 'drifting')),
    opened_at timestamptz NOT NULL,
    confirmed_at timestamptz NOT NULL,
    closed_at timestamptz,
    confidence double precision NOT NULL,
    evidence jsonb NOT NULL,
    misses integer NOT NULL,
    missed_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    note text NOT NULL,
    muted_until timestamptz,
    PRIMARY KEY (venue_id, finding_id),
    CONSTRAINT beacon_finding_of FOREIGN KEY (venue_id, beacon_id)
      REFERENCES beacon (venue_id, beacon_id) ON DELETE CASCADE
  )`,
  `CREATE UNIQUE INDEX beacon_finding_open ON beacon_finding (venue_id, beacon_id, kind) WHERE closed_at IS NULL`,
]
