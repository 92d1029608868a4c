import type { z } from 'zod'
import { toXy } from '../../maps/model/index.ts'
import type { beaconsContract } from '../contract/beacons.contract.ts'
import type { Immutable } from '../contract/endpoint.ts'
import type { Beacon } from './beacon.ts'
import type { BeaconLevel } from './level-frames.ts'

type PresentedBeacon = Immutable<z.input<(typeof beaconsContract)['readBeacon']['responses'][200]>>

/** A beacon as its operators see it, with its place in degrees and, on a level of the published map, in metres. */
export function presentBeacon(beacon: Beacon, levels: readonly BeaconLevel[] | undefined): PresentedBeacon {
  const { uuid, major, minor, model, serial, mac, firmware, batteryPercent, batteryAtMs } = beacon
  const place = placeOf(beacon, levels)
  return {
    id: beacon.beaconId,
    revision: beacon.revision,
    identity: { uuid, major, minor },
    state: beacon.state,
    ...(place ? { place } : {}),
    mount: beacon.mount,
    mountHeightM: beacon.mountHeightM,
    hardware: { model, serial, mac, firmware },
    measuredPowerDbm: beacon.measuredPowerDbm,
    txPowerDbm: beacon.txPowerDbm,
    intervalMs: beacon.intervalMs,
    ...(batteryPercent === null || batteryAtMs === null
      ? {}
      : { battery: { percent: batteryPercent, atMs: batteryAtMs } }),
    groups: beacon.groups,
    notes: beacon.notes,
    createdAtMs: beacon.createdAtMs,
    updatedAtMs: beacon.updatedAtMs,
  }
}

function placeOf(
  { levelId, lon, lat }: Beacon,
  levels: readonly BeaconLevel[] | undefined,
): PresentedBeacon['place'] {
  if (levelId === null || lon === null || lat === null) return undefined
  const level = levels?.find(({ id }) => id === levelId)
  const metres = level && toXy(level.frame, [lon, lat])
  return {
    levelId,
    level: level?.name ?? '',
    lonLat: [lon, lat],
    ...(metres ? { x: toMillimetres(metres.x), y: toMillimetres(metres.y) } : {}),
  }
}

function toMillimetres(metres: number): number {
  return Math.round(metres * 1000) / 1000
}
