import type { EntityManager } from 'typeorm'
import type { LevelId, VenueId } from '../../../maps/model/index.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import type { BeaconIdentity } from '../beacon.ts'
import { registryOf } from '../change-beacons.command.ts'
import { lowestFreeRun, majorOfLevel } from './free-numbers.ts'
import type { TakenRange } from './free-numbers.ts'

/** A block of numbers as it was leased. */
export interface NumberLease {
  readonly leaseId: string
  readonly levelId: LevelId
  readonly uuid: string
  readonly major: number
  readonly fromMinor: number
  readonly toMinor: number
  readonly leasedTo: string
  readonly leasedAtMs: number
  readonly expiresAtMs: number
}

export type LeaseRefusal =
  | { readonly refused: 'unknown-venue' }
  | { readonly refused: 'beacon-uuid-needed'; readonly detail: string }
  | {
      readonly refused: 'no-numbers-left'
      readonly facts: { readonly major: number; readonly count: number }
    }

/**
 * Leases the lowest free run of minors of a level to somebody, under the lock of the registry. Numbers of beacons that are not retired
 * and of leases that run are taken; what a lease left unused is free again when it has expired.
 * @param asked.uuid when absent that of most beacons of the venue
 */
export async function leaseNumbers(
  manager: EntityManager,
  occasion: Occasion,
  asked: {
    readonly venueId: VenueId
    readonly level: { readonly id: LevelId; readonly ordinal: number }
    readonly count: number
    readonly hours: number
    readonly uuid: string | undefined
  },
): Promise<NumberLease | LeaseRefusal> {
  const { venueId, level, count } = asked
  if (!(await registryOf(manager, venueId))) return { refused: 'unknown-venue' }
  const uuid = asked.uuid ?? (await commonestUuid(manager, venueId))
  if (uuid === undefined) {
    return {
      refused: 'beacon-uuid-needed',
      detail: 'The venue has no beacons yet: name the UUID its beacons will have.',
    }
  }
  const major = majorOfLevel(
    { levelId: level.id, ordinal: level.ordinal },
    await majorsOf(manager, venueId, uuid),
  )
  const taken = await takenOf(manager, { venueId, uuid, major, nowMs: occasion.nowMs })
  const fromMinor = lowestFreeRun(taken, count)
  if (fromMinor === undefined) return { refused: 'no-numbers-left', facts: { major, count } }
  const lease: NumberLease = {
    ...{
      leaseId: occasion.newId(),
      levelId: level.id,
      uuid,
      major,
      fromMinor,
      toMinor: fromMinor + count - 1,
    },
    ...{ leasedTo: occasion.actor, leasedAtMs: occasion.nowMs },
    expiresAtMs: occasion.nowMs + asked.hours * 3_600_000,
  }
  await manager.query(
    `INSERT INTO beacon_number_lease (venue_id, lease_id, level_id, uuid, major, from_minor, to_minor, leased_to,
       leased_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[venueId, lease.leaseId, lease.levelId, uuid, major, lease.fromMinor, lease.toMinor, lease.leasedTo],
      ...[new Date(lease.leasedAtMs), new Date(lease.expiresAtMs)],
    ],
  )
  await recordAudit(manager, occasion, {
    action: 'beacon-numbers.leased',
    subject: `venue:${venueId}`,
    venueId,
    facts: { major, fromMinor: lease.fromMinor, toMinor: lease.toMinor, expiresAtMs: lease.expiresAtMs },
  })
  return lease
}

async function commonestUuid(manager: EntityManager, venueId: VenueId): Promise<string | undefined> {
  const rows: readonly { readonly uuid: string }[] = await manager.query(
    `SELECT uuid FROM beacon WHERE venue_id = $1 AND state <> 'retired' GROUP BY uuid ORDER BY count(*) DESC, uuid LIMIT 1`,
    [venueId],
  )
  return rows[0]?.uuid
}

async function majorsOf(manager: EntityManager, venueId: VenueId, uuid: string) {
  const rows: readonly { readonly level_id: string | null; readonly major: number; readonly n: number }[] =
    await manager.query(
      `SELECT level_id, major, count(*)::int AS n FROM (
         SELECT level_id, major FROM beacon WHERE venue_id = $1 AND uuid = $2 AND state <> 'retired'
         UNION ALL SELECT level_id, major FROM beacon_number_lease WHERE venue_id = $1 AND uuid = $2
       ) AS used GROUP BY level_id, major ORDER BY major`,
      [venueId, uuid],
    )
  return rows.map(({ level_id: levelId, major, n: count }) => ({ levelId, major, count }))
}

async function takenOf(
  manager: EntityManager,
  { venueId, uuid, major, nowMs }: { venueId: VenueId; uuid: string; major: number; nowMs: number },
): Promise<TakenRange[]> {
  const rows: readonly { readonly low: number; readonly high: number }[] = await manager.query(
    `SELECT minor AS low, minor AS high FROM beacon
     WHERE venue_id = $1 AND uuid = $2 AND major = $3 AND state <> 'retired'
     UNION ALL SELECT from_minor, to_minor FROM beacon_number_lease
     WHERE venue_id = $1 AND uuid = $2 AND major = $3 AND expires_at > $4`,
    [venueId, uuid, major, new Date(nowMs)],
  )
  return rows.map(({ low, high }): TakenRange => [low, high])
}

interface LeaseFound {
  readonly lease_id: string
  readonly level_id: LevelId
  readonly uuid: string
  readonly major: number
  readonly from_minor: number
  readonly to_minor: number
  readonly leased_to: string
  readonly leased_at: Date
  readonly expires_at: Date
}

/** The leases of a venue that run, oldest first. */
export async function runningLeases(
  manager: EntityManager,
  venueId: VenueId,
  nowMs: number,
): Promise<NumberLease[]> {
  const rows: readonly LeaseFound[] = await manager.query(
    'SELECT * FROM beacon_number_lease WHERE venue_id = $1 AND expires_at > $2 ORDER BY leased_at, lease_id LIMIT 1000',
    [venueId, new Date(nowMs)],
  )
  return rows.map((row) => ({
    leaseId: row.lease_id,
    levelId: row.level_id,
    uuid: row.uuid,
    major: row.major,
    fromMinor: row.from_minor,
    toMinor: row.to_minor,
    leasedTo: row.leased_to,
    leasedAtMs: row.leased_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
  }))
}

/**
 * Whether a number is somebody's to give: the last lease that covers it is theirs. It may have expired since: what was hung in a
 * basement is registered when there is a network again, unless the number went to somebody else meanwhile.
 */
export async function isLeasedTo(
  manager: EntityManager,
  venueId: VenueId,
  { identity, actor }: { readonly identity: BeaconIdentity; readonly actor: string },
): Promise<boolean> {
  const rows: readonly { readonly leased_to: string }[] = await manager.query(
    `SELECT leased_to FROM beacon_number_lease
     WHERE venue_id = $1 AND uuid = $2 AND major = $3 AND $4 BETWEEN from_minor AND to_minor
     ORDER BY leased_at DESC, lease_id DESC LIMIT 1`,
    [venueId, identity.uuid, identity.major, identity.minor],
  )
  return rows[0]?.leased_to === actor
}
