import { beaconSecretsContract } from './beacon-secrets.contract.ts'
import { beaconsContract } from './beacons.contract.ts'
import type { Endpoint } from './endpoint.ts'
import { identitiesContract } from './identities.contract.ts'
import { kiosksContract } from './kiosks.contract.ts'
import { navigationContract } from './navigation.contract.ts'
import { offersContract } from './offers.contract.ts'
import { parkingContract } from './parking.contract.ts'
import { platformContract } from './platform.contract.ts'
import { presenceContract } from './presence.contract.ts'
import { venuesContract } from './venues.contract.ts'
import { visitorsContract } from './visitors.contract.ts'
import { webhooksContract } from './webhooks.contract.ts'

export * from './beacon-secrets.contract.ts'
export * from './beacons.contract.ts'
export * from './client.ts'
export * from './endpoint.ts'
export * from './identities.contract.ts'
export * from './campaign-values.ts'
export * from './floor-stream.ts'
export * from './kiosk-values.ts'
export * from './kiosks.contract.ts'
export * from './navigation.contract.ts'
export * from './offer-rules.ts'
export * from './offers.contract.ts'
export * from './parking.contract.ts'
export * from './platform.contract.ts'
export * from './presence.contract.ts'
export * from './problem.ts'
export * from './values.ts'
export * from './venues.contract.ts'
export * from './webhooks.contract.ts'
export * from './realtime.contract.ts'
export * from './stream-follower.ts'
export * from './visitors.contract.ts'

/**
 * Every endpoint the server serves; a test holds that each has exactly one route and the other way round.
 * A subject joins with one line once its routes are there.
 */
export const endpoints: readonly Endpoint[] = [
  ...Object.values(platformContract),
  ...Object.values(identitiesContract),
  ...Object.values(venuesContract),
  ...Object.values(parkingContract),
  ...Object.values(beaconsContract),
  ...Object.values(beaconSecretsContract),
  ...Object.values(navigationContract),
  ...Object.values(kiosksContract),
  ...Object.values(visitorsContract),
  ...Object.values(presenceContract),
  ...Object.values(offersContract),
  ...Object.values(webhooksContract),
]
