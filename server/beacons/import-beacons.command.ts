import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Occasion } from '../identities/index.ts'
import { maxBeacons } from './beacon.ts'
import type { BeaconFields, BeaconIdentity } from './beacon.ts'
import { planCsv } from './beacon-csv.ts'
import type { CsvPlan } from './beacon-csv.ts'
import { findBeacons, newBeacon } from './beacon-store.ts'
import { changedBeacon, registryOf, storeWrites } from './change-beacons.command.ts'
import type { BeaconLevel } from './level-frames.ts'

const present = ['planned', 'installed', 'verified'] as const

/**
 * Registers and changes beacons from a table, all or nothing. Without `apply`, or with any fault, nothing is written.
 * @param table.text decoded UTF-8
 * @returns what the table says and whether it was carried out, or a refusal
 */
export async function importBeacons(
  manager: EntityManager,
  occasion: Occasion,
  table: {
    readonly venueId: VenueId
    readonly text: string
    readonly levels: readonly BeaconLevel[]
    readonly apply: boolean
  },
): Promise<
  | { readonly plan: CsvPlan; readonly applied: boolean }
  | { readonly refused: 'unknown-venue' }
  | { readonly refused: 'too-many-beacons'; readonly facts: { readonly maxBeacons: number } }
> {
  const { venueId, text, levels, apply } = table
  if (apply && !(await registryOf(manager, venueId))) return { refused: 'unknown-venue' }
  const beacons = await findBeacons(manager, venueId, { states: present })
  const plan = planCsv(text, { present: beacons, levels, nowMs: occasion.nowMs })
  if (beacons.length + plan.created.length > maxBeacons) {
    return { refused: 'too-many-beacons', facts: { maxBeacons } }
  }
  if (!apply || plan.faults.length > 0) return { plan, applied: false }
  const created = plan.created.map(({ identity, fields }) =>
    newBeacon({ venueId, ...identity, ...fields }, occasion),
  )
  const changed = plan.changed.map(({ before, ...change }) => changedBeacon(before, change, occasion))
  await storeWrites(manager, { occasion, cause: 'imported' }, { venueId, created, changed })
  return { plan, applied: true }
}

/**
 * Registers the beacons of a venue that has none yet: those an archive brings along.
 * @returns how many; 0 when the venue has beacons already
 */
export async function registerFirstBeacons(
  manager: EntityManager,
  occasion: Occasion,
  {
    venueId,
    beacons,
  }: {
    readonly venueId: VenueId
    readonly beacons: readonly { readonly identity: BeaconIdentity; readonly fields: BeaconFields }[]
  },
): Promise<number> {
  if (!(await registryOf(manager, venueId))) return 0
  if ((await findBeacons(manager, venueId)).length > 0) return 0
  const created = beacons
    .slice(0, maxBeacons)
    .map(({ identity, fields }) => newBeacon({ venueId, ...identity, ...fields }, occasion))
  await storeWrites(manager, { occasion, cause: 'imported' }, { venueId, created, changed: [] })
  return created.length
}
