import type { EntityManager } from 'typeorm'
import type { LevelId, VenueId } from '../../maps/model/index.ts'
import type { Occasion } from '../identities/index.ts'
import { appendOutbox } from '../outbox/index.ts'
import { differences, newBeaconFields } from './beacon.ts'
import type { Beacon, BeaconState, FieldChanges, Mount } from './beacon.ts'

/** Topic of the outbox: the beacons or the radio map of a venue changed. */
export const registryChanged = 'beacons.changed'

/** Beacons written in one statement. */
const batchRows = 500

export type ChangeCause = 'created' | 'edited' | 'imported'

interface BeaconFound {
  readonly venue_id: VenueId
  readonly beacon_id: string
  readonly revision: number
  readonly uuid: string
  readonly major: number
  readonly minor: number
  readonly state: BeaconState
  readonly level_id: LevelId | null
  readonly lon: number | null
  readonly lat: number | null
  readonly mount: Mount
  readonly mount_height_m: number
  readonly model: string
  readonly serial: string
  readonly mac: string
  readonly firmware: string
  readonly measured_power_dbm: number
  readonly tx_power_dbm: number | null
  readonly interval_ms: number
  readonly battery_percent: number | null
  readonly battery_at: Date | null
  readonly groups: readonly string[]
  readonly notes: string
  readonly created_at: Date
  readonly updated_at: Date
}

const columns = `venue_id, beacon_id, revision, uuid, major, minor, state, level_id, ST_X(geom) AS lon, ST_Y(geom) AS lat,
  mount, mount_height_m, model, serial, mac, firmware, measured_power_dbm, tx_power_dbm, interval_ms,
  battery_percent, battery_at, groups, notes, created_at, updated_at`

function beaconOf(row: BeaconFound): Beacon {
  return {
    venueId: row.venue_id,
    beaconId: row.beacon_id,
    revision: row.revision,
    uuid: row.uuid,
    major: row.major,
    minor: row.minor,
    state: row.state,
    levelId: row.level_id,
    lon: row.lon,
    lat: row.lat,
    mount: row.mount,
    mountHeightM: row.mount_height_m,
    model: row.model,
    serial: row.serial,
    mac: row.mac,
    firmware: row.firmware,
    measuredPowerDbm: row.measured_power_dbm,
    txPowerDbm: row.tx_power_dbm,
    intervalMs: row.interval_ms,
    batteryPercent: row.battery_percent,
    batteryAtMs: row.battery_at?.getTime() ?? null,
    groups: row.groups,
    notes: row.notes,
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
  }
}

/** Which beacons; all of the venue when nothing is said. */
export interface BeaconFilter {
  readonly ids?: readonly string[]
  readonly states?: readonly BeaconState[]
  readonly level?: string
  readonly group?: string
  /** In model, serial, MAC or notes, or exactly `major/minor`. */
  readonly text?: string
}

/** Conditions and their parameters, from `$2` on; `$1` is the venue. */
function where(filter: BeaconFilter): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const parameters: unknown[] = []
  const conditions = ['venue_id = $1']
  const add = (value: unknown, condition: (parameter: string) => string) => {
    parameters.push(value)
    conditions.push(condition(`$${parameters.length + 1}`))
  }
  if (filter.ids) add(filter.ids, (p) => `beacon_id = ANY(${p}::uuid[])`)
  if (filter.states) add(filter.states, (p) => `state = ANY(${p}::text[])`)
  if (filter.level !== undefined) add(filter.level, (p) => `level_id = ${p}`)
  if (filter.group !== undefined) add(JSON.stringify([filter.group]), (p) => `groups @> ${p}::jsonb`)
  if (filter.text !== undefined) {
    add(filter.text, (p) => {
      const inText = ['model', 'serial', 'mac', 'notes'].map(
        (name) => `strpos(lower(${name}), lower(${p})) > 0`,
      )
      return `(${inText.join(' OR ')} OR major || '/' || minor = ${p})`
    })
  }
  return { sql: conditions.join(' AND '), parameters }
}

