import { levelId as parseLevelId } from '../../server/contract/index.ts'
import { identityText } from '../frames/identity.ts'
import type { BeaconIdentity } from '../frames/identity.ts'
import type { BeaconChange, NumberLease, RegistryBeacon } from './operations.ts'
import type { OperationQueue } from './queue.ts'

/** A beacon as it is known here: what the registry said last, with what was done since. */
export interface LocalBeacon {
  /** `uuid/major/minor`. */
  readonly key: string
  readonly identity: BeaconIdentity
  /** Absent until the registry has it. */
  readonly id?: string
  readonly revision?: number
  readonly state: RegistryBeacon['state']
  readonly place?: { readonly levelId: string; readonly x: number; readonly y: number }
  readonly mount: RegistryBeacon['mount']
  readonly mountHeightM: number
  readonly hardware: RegistryBeacon['hardware']
  readonly measuredPowerDbm: number
  readonly txPowerDbm: number | null
  readonly intervalMs: number
  readonly battery?: { readonly percent: number; readonly atMs?: number }
  /** Operations on it that the registry has not taken yet. */
  readonly waiting: number
}

/** As the server sets what nobody said. */
const unsaid = {
  mount: 'ceiling',
  mountHeightM: 3,
  hardware: { model: '', serial: '', mac: '', firmware: '' },
  measuredPowerDbm: -59,
  txPowerDbm: null,
  intervalMs: 500,
} as const satisfies Partial<LocalBeacon>

/** The beacons as they are known here, by identity; retired ones too. O(beacons + operations). */
export function localRegistry(
  beacons: readonly RegistryBeacon[],
  queue: Pick<OperationQueue, 'waiting'>,
): ReadonlyMap<string, LocalBeacon> {
  const known = new Map<string, LocalBeacon>()
  for (const beacon of beacons) {
    const key = identityText(beacon.identity)
    const before = known.get(key)
    // A retired one's identity may have gone to its successor.
    if (before && beacon.state === 'retired') continue
    known.set(key, fromRegistry(key, beacon))
  }
  for (const { op } of queue.waiting()) {
    if (op.kind === 'audit') continue
    const before = known.get(op.key)
    if (op.kind === 'register') {
      const fresh: LocalBeacon = {
        key: op.key,
        identity: op.identity,
        state: 'planned',
        ...unsaid,
        waiting: 0,
      }
      known.set(op.key, withChange(before && before.state !== 'retired' ? before : fresh, op.change))
    } else if (before) known.set(op.key, withChange(before, op.change))
  }
  return known
}

function fromRegistry(key: string, beacon: RegistryBeacon): LocalBeacon {
  const { id, revision, identity, state, place, mount, mountHeightM, hardware } = beacon
  const { measuredPowerDbm, txPowerDbm, intervalMs, battery } = beacon
  return {
    ...{ key, id, revision, identity, state, mount, mountHeightM, hardware },
    ...{ measuredPowerDbm, txPowerDbm, intervalMs, waiting: 0 },
    ...(place?.x !== undefined && place.y !== undefined
      ? { place: { levelId: place.levelId, x: place.x, y: place.y } }
      : {}),
    ...(battery ? { battery } : {}),
  }
}

function withChange(before: LocalBeacon, change: BeaconChange): LocalBeacon {
  const { place, hardware, battery, state, mount, mountHeightM } = change
  const { measuredPowerDbm, txPowerDbm, intervalMs } = change
  const { place: placeBefore, ...rest } = before
  const placeNow = place === undefined ? placeBefore : place === null || !('x' in place) ? undefined : place
  return {
    ...rest,
    ...(state === undefined ? {} : { state }),
    ...(mount === undefined ? {} : { mount }),
    ...(mountHeightM === undefined ? {} : { mountHeightM }),
    ...(measuredPowerDbm === undefined ? {} : { measuredPowerDbm }),
    ...(txPowerDbm === undefined ? {} : { txPowerDbm }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    hardware: { ...before.hardware, ...hardware },
    ...(placeNow ? { place: placeNow } : {}),
    ...(battery ? { battery } : {}),
    waiting: before.waiting + 1,
  }
}

/** The values a change would overwrite, as a change that brings them back. */
export function beforeOf(beacon: LocalBeacon, change: BeaconChange): BeaconChange {
  const { place, hardware, battery } = change
  return {
    ...(change.state === undefined ? {} : { state: beacon.state }),
    ...(place === undefined ? {} : { place: beacon.place ? placeIn(beacon.place) : null }),
    ...(change.mount === undefined ? {} : { mount: beacon.mount }),
    ...(change.mountHeightM === undefined ? {} : { mountHeightM: beacon.mountHeightM }),
    ...(hardware === undefined ? {} : { hardware: beacon.hardware }),
    ...(change.measuredPowerDbm === undefined ? {} : { measuredPowerDbm: beacon.measuredPowerDbm }),
    ...(change.txPowerDbm === undefined ? {} : { txPowerDbm: beacon.txPowerDbm }),
    ...(change.intervalMs === undefined ? {} : { intervalMs: beacon.intervalMs }),
    ...(battery === undefined || !beacon.battery ? {} : { battery: beacon.battery }),
  }
}

function placeIn({ levelId, x, y }: NonNullable<LocalBeacon['place']>): NonNullable<BeaconChange['place']> {
  return { levelId: parseLevelId.parse(levelId), x, y }
}

/** The next number leased for a level that is not used; undefined when all are used or expired. */
export function nextLeased(
  leases: readonly NumberLease[],
  used: Pick<ReadonlySet<string>, 'has'>,
  at: { readonly levelId: string; readonly nowMs: number },
): BeaconIdentity | undefined {
  for (const { levelId, uuid, major, fromMinor, toMinor, expiresAtMs } of leases) {
    if (levelId !== at.levelId || expiresAtMs <= at.nowMs) continue
    for (let minor = fromMinor; minor <= toMinor; minor++) {
      const identity = { uuid, major, minor }
      if (!used.has(identityText(identity))) return identity
    }
  }
  return undefined
}
