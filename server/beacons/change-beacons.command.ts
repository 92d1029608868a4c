import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { changeFields, maxBeacons, needsPlace, newBeaconFields } from './beacon.ts'
import type { Beacon, BeaconFields, BeaconIdentity, ChangeRefusal, NeedsPlace } from './beacon.ts'
import { findBeacons, insertBeacons, lockRegistry, newBeacon, updateBeacons } from './beacon-store.ts'
import type { BeaconWrite, ChangeCause } from './beacon-store.ts'

/** A change of one beacon as somebody saw it. */
export interface BeaconEdit {
  readonly beaconId: string
  /** The revision it is made to. */
  readonly revision: number
  readonly change: (before: Beacon) => Partial<BeaconFields>
}

export type EditRefusal =
  | ChangeRefusal
  | { readonly refused: 'unknown-beacon'; readonly facts: { readonly beaconId: string } }
  | {
      readonly refused: 'revision-conflict'
      readonly detail: string
      readonly facts: { readonly beaconId: string; readonly expected: number; readonly current: number }
    }

/**
 * Changes beacons of a venue, all or none, under the lock of its registry: what was changed by somebody else since it was
 * seen is refused. A change that changes nothing adds nothing to the history.
 * @returns the beacons as they are now, in the order of the edits, or the first refusal
 */
export async function changeBeacons(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, edits }: { readonly venueId: VenueId; readonly edits: readonly BeaconEdit[] },
): Promise<readonly Beacon[] | EditRefusal> {
  await lockIfKnown(manager, venueId)
  const found = await findBeacons(manager, venueId, { ids: edits.map(({ beaconId }) => beaconId) })
  const byId = new Map(found.map((beacon) => [beacon.beaconId, beacon]))
  const writes: BeaconWrite[] = []
  for (const { beaconId, revision, change } of edits) {
    const before = byId.get(beaconId)
    if (!before) return { refused: 'unknown-beacon', facts: { beaconId } }
    if (before.revision !== revision) {
      return {
        refused: 'revision-conflict',
        detail: 'Somebody changed the beacon since; read it again and decide anew.',
        facts: { beaconId, expected: revision, current: before.revision },
      }
    }
    const changed = changeFields(before, change(before))
    if ('refused' in changed) return changed
    if (Object.keys(changed.changes).length === 0) continue
    writes.push(changedBeacon(before, changed, occasion))
  }
  await storeWrites(manager, { occasion, cause: 'edited' }, { venueId, created: [], changed: writes })
  const now = new Map(writes.map(({ beacon }) => [beacon.beaconId, beacon]))
  return edits.flatMap(({ beaconId }) => now.get(beaconId) ?? byId.get(beaconId) ?? [])
}

/** A venue without a registry has no beacons to change; making one for it could meet a venue that does not exist. */
async function lockIfKnown(manager: EntityManager, venueId: VenueId): Promise<void> {
  await manager.query('SELECT 1 FROM beacon_registry WHERE venue_id = $1 FOR UPDATE', [venueId])
}

/** A beacon after a change, one revision on. */
export function changedBeacon(
  before: Beacon,
  { fields, changes }: { readonly fields: BeaconFields; readonly changes: BeaconWrite['changes'] },
  { nowMs }: Occasion,
): BeaconWrite {
  return { beacon: { ...before, ...fields, revision: before.revision + 1, updatedAtMs: nowMs }, changes }
}

/** Stores what a command decided, counts the registry's revision and records one entry of the audit. */
export async function storeWrites(
  manager: EntityManager,
  entry: { readonly occasion: Occasion; readonly cause: ChangeCause },
  writes: {
    readonly venueId: VenueId
    readonly created: readonly BeaconWrite[]
    readonly changed: readonly BeaconWrite[]
  },
): Promise<void> {
  const { venueId, created, changed } = writes
  if (created.length + changed.length === 0) return
  await lockRegistry(manager, venueId, entry.occasion)
  await insertBeacons(manager, created, entry)
  await updateBeacons(manager, changed, entry)
  const [only] = [...created, ...changed]
  await recordAudit(manager, entry.occasion, {
    action: `beacons.${entry.cause}`,
    subject:
      created.length + changed.length === 1 && only ? `beacon:${only.beacon.beaconId}` : `venue:${venueId}`,
    venueId,
    facts: {
      created: created.length,
      changed: changed.length,
      fields: [...new Set(changed.flatMap(({ changes }) => Object.keys(changes)))],
    },
  })
}

export type CreateRefusal =
  | NeedsPlace
  | { readonly refused: 'identity-taken'; readonly facts: { readonly beaconId: string } }
  | { readonly refused: 'too-many-beacons'; readonly facts: { readonly maxBeacons: number } }
  | { readonly refused: 'unknown-venue' }

/**
 * Registers a beacon. Its identity may belong to one beacon of the venue that is not retired.
 * @returns the beacon or a refusal
 */
export async function createBeacon(
  manager: EntityManager,
  occasion: Occasion,
  asked: {
    readonly venueId: VenueId
    readonly identity: BeaconIdentity
    readonly fields: Partial<BeaconFields>
  },
): Promise<Beacon | CreateRefusal> {
  const { venueId, identity } = asked
  const fields = { ...newBeaconFields, ...asked.fields }
  const refusal = needsPlace(fields)
  if (refusal) return refusal
  if (!(await registryOf(manager, venueId))) return { refused: 'unknown-venue' }
  const taken: readonly { readonly beacon_id: string }[] = await manager.query(
    `SELECT beacon_id FROM beacon
     WHERE venue_id = $1 AND uuid = $2 AND major = $3 AND minor = $4 AND state <> 'retired'`,
    [venueId, identity.uuid, identity.major, identity.minor],
  )
  if (taken[0]) return { refused: 'identity-taken', facts: { beaconId: taken[0].beacon_id } }
  if ((await countBeacons(manager, venueId)) >= maxBeacons) {
    return { refused: 'too-many-beacons', facts: { maxBeacons } }
  }
  const write = newBeacon({ venueId, ...identity, ...fields }, occasion)
  await storeWrites(manager, { occasion, cause: 'created' }, { venueId, created: [write], changed: [] })
  return write.beacon
}

/** Beacons of a venue that are not retired. */
export async function countBeacons(manager: EntityManager, venueId: VenueId): Promise<number> {
  const rows: readonly { readonly n: number }[] = await manager.query(
    `SELECT count(*)::int AS n FROM beacon WHERE venue_id = $1 AND state <> 'retired'`,
    [venueId],
  )
  return rows[0]!.n
}

/** Locks the registry of a venue, made when it has none yet; false when there is no such venue. */
export async function registryOf(manager: EntityManager, venueId: VenueId): Promise<boolean> {
  // A failed statement would end the transaction, so the foreign key is asked first.
  const rows: readonly unknown[] = await manager.query('SELECT 1 FROM venue WHERE venue_id = $1', [venueId])
  if (rows.length === 0) return false
  await manager.query(
    'INSERT INTO beacon_registry (venue_id, revision) VALUES ($1, 0) ON CONFLICT DO NOTHING',
    [venueId],
  )
  await lockIfKnown(manager, venueId)
  return true
}
