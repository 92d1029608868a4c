import { EntitySchema } from 'typeorm'
import type { EntitySchemaColumnOptions } from 'typeorm'
import { beaconNumberLeaseEntity } from './leases/lease.entity.ts'
import { beaconSecretEntity } from './vault/secret.entity.ts'

const venueId: EntitySchemaColumnOptions = { name: 'venue_id', type: 'uuid', primary: true }
const beaconId: EntitySchemaColumnOptions = { name: 'beacon_id', type: 'uuid', primary: true }
const text: EntitySchemaColumnOptions = { type: 'text' }
const integer: EntitySchemaColumnOptions = { type: 'integer' }
const time: EntitySchemaColumnOptions = { type: 'timestamptz' }

/** Counts the changes of a venue's beacons and radio maps; its row is the lock under which they change. */
export const beaconRegistryEntity = new EntitySchema({
  name: 'beacon_registry',
  tableName: 'beacon_registry',
  columns: { venueId, revision: { type: 'bigint' } },
})

/** A beacon, as `beacon-store.ts` reads and writes it. */
export const beaconEntity = new EntitySchema({
  name: 'beacon',
  tableName: 'beacon',
  columns: {
    venueId,
    beaconId,
    revision: integer,
    uuid: { type: 'uuid' },
    major: integer,
    minor: integer,
    state: text,
    levelId: { name: 'level_id', type: 'text', nullable: true },
    geom: { type: 'geometry', spatialFeatureType: 'Point', srid: 4326, nullable: true },
    mount: text,
    mountHeightM: { name: 'mount_height_m', type: 'double precision' },
    model: text,
    serial: text,
    mac: text,
    firmware: text,
    measuredPowerDbm: { name: 'measured_power_dbm', type: 'integer' },
    txPowerDbm: { name: 'tx_power_dbm', type: 'integer', nullable: true },
    intervalMs: { name: 'interval_ms', type: 'integer' },
    batteryPercent: { name: 'battery_percent', type: 'integer', nullable: true },
    batteryAt: { name: 'battery_at', type: 'timestamptz', nullable: true },
    groups: { type: 'jsonb' },
    notes: text,
    createdAt: { name: 'created_at', type: 'timestamptz' },
    updatedAt: { name: 'updated_at', type: 'timestamptz' },
  },
})

/** What was changed of a beacon, by whom: its history. Only ever added to. */
export const beaconChangeEntity = new EntitySchema({
  name: 'beacon_change',
  tableName: 'beacon_change',
  columns: {
    venueId,
    beaconId,
    revision: { type: 'integer', primary: true },
    at: time,
    actor: text,
    requestId: { name: 'request_id', type: 'text', nullable: true },
    cause: text,
    changes: { type: 'jsonb' },
  },
})

/** A surveyed radio map; at most one of a venue is active. */
export const radioMapEntity = new EntitySchema({
  name: 'radio_map',
  tableName: 'radio_map',
  columns: {
    venueId,
    number: { type: 'integer', primary: true },
    hash: text,
    bytes: { type: 'bytea' },
    beacons: integer,
    notes: text,
    active: { type: 'boolean' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text' },
  },
})

/** What one node heard of a venue's beacons in one hour, summed up by places of some metres: nobody's track. */
export const beaconTrafficEntity = new EntitySchema({
  name: 'beacon_traffic',
  tableName: 'beacon_traffic',
  columns: {
    venueId,
    hour: { type: 'timestamptz', primary: true },
    partId: { name: 'part_id', type: 'uuid', primary: true },
    content: { type: 'jsonb' },
  },
})

/** Something wrong with a beacon, found in the traffic. */
export const beaconFindingEntity = new EntitySchema({
  name: 'beacon_finding',
  tableName: 'beacon_finding',
  columns: {
    venueId,
    findingId: { name: 'finding_id', type: 'uuid', primary: true },
    beaconId: { name: 'beacon_id', type: 'uuid' },
    kind: text,
    openedAt: { name: 'opened_at', type: 'timestamptz' },
    confirmedAt: { name: 'confirmed_at', type: 'timestamptz' },
    closedAt: { name: 'closed_at', type: 'timestamptz', nullable: true },
    confidence: { type: 'double precision' },
    evidence: { type: 'jsonb' },
    misses: integer,
    missedAt: { name: 'missed_at', type: 'timestamptz', nullable: true },
    acknowledgedAt: { name: 'acknowledged_at', type: 'timestamptz', nullable: true },
    acknowledgedBy: { name: 'acknowledged_by', type: 'text', nullable: true },
    note: text,
    mutedUntil: { name: 'muted_until', type: 'timestamptz', nullable: true },
  },
})

/** Every table of the subject. */
export const beaconEntities = [
  beaconRegistryEntity,
  beaconEntity,
  beaconChangeEntity,
  radioMapEntity,
  beaconTrafficEntity,
  beaconFindingEntity,
  beaconNumberLeaseEntity,
  beaconSecretEntity,
]
