import type { EntityManager } from 'typeorm'
import { beaconsContract as contract } from '../../contract/beacons.contract.ts'
import { route } from '../../http/index.ts'
import type { Route } from '../../http/index.ts'
import { occasionOf } from '../beacons.routes.ts'
import type { BeaconServices } from '../beacons.routes.ts'
import { answerFinding, listFindings, presentFinding } from './findings.ts'
import type { Finding } from './findings.ts'
import { takeAudit } from './take-audit.command.ts'

/** The routes of what is wrong with beacons. */
export function findingsRoutes(
  services: BeaconServices & {
    /** Writes to the outbox that a finding opened or closed. */
    readonly tellFinding: (manager: EntityManager, finding: Finding) => Promise<void>
  },
): Route[] {
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
    route(contract.auditBeacons, async (call) => {
      const { venueId } = call.params
      const told = await takeAudit(call.manager, occasionOf(services, call), { venueId, ...call.body })
      if ('refused' in told) return told
      for (const finding of told) await services.tellFinding(call.manager, finding)
      const idsOf = (isWanted: (finding: Finding) => boolean) =>
        told.filter(isWanted).map(({ findingId }) => findingId)
      return {
        status: 200,
        body: {
          opened: idsOf(({ closedAtMs }) => closedAtMs === null),
          closed: idsOf(({ closedAtMs }) => closedAtMs !== null),
        },
      }
    }),
  ]
}