/** Beacons of a venue in the order of their identities. */
export async function findBeacons(
  manager: EntityManager,
  venueId: VenueId,
  filter: BeaconFilter = {},
): Promise<Beacon[]> {
  const { sql, parameters } = where(filter)
  const rows: readonly BeaconFound[] = await manager.query(
    `SELECT ${columns} FROM beacon WHERE ${sql} ORDER BY uuid, major, minor, beacon_id`,
    [venueId, ...parameters],
  )
  return rows.map(beaconOf)
}

/** A page of beacons behind one of them, and how many there are in all. */
export async function pageOfBeacons(
  manager: EntityManager,
  venueId: VenueId,
  { filter, after, limit }: { filter: BeaconFilter; after: string | undefined; limit: number },
): Promise<{ readonly beacons: Beacon[]; readonly total: number }> {
  const { sql, parameters } = where(filter)
  const all = [venueId, ...parameters]
  const counts: readonly { readonly total: number }[] = await manager.query(
    `SELECT count(*)::int AS total FROM beacon WHERE ${sql}`,
    all,
  )
  const behind =
    after === undefined
      ? ''
      : ` AND (uuid, major, minor, beacon_id) >
         (SELECT b.uuid, b.major, b.minor, b.beacon_id FROM beacon b
          WHERE b.venue_id = $1 AND b.beacon_id = $${all.length + 2})`
  const rows: readonly BeaconFound[] = await manager.query(
    `SELECT ${columns} FROM beacon WHERE ${sql}${behind}
     ORDER BY uuid, major, minor, beacon_id LIMIT $${all.length + 1}`,
    [...all, limit, ...(after === undefined ? [] : [after])],
  )
  return { beacons: rows.map(beaconOf), total: counts[0]!.total }
}

/**
 * Takes the lock under which a venue's beacons change, and counts the change, so that every node loads them anew.
 * Fails on the foreign key `beacon_registry_venue` when there is no such venue.
 */
export async function lockRegistry(
  manager: EntityManager,
  venueId: VenueId,
  occasion: Pick<Occasion, 'nowMs' | 'newId'>,
): Promise<void> {
  await manager.query(
    `INSERT INTO beacon_registry (venue_id, revision) VALUES ($1, 1)
     ON CONFLICT (venue_id) DO UPDATE SET revision = beacon_registry.revision + 1`,
    [venueId],
  )
  await appendOutbox(manager, occasion, { venueId, topic: registryChanged, payload: {} })
}

/** How often the beacons of each venue were changed. */
export async function registryRevisions(manager: EntityManager): Promise<Map<VenueId, string>> {
  const rows: readonly { readonly venue_id: VenueId; readonly revision: string }[] = await manager.query(
    'SELECT venue_id, revision FROM beacon_registry',
  )
  return new Map(rows.map(({ venue_id, revision }) => [venue_id, revision]))
}

/** A beacon as it shall be, with what differs from what is stored. */
export interface BeaconWrite {
  readonly beacon: Beacon
  readonly changes: FieldChanges
}

/** A beacon nobody has stored yet; its history begins with what differs from an empty one. */
export function newBeacon(
  beacon: Omit<Beacon, 'beaconId' | 'revision' | 'createdAtMs' | 'updatedAtMs'>,
  { newId, nowMs }: Occasion,
): BeaconWrite {
  const made = { ...beacon, beaconId: newId(), revision: 1, createdAtMs: nowMs, updatedAtMs: nowMs }
  return { beacon: made, changes: differences(newBeaconFields, made) }
}

const recordset = `json_to_recordset($1::json) AS r(venue_id uuid, beacon_id uuid, revision integer, uuid uuid,
  major integer, minor integer, state text, level_id text, lon double precision, lat double precision, mount text,
  mount_height_m double precision, model text, serial text, mac text, firmware text, measured_power_dbm integer,
  tx_power_dbm integer, interval_ms integer, battery_percent integer, battery_at timestamptz, groups jsonb, notes text,
  created_at timestamptz, updated_at timestamptz)`

const updated = [
  'revision = r.revision',
  'state = r.state',
  'level_id = r.level_id',
  'geom = ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326)',
  ...['mount', 'mount_height_m', 'model', 'serial', 'mac', 'firmware', 'measured_power_dbm', 'tx_power_dbm'],
  ...['interval_ms', 'battery_percent', 'battery_at', 'groups', 'notes', 'updated_at'],
].map((column) => (column.includes(' ') ? column : `${column} = r.${column}`))

