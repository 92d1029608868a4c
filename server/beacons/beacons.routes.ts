import type { output } from 'zod'
import { toLonLat } from '../../maps/model/index.ts'
import type { VenueId } from '../../maps/model/index.ts'
import { beaconsContract as contract } from '../contract/beacons.contract.ts'
import { afterCommit } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { route } from '../http/index.ts'
import type { Identity, Route } from '../http/index.ts'
import { actorOf } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Beacon, BeaconFields } from './beacon.ts'
import { writeCsv } from './beacon-csv.ts'
import { findBeacons, pageOfBeacons } from './beacon-store.ts'
import { mayChangeFields } from './beacon.policy.ts'
import { presentBeacon } from './beacon.presenter.ts'
import { changeBeacons, createBeacon } from './change-beacons.command.ts'
import { importBeacons } from './import-beacons.command.ts'
import { isLeasedTo } from './leases/lease-numbers.command.ts'
import type { LevelsOf } from './level-frames.ts'

export interface BeaconServices {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly levelsOf: LevelsOf
  /** Loads what changed; after a commit, in the background. */
  readonly wake: () => void
}

/** The routes of the registry itself. */
export function beaconsRoutes(services: BeaconServices): Route[] {
  return [...readRoutes(services), ...writeRoutes(services), ...tableRoutes(services)]
}

/** Who asks, when, for which request. */
export function occasionOf(
  { clock, newId }: Pick<BeaconServices, 'clock' | 'newId'>,
  { identity, requestId }: { readonly identity: Identity; readonly requestId: string },
): Occasion {
  return { actor: actorOf(identity), requestId, nowMs: clock(), newId }
}

function readRoutes({ database, levelsOf }: BeaconServices): Route[] {
  const { manager } = database.dataSource
  return [
    route(contract.listBeacons, async ({ params: { venueId }, query }) => {
      const levels = levelsOf(venueId)
      if (!levels) return { refused: 'unknown-venue' }
      const { state, level, group, text, after, limit } = query
      const filter = {
        ...(state === undefined ? {} : { states: [state] }),
        ...(level === undefined ? {} : { level }),
        ...(group === undefined ? {} : { group }),
        ...(text === undefined ? {} : { text }),
      }
      const { beacons, total } = await pageOfBeacons(manager, venueId, { filter, after, limit })
      return {
        status: 200,
        body: { beacons: beacons.map((beacon) => presentBeacon(beacon, levels)), total },
      }
    }),
    route(contract.readBeacon, async ({ params: { venueId, beaconId } }) => {
      const [beacon] = await findBeacons(manager, venueId, { ids: [beaconId] })
      if (!beacon) return { refused: 'unknown-beacon' }
      return { status: 200, body: presentBeacon(beacon, levelsOf(venueId)) }
    }),
    route(contract.readBeaconHistory, async ({ params: { venueId, beaconId }, query: { before, limit } }) => {
      const rows: readonly HistoryFound[] = await manager.query(
        `SELECT revision, at, actor, cause, changes FROM beacon_change
         WHERE venue_id = $1 AND beacon_id = $2 AND revision < $3 ORDER BY revision DESC LIMIT $4`,
        [venueId, beaconId, before ?? 2 ** 31 - 1, limit],
      )
      if (rows.length === 0 && (await findBeacons(manager, venueId, { ids: [beaconId] })).length === 0) {
        return { refused: 'unknown-beacon' }
      }
      return { status: 200, body: rows.map(({ at, ...entry }) => ({ ...entry, atMs: at.getTime() })) }
    }),
  ]
}

interface HistoryFound {
  readonly revision: number
  readonly at: Date
  readonly actor: string
  readonly cause: 'created' | 'edited' | 'imported'
  readonly changes: Readonly<Record<string, [unknown, unknown]>>
}

