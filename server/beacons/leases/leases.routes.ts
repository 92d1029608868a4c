import { beaconsContract as contract } from '../../contract/beacons.contract.ts'
import { route } from '../../http/index.ts'
import type { Route } from '../../http/index.ts'
import { occasionOf } from '../beacons.routes.ts'
import type { BeaconServices } from '../beacons.routes.ts'
import { leaseNumbers, runningLeases } from './lease-numbers.command.ts'
import type { NumberLease } from './lease-numbers.command.ts'

/** The routes of numbers that are taken along. */
export function leasesRoutes(services: BeaconServices): Route[] {
  const { database, clock, levelsOf } = services
  return [
    route(contract.leaseBeaconNumbers, async (call) => {
      const { venueId } = call.params
      const { levelId, count, hours, uuid } = call.body
      const levels = levelsOf(venueId)
      if (!levels) return { refused: 'unknown-venue' }
      const level = levels.find(({ id }) => id === levelId)
      if (!level) return { refused: 'unknown-level' }
      const leased = await leaseNumbers(call.manager, occasionOf(services, call), {
        ...{ venueId, level, count, hours, uuid },
      })
      return 'refused' in leased ? leased : { status: 201, body: presentLease(leased) }
    }),
    route(contract.listBeaconNumberLeases, async ({ params: { venueId } }) => ({
      status: 200,
      body: (await runningLeases(database.dataSource.manager, venueId, clock())).map(presentLease),
    })),
  ]
}

function presentLease(lease: NumberLease) {
  const { leaseId: id, levelId, uuid, major, fromMinor, toMinor, leasedTo, expiresAtMs } = lease
  return { id, levelId, uuid, major, fromMinor, toMinor, leasedTo, expiresAtMs }
}
