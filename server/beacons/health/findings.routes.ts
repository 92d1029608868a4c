import { beaconsContract as contract } from '../../contract/beacons.contract.ts'
import { route } from '../../http/index.ts'
import type { Route } from '../../http/index.ts'
import { occasionOf } from '../beacons.routes.ts'
import type { BeaconServices } from '../beacons.routes.ts'
import { answerFinding, listFindings, presentFinding } from './findings.ts'

/** The routes of what is wrong with beacons. */
export function findingsRoutes(services: BeaconServices): Route[] {
  const { database, clock } = services
  return [
    route(contract.listFindings, async ({ params: { venueId }, query }) => {
      const { closed, muted, beaconId, limit } = query
      const wanted = { closed, muted, beaconId, limit, nowMs: clock() }
      const findings = await listFindings(database.dataSource.manager, venueId, wanted)
      return { status: 200, body: findings.map(presentFinding) }
    }),
    route(contract.answerFinding, async (call) => {
      const answered = await answerFinding(call.manager, occasionOf(services, call), {
        ...call.params,
        ...call.body,
      })
      return answered ? { status: 200, body: presentFinding(answered) } : { refused: 'unknown-finding' }
    }),
  ]
}