/** Inserts beacons with the first entry of their histories. Fails on `beacon_identity` when one is taken. */
export async function insertBeacons(
  manager: EntityManager,
  writes: readonly BeaconWrite[],
  entry: { readonly occasion: Occasion; readonly cause: ChangeCause },
): Promise<void> {
  for (const batch of batchesOf(writes)) {
    await manager.query(
      `INSERT INTO beacon (venue_id, beacon_id, revision, uuid, major, minor, state, level_id, geom, mount,
         mount_height_m, model, serial, mac, firmware, measured_power_dbm, tx_power_dbm, interval_ms,
         battery_percent, battery_at, groups, notes, created_at, updated_at)
       SELECT venue_id, beacon_id, revision, uuid, major, minor, state, level_id,
         ST_SetSRID(ST_MakePoint(lon, lat), 4326), mount, mount_height_m, model, serial, mac, firmware,
         measured_power_dbm, tx_power_dbm, interval_ms, battery_percent, battery_at, groups, notes, created_at,
         updated_at
       FROM ${recordset}`,
      [JSON.stringify(batch.map(({ beacon }) => rowOf(beacon)))],
    )
    await insertHistory(manager, batch, entry)
  }
}

/** Stores changed beacons with an entry each in their histories. The registry must be locked. */
export async function updateBeacons(
  manager: EntityManager,
  writes: readonly BeaconWrite[],
  entry: { readonly occasion: Occasion; readonly cause: ChangeCause },
): Promise<void> {
  for (const batch of batchesOf(writes)) {
    await manager.query(
      `UPDATE beacon b SET ${updated.join(', ')} FROM ${recordset}
       WHERE b.venue_id = r.venue_id AND b.beacon_id = r.beacon_id`,
      [JSON.stringify(batch.map(({ beacon }) => rowOf(beacon)))],
    )
    await insertHistory(manager, batch, entry)
  }
}

async function insertHistory(
  manager: EntityManager,
  writes: readonly BeaconWrite[],
  { occasion, cause }: { readonly occasion: Occasion; readonly cause: ChangeCause },
): Promise<void> {
  const rows = writes.map(({ beacon: { venueId, beaconId, revision }, changes }) => ({
    venue_id: venueId,
    beacon_id: beaconId,
    revision,
    at: new Date(occasion.nowMs).toISOString(),
    actor: occasion.actor,
    request_id: occasion.requestId ?? null,
    cause,
    changes,
  }))
  await manager.query(
    `INSERT INTO beacon_change (venue_id, beacon_id, revision, at, actor, request_id, cause, changes)
     SELECT * FROM json_to_recordset($1::json) AS r(venue_id uuid, beacon_id uuid, revision integer, at timestamptz,
       actor text, request_id text, cause text, changes jsonb)`,
    [JSON.stringify(rows)],
  )
}

function rowOf(beacon: Beacon): Record<string, unknown> {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return {
    venue_id: beacon.venueId,
    beacon_id: beacon.beaconId,
    revision: beacon.revision,
    uuid: beacon.uuid,
    major: beacon.major,
    minor: beacon.minor,
    state: beacon.state,
    level_id: beacon.levelId,
    lon: beacon.lon,
    lat: beacon.lat,
    mount: beacon.mount,
    mount_height_m: beacon.mountHeightM,
    model: beacon.model,
    serial: beacon.serial,
    mac: beacon.mac,
    firmware: beacon.firmware,
    measured_power_dbm: beacon.measuredPowerDbm,
    tx_power_dbm: beacon.txPowerDbm,
    interval_ms: beacon.intervalMs,
    battery_percent: beacon.batteryPercent,
    battery_at: time(beacon.batteryAtMs),
    groups: beacon.groups,
    notes: beacon.notes,
    created_at: time(beacon.createdAtMs),
    updated_at: time(beacon.updatedAtMs),
  }
}

function* batchesOf<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let from = 0; from < items.length; from += batchRows) yield items.slice(from, from + batchRows)
}
