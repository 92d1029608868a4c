import { beaconsContract as contract } from '../contract/beacons.contract.ts'
import { afterCommit } from '../database/index.ts'
import { route } from '../http/index.ts'
import type { Route } from '../http/index.ts'
import { occasionOf } from './beacons.routes.ts'
import type { BeaconServices } from './beacons.routes.ts'
import { chooseRadioMap, listRadioMaps, uploadRadioMap } from './radio-map.commands.ts'
import type { RadioMapRow } from './radio-map.commands.ts'
import type { RadioMaps } from './radio-maps.ts'

/** The routes of radio maps: the one in force for whoever locates, and the versions for those who survey. */
export function radioMapRoutes(services: BeaconServices, radioMaps: RadioMaps): Route[] {
  const { database, levelsOf, wake } = services
  return [
    route(contract.readRadioMap, ({ params: { venueId } }) => {
      const found = radioMaps.get(venueId)
      if (!found)
        return Promise.resolve({ refused: levelsOf(venueId) ? 'unknown-radio-map' : 'unknown-venue' })
      const { source, hash, bytes } = found
      const url = `/v1/venues/${venueId}/radio-map/${hash}`
      return Promise.resolve({ status: 200, body: { source, hash, url, bytes: bytes.length } })
    }),
    route(contract.readRadioMapContent, ({ params: { venueId, hash } }) => {
      const found = radioMaps.get(venueId)
      if (found?.hash !== hash) return Promise.resolve({ refused: 'unknown-radio-map' })
      // Private: a shared cache would hand the identities of the beacons to whoever asks.
      const headers = { 'cache-control': 'private, max-age=31536000, immutable', etag: `"${hash}"` }
      return Promise.resolve({ status: 200, body: found.bytes, headers })
    }),
    route(contract.uploadRadioMap, async (call) => {
      const { venueId } = call.params
      const levels = levelsOf(venueId)
      if (!levels) return { refused: 'unknown-venue' }
      const upload = {
        ...{ venueId, bytes: call.body, notes: call.query.notes },
        levelIds: levels.map(({ id }) => id),
      }
      const stored = await database.transaction(async (manager) => {
        afterCommit(manager, wake)
        return uploadRadioMap(manager, occasionOf(services, call), upload)
      })
      if ('refused' in stored) return stored
      return { status: stored.isNew ? 201 : 200, body: presentRadioMap(stored.row) }
    }),
    route(contract.listRadioMaps, async ({ params: { venueId } }) => {
      const rows = await listRadioMaps(database.dataSource.manager, venueId)
      return { status: 200, body: rows.map(presentRadioMap) }
    }),
    route(contract.chooseRadioMap, async (call) => {
      const choice = { venueId: call.params.venueId, number: call.body.number }
      const chosen = await database.transaction(async (manager) => {
        afterCommit(manager, wake)
        return chooseRadioMap(manager, occasionOf(services, call), choice)
      })
      return chosen ? { status: 204 } : { refused: 'unknown-radio-map' }
    }),
  ]
}

function presentRadioMap(row: RadioMapRow) {
  const { number, hash, size, beacons, active, notes, created_at: createdAt, created_by: createdBy } = row
  return { number, hash, bytes: size, beacons, active, notes, createdAtMs: createdAt.getTime(), createdBy }
}
