import { RandomStream } from '../../positioning/index.ts'
import {
  anyPerson,
  mallRadio,
  plannedLayout,
  radioField,
  simulateWalk,
  standardBuilding,
} from '../../positioning/simulate/index.ts'
import type { BeaconSketch } from '../../positioning/simulate/index.ts'
import { heldAndroid } from '../../positioning/testing/simulated-mall.ts'
import { auditWalk } from './index.ts'
import type { AirPacket, AuditedBeacon, AuditKind } from './index.ts'

/** The thresholds of `walk-audit.ts` were chosen with the first; the second were asked once they stood. */
const sets = { chosenWith: [1, 2, 3, 4, 5, 6, 7, 8], heldOut: Array.from({ length: 12 }, (_, n) => 101 + n) }
const [quieterDb, leastMoveM] = [16, 15]

interface Tally {
  readonly planted: Record<AuditKind, number>
  readonly found: Record<AuditKind, number>
  /** Findings about beacons that are well, or of another kind than what was planted. */
  readonly wrong: string[]
  judged: number
  notWalked: number
}

/**
 * `npm run bench -- beacon-audit`. In each building one walk of a seeded person past every corridor of a level: two beacons
 * missing, two moved by 15 m or more, two 16 dB quieter, one number twice. How many are found, and what is found that is not so.
 */
export function run(): object {
  return Object.fromEntries(
    Object.entries(sets).map(([name, seeds]) => {
      const tally: Tally = {
        planted: { missing: 0, moved: 0, weak: 0, duplicate: 0 },
        found: { missing: 0, moved: 0, weak: 0, duplicate: 0 },
        ...{ wrong: [], judged: 0, notWalked: 0 },
      }
      for (const seed of seeds) auditOne(seed, tally)
      return [name, { seeds, ...tally }]
    }),
  )
}

const building = standardBuilding()
const layout = plannedLayout(building.sketch, 90)
const registry: readonly AuditedBeacon[] = layout.map(({ id, level, x, y, powerAt1mDbm }) => ({
  ...{ key: id, id, level, x, y, measuredPowerDbm: powerAt1mDbm },
}))

function auditOne(seed: number, tally: Tally): void {
  const random = new RandomStream(seed)
  const level = building.sketch.levels[seed % building.sketch.levels.length]!.id
  const left = layout.filter((beacon) => beacon.level === level)
  const pick = () => left.splice(Math.floor(random.uniform() * left.length), 1)[0]!
  const planted = new Map<string, AuditKind>()
  const plant = (kind: AuditKind) => {
    const { id } = pick()
    planted.set(id, kind)
    tally.planted[kind]++
  }
  for (const kind of ['missing', 'moved', 'weak', 'missing', 'moved', 'weak', 'duplicate'] as const)
    plant(kind)
  const hung = layout.flatMap((beacon) => changed(beacon, planted.get(beacon.id), random))
  const audit = auditWalk(walkOn(level, hung, seed, random), registry, [level])
  tally.judged += audit.judged.length
  tally.notWalked += audit.notWalked.length
  for (const { kind, beacon } of audit.findings) {
    if (planted.get(beacon.key) === kind) tally.found[kind]++
    else tally.wrong.push(`${seed}: ${beacon.key} ${kind}, is ${planted.get(beacon.key) ?? 'well'}`)
  }
}

/** What of a beacon hangs, when this is wrong with it. */
function changed(beacon: BeaconSketch, kind: AuditKind | undefined, random: RandomStream): BeaconSketch[] {
  const elsewhere = () => {
    const far = layout.filter(
      ({ level, x, y }) => level === beacon.level && Math.hypot(x - beacon.x, y - beacon.y) >= leastMoveM,
    )
    const { x, y } = far[Math.floor(random.uniform() * far.length)]!
    return { x, y: y + 2 }
  }
  switch (kind) {
    case undefined:
      return [beacon]
    case 'missing':
      return []
    case 'moved':
      return [{ ...beacon, ...elsewhere() }]
    case 'weak':
      return [{ ...beacon, powerAt1mDbm: beacon.powerAt1mDbm - quieterDb }]
    case 'duplicate':
      return [beacon, { ...beacon, id: `${beacon.id}@AA:00`, ...elsewhere() }]
  }
}

function walkOn(
  level: string,
  hung: readonly BeaconSketch[],
  seed: number,
  random: RandomStream,
): AirPacket[] {
  const venue = {
    sketch: building.sketch,
    beacons: hung,
    field: radioField(building.sketch, mallRadio, seed),
  }
  const [first, ...rest] = [0, 3, 4, 7, 0, 1, 8, 11, 6, 5, 10, 9, 2].map(
    (index) => building.crossings[index]!,
  )
  const walk = simulateWalk(
    {
      ...{ venue, person: anyPerson(random), phone: heldAndroid },
      departure: { ...first!, level, tMs: 0 },
      legs: rest.map((to) => ({ kind: 'walk' as const, to })),
    },
    random,
  )
  return walk.events.flatMap((event) => {
    if (event.kind !== 'beacon') return []
    const [key = '', address = key] = event.id.split('@')
    return [{ atMs: event.tMs, key, address, rssiDbm: event.rssiDbm }]
  })
}
