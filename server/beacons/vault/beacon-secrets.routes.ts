import { beaconSecretsContract as contract } from '../../contract/beacon-secrets.contract.ts'
import { route } from '../../http/index.ts'
import type { Route } from '../../http/index.ts'
import { occasionOf } from '../beacons.routes.ts'
import type { BeaconServices } from '../beacons.routes.ts'
import { keepSecret, proveSecret, readSecrets } from './beacon-secrets.command.ts'
import type { SecretBox } from './secret-box.ts'

/** The routes of the vault. */
export function beaconSecretsRoutes(services: BeaconServices, box: SecretBox): Route[] {
  const { database, levelsOf } = services
  return [
    route(contract.readBeaconSecrets, async (call) => {
      if (!levelsOf(call.params.venueId)) return { refused: 'unknown-venue' }
      const body = await database.transaction((manager) =>
        readSecrets(manager, occasionOf(services, call), { box, owner: call.params }),
      )
      return { status: 200, body }
    }),
    route(contract.keepBeaconSecret, async (call) => {
      const { versionId, ...owner } = call.params
      const refused = await database.transaction((manager) =>
        keepSecret(manager, occasionOf(services, call), { box, owner, version: { versionId, ...call.body } }),
      )
      return refused ?? { status: 204 }
    }),
    route(contract.proveBeaconSecret, async (call) => {
      const { versionId, ...owner } = call.params
      const refused = await database.transaction((manager) =>
        proveSecret(manager, occasionOf(services, call), { owner, versionId }),
      )
      return refused ?? { status: 204 }
    }),
  ]
}
