import { beaconSecretsContract as contract } from '../../server/contract/index.ts'
import type { Answer, Client, Endpoint, RequestOf } from '../../server/contract/index.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import type { SecretVault } from './vault.ts'

type VenueId = RequestOf<typeof contract.readBeaconSecrets>['params']['venueId']

/** The server's vault of a venue; secrets travel over its connection and are kept sealed there. */
export function createServerVault(client: Client, venueId: VenueId): SecretVault {
  const call = async <E extends Endpoint>(asked: Promise<Answer<E>>) => {
    const answer = await asked.catch((error: unknown) => {
      throw unreachable(error instanceof Error ? error.message : String(error), error)
    })
    if (answer.ok) return answer.body
    const { title, detail = '' } = answer.problem
    const isPassing = answer.status >= 500 || answer.status === 429 || answer.status === 408
    if (isPassing) throw unreachable(title)
    throw new BeaconFault('vault-refused', {
      zh: `服务器的密码库拒绝了请求：${title}${detail === '' ? '' : `（${detail}）`}；信标的密码未改动。`,
      en: `The server’s vault refused: ${title}${detail === '' ? '' : ` (${detail})`}; no secret was changed.`,
    })
  }
  return {
    versions: (address) => call(client.call(contract.readBeaconSecrets, { params: { venueId, address } })),
    async keep(address, { versionId, driverId, secret }) {
      const params = { venueId, address, versionId }
      await call(client.call(contract.keepBeaconSecret, { params, body: { driverId, secret } }))
    },
    async prove(address, versionId) {
      await call(client.call(contract.proveBeaconSecret, { params: { venueId, address, versionId } }))
    },
  }
}

function unreachable(detail: string, cause?: unknown): BeaconFault {
  return new BeaconFault(
    'vault-unreachable',
    {
      zh: `连不上服务器的密码库（${detail}）；信标的密码未改动，请检查网络，或改用离线密码库。`,
      en: `The server’s vault cannot be reached (${detail}); no secret was changed. Look at the network, or use the vault in a file.`,
    },
    cause === undefined ? {} : { cause },
  )
}
