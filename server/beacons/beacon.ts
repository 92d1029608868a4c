import type { LevelId, VenueId } from '../../maps/model/index.ts'

/** Life of a beacon: on the plan, hung, tried by an installer, gone. */
export const states = ['planned', 'installed', 'verified', 'retired'] as const
export type BeaconState = (typeof states)[number]

export const mounts = ['ceiling', 'wall', 'pillar', 'furniture', 'other'] as const
export type Mount = (typeof mounts)[number]

/** Beacons of a venue that are not retired; a mall of 100,000 m² plans some 1,200. */
export const maxBeacons = 20_000

/** What can be changed of a beacon. */
export interface BeaconFields {
  readonly state: BeaconState
  /** Level and WGS 84 position go together; null: nobody has said where yet. */
  readonly levelId: LevelId | null
  readonly lon: number | null
  readonly lat: number | null
  readonly mount: Mount
  readonly mountHeightM: number
  readonly model: string
  readonly serial: string
  readonly mac: string
  readonly firmware: string
  /** Expected rssi at one metre. */
  readonly measuredPowerDbm: number
  readonly txPowerDbm: number | null
  readonly intervalMs: number
  readonly batteryPercent: number | null
  readonly batteryAtMs: number | null
  readonly groups: readonly string[]
  readonly notes: string
}

export interface BeaconIdentity {
  /** Lower case. */
  readonly uuid: string
  readonly major: number
  readonly minor: number
}

export interface Beacon extends BeaconFields, BeaconIdentity {
  readonly venueId: VenueId
  readonly beaconId: string
  /** Counts its changes from 1. */
  readonly revision: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** What a beacon is before anybody says more of it. */
export const newBeaconFields: BeaconFields = {
  state: 'planned',
  levelId: null,
  lon: null,
  lat: null,
  mount: 'ceiling',
  mountHeightM: 3,
  model: '',
  serial: '',
  mac: '',
  firmware: '',
  measuredPowerDbm: -59,
  txPowerDbm: null,
  intervalMs: 500,
  batteryPercent: null,
  batteryAtMs: null,
  groups: [],
  notes: '',
}

/** The name the radio map and every sighting know it by: `uuid/major/minor`. */
export function identityText({ uuid, major, minor }: BeaconIdentity): string {
  return `${uuid}/${major}/${minor}`
}

const reachable: Readonly<Record<BeaconState, readonly BeaconState[]>> = {
  planned: ['installed', 'retired'],
  installed: ['planned', 'verified', 'retired'],
  verified: ['planned', 'installed', 'retired'],
  retired: [],
}

/** Whether presence hears a beacon in this state. */
export function hangs(state: BeaconState): boolean {
  return state === 'installed' || state === 'verified'
}

export interface NeedsPlace {
  readonly refused: 'beacon-needs-place'
  readonly detail: string
}

export type ChangeRefusal =
  | {
      readonly refused: 'state-out-of-reach'
      readonly detail: string
      readonly facts: {
        readonly from: BeaconState
        readonly to: BeaconState
        readonly reachable: readonly BeaconState[]
      }
    }
  | NeedsPlace

/** Fields that differ, before and after. */
export type FieldChanges = Readonly<Record<string, readonly [unknown, unknown]>>

/**
 * What a beacon becomes by a change, by the rules of its life: states follow one another, what hangs has a place, and
 * a verified beacon that is moved has to be verified again.
 * @returns its fields with what differs (nothing: the change changes nothing), or a refusal
 */
export function changeFields(
  before: BeaconFields,
  change: Partial<BeaconFields>,
): { readonly fields: BeaconFields; readonly changes: FieldChanges } | ChangeRefusal {
  const merged = { ...before, ...change }
  const moved = merged.levelId !== before.levelId || merged.lon !== before.lon || merged.lat !== before.lat
  const state =
    moved && before.state === 'verified' && change.state === undefined ? 'installed' : merged.state
  const fields = { ...merged, state }
  if (state !== before.state && !reachable[before.state].includes(state)) {
    const facts = { from: before.state, to: state, reachable: reachable[before.state] }
    return {
      refused: 'state-out-of-reach',
      detail: `A beacon that is ${before.state} cannot become ${state}.`,
      facts,
    }
  }
  return needsPlace(fields) ?? { fields, changes: differences(before, fields) }
}

/** The refusal of a beacon that hangs nowhere; a new one may begin in any state. */
export function needsPlace({ state, levelId }: BeaconFields): NeedsPlace | undefined {
  if (!hangs(state) || levelId !== null) return undefined
  return { refused: 'beacon-needs-place', detail: `A beacon that is ${state} hangs somewhere: say where.` }
}

/** Fields that differ, before and after. */
export function differences(before: BeaconFields, after: BeaconFields): FieldChanges {
  const changes: Record<string, readonly [unknown, unknown]> = {}
  for (const [name, value] of Object.entries(after) as [keyof BeaconFields, unknown][]) {
    if (name in newBeaconFields && JSON.stringify(before[name]) !== JSON.stringify(value)) {
      changes[name] = [before[name], value]
    }
  }
  return changes
}
