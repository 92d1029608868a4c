import type { RandomStream } from '../../positioning/index.ts'
import type { BeaconSketch, SimulatedVenue } from '../../positioning/simulate/index.ts'
import { below } from './draws.ts'
import type { Whereabouts } from './journey.ts'
import type { BeaconFault } from './plan.ts'

/** One reading of one beacon. */
export interface Reading {
  readonly beacon: string
  readonly rssiDbm: number
}

/** Beyond this nothing is asked of the radio: a wall or two further on nobody hears anything, metres. */
const reachM = 40
/** Where half of the packets are lost, and the width of that step. Source: `positioning/simulate/receiver.ts`. */
const [sensitivityDbm, slopeDb] = [-93, 1.5]
const antennaHeightM = 1.2
const weakDb = 18

/**
 * What a phone has heard in the last second or so, one reading a beacon, as WeChat gives it. Lighter than
 * `positioning/simulate`, which gives every packet and every step: a mall of hundreds costs a few percent of a core.
 * O(beacons + beacons in reach × walls).
 */
export function hearAt(
  { sketch, beacons, field }: SimulatedVenue,
  at: Whereabouts & { readonly tMs: number; readonly headingRad: number; readonly offsetDb: number },
  random: RandomStream,
): Reading[] {
  const floorM = sketch.levels.find(({ id }) => id === at.levelId)?.elevationM ?? 0
  const antenna = { ...at, level: at.levelId, zM: floorM + antennaHeightM, inCabin: false }
  const readings: Reading[] = []
  for (const beacon of beacons) {
    if (beacon.level !== at.levelId) continue
    if (Math.hypot(beacon.x - at.x, beacon.y - at.y) > reachM) continue
    const dbm = field.meanDbm(beacon, antenna) + field.fadeDb(beacon, antenna, below(random, 3)) + at.offsetDb
    const heard = 1 / (1 + Math.exp((sensitivityDbm - dbm) / slopeDb))
    if (random.uniform() > heard) continue
    readings.push({ beacon: beacon.id, rssiDbm: Math.min(0, Math.max(-110, Math.round(dbm))) })
  }
  return readings
}

/**
 * The beacons as they really hang: dead, carried off to where another one hangs, heard at a second place under the same
 * identity, or nearly out of battery. The registry knows nothing of it. O(beacons + faults).
 */
export function withFaults(beacons: readonly BeaconSketch[], faults: readonly BeaconFault[]): BeaconSketch[] {
  const hanging = [...beacons]
  for (const { kind, share } of faults) {
    const at = Math.floor(share * hanging.length)
    const beacon = hanging[at]
    const elsewhere = hanging[(at + Math.floor(hanging.length / 2)) % hanging.length]
    if (!beacon || !elsewhere) continue
    const { level, x, y } = elsewhere
    if (kind === 'dead') hanging.splice(at, 1)
    else if (kind === 'weak') hanging[at] = { ...beacon, powerAt1mDbm: beacon.powerAt1mDbm - weakDb }
    else if (kind === 'moved') hanging[at] = { ...beacon, level, x, y }
    else hanging.push({ ...beacon, level, x, y })
  }
  return hanging
}