function writeRoutes(services: BeaconServices): Route[] {
  const { levelsOf, wake } = services
  return [
    route(contract.createBeacon, async (call) => {
      const { venueId } = call.params
      const { identity, ...change } = call.body
      const fields = fieldsOf(change, services, venueId)
      if ('refused' in fields) return fields
      const actor = actorOf(call.identity)
      if (
        !call.identity.roles.includes('operator') &&
        !(await isLeasedTo(call.manager, venueId, { identity, actor }))
      ) {
        return { refused: 'not-leased', facts: { ...identity } }
      }
      const made = await createBeacon(call.manager, occasionOf(services, call), { venueId, identity, fields })
      if ('refused' in made) return made
      afterCommit(call.manager, wake)
      return { status: 201, body: presentBeacon(made, levelsOf(venueId)) }
    }),
    route(
      contract.changeBeacon,
      async (call) => {
        const { venueId, beaconId } = call.params
        const { revision, ...change } = call.body
        const fields = fieldsOf(change, services, venueId)
        if ('refused' in fields) return fields
        const edits = [{ beaconId, revision, change: () => fields }]
        const changed = await changeBeacons(call.manager, occasionOf(services, call), { venueId, edits })
        if ('refused' in changed) return changed
        afterCommit(call.manager, wake)
        const [beacon] = changed
        return beacon
          ? { status: 200, body: presentBeacon(beacon, levelsOf(venueId)) }
          : { refused: 'unknown-beacon' }
      },
      ({ identity, body }) => mayChangeFields(identity, body),
    ),
    route(
      contract.changeBeacons,
      async (call) => {
        const { venueId } = call.params
        const { beacons, change } = call.body
        const { addGroups = [], removeGroups = [], ...plain } = change
        const plainly = plainFields(plain, services.clock())
        const fields = (before: Beacon) => ({
          ...plainly,
          groups: [...new Set([...before.groups, ...addGroups])].filter((one) => !removeGroups.includes(one)),
        })
        const edits = beacons.map(({ id, revision }) => ({ beaconId: id, revision, change: fields }))
        const changed = await changeBeacons(call.manager, occasionOf(services, call), { venueId, edits })
        if ('refused' in changed) return changed
        afterCommit(call.manager, wake)
        return {
          status: 200,
          body: { beacons: changed.map(({ beaconId, revision }) => ({ id: beaconId, revision })) },
        }
      },
      ({ identity, body }) => mayChangeFields(identity, body.change),
    ),
  ]
}

type AskedChange = Omit<output<(typeof contract)['changeBeacon']['request']['body']>, 'revision'>

/** A change as the contract has it, in the fields of a beacon; its place in degrees. */
function fieldsOf(
  { place, ...change }: AskedChange,
  { levelsOf, clock }: BeaconServices,
  venueId: VenueId,
): Partial<BeaconFields> | { readonly refused: 'unknown-level' } {
  const position = positionOf(place, levelsOf(venueId) ?? [])
  if (position && 'refused' in position) return position
  return { ...plainFields(change, clock()), ...(position ?? {}) }
}

/** The same without a place; a battery without a time is read now. */
function plainFields(
  { hardware, battery, ...plain }: Omit<AskedChange, 'place'>,
  nowMs: number,
): Partial<BeaconFields> {
  return {
    ...plain,
    ...(hardware ?? {}),
    ...(battery ? { batteryPercent: battery.percent, batteryAtMs: battery.atMs ?? nowMs } : {}),
  }
}

function positionOf(
  place: AskedChange['place'],
  levels: NonNullable<ReturnType<LevelsOf>>,
): Pick<BeaconFields, 'levelId' | 'lon' | 'lat'> | { readonly refused: 'unknown-level' } | undefined {
  if (place === undefined) return undefined
  if (place === null) return { levelId: null, lon: null, lat: null }
  const level = levels.find(({ id }) => id === place.levelId)
  if (!level) return { refused: 'unknown-level' }
  const [lon, lat] = 'lonLat' in place ? place.lonLat : toLonLat(level.frame, place)
  return { levelId: level.id, lon, lat }
}

function tableRoutes(services: BeaconServices): Route[] {
  const { database, levelsOf, wake } = services
  return [
    route(contract.importBeacons, async (call) => {
      const { venueId } = call.params
      const levels = levelsOf(venueId)
      if (!levels) return { refused: 'unknown-venue' }
      const text = utf8(call.body)
      if (text === undefined) {
        return { refused: 'bad-csv', detail: 'The file is not UTF-8; in a spreadsheet choose "CSV UTF-8".' }
      }
      const { apply } = call.query
      const result = await database.transaction(async (manager) => {
        const done = await importBeacons(manager, occasionOf(services, call), {
          venueId,
          text,
          levels,
          apply,
        })
        if ('applied' in done && done.applied) afterCommit(manager, wake)
        return done
      })
      if ('refused' in result) return result
      const { plan, applied } = result
      if (apply && !applied) {
        return {
          refused: 'bad-csv',
          detail: 'Nothing was changed.',
          facts: { faults: plan.faults.slice(0, 100) },
        }
      }
      const { lines, created, changed, unchanged, faults } = plan
      const counts = { lines, created: created.length, changed: changed.length, unchanged }
      return { status: 200, body: { applied, ...counts, faults } }
    }),
    route(contract.exportBeacons, async ({ params: { venueId } }) => {
      const levels = levelsOf(venueId)
      if (!levels) return { refused: 'unknown-venue' }
      const beacons = await findBeacons(database.dataSource.manager, venueId, {
        states: ['planned', 'installed', 'verified'],
      })
      const headers = { 'content-disposition': `attachment; filename="beacons-${venueId}.csv"` }
      return { status: 200, body: writeCsv(beacons, levels), headers }
    }),
  ]
}

/** The text of UTF-8 bytes; undefined when they are not. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
