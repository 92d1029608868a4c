import { presenceContract as contract } from '../contract/presence.contract.ts'
import { route } from '../http/index.ts'
import type { Route } from '../http/index.ts'
import type { Presence } from './presence.ts'

/** The routes of the subject `presence`. */
export function presenceRoutes(presence: Presence, isPublished: (venueId: string) => boolean): Route[] {
  return [
    route(contract.reportSightings, async ({ identity, params: { venueId }, body }) => {
      const answer = await presence.report(identity.id, venueId, body)
      return 'refused' in answer ? answer : { status: 200, body: answer }
    }),
    route(contract.readDoubts, ({ params: { venueId } }) =>
      Promise.resolve(
        isPublished(venueId)
          ? { status: 200, body: presence.doubts.of(venueId) }
          : { refused: 'unknown-venue' as const },
      ),
    ),
  ]
}
