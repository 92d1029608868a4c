import { beaconSecretsContract as contract } from '../../server/contract/index.ts'
import type { Answer, Client, Endpoint, RequestOf } from '../../server/contract/index.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import type { SecretVault } from './vault.ts'

type VenueId = RequestOf<typeof contract.readBeaconSecrets>['params']['venueId']

/** A basement's network takes packets and gives none back; nobody waits longer for it, with a beacon in hand. */
const answerMs = 5000

/**
 * The server's vault of a venue; secrets travel over its connection and are kept sealed there.
 * @throws BeaconFault of every function: `vault-unreachable` when it says nothing within five seconds or has no time,
 * `vault-refused` when it says no
 */
export function createServerVault(client: Client, venueId: VenueId): SecretVault {
  const call = async <E extends Endpoint>(asked: Promise<Answer<E>>) => {
    const answer = await inTime(asked).catch((error: unknown) => {
      throw unreachable(error instanceof Error ? error.message : String(error), error)
    })
    if (answer.ok) return answer.body
    const { title, detail = '' } = answer.problem
    const isPassing = answer.status >= 500 || answer.status === 429 || answer.status === 408
    if (isPassing) throw unreachable(title)
    if (answer.status === 401) {
      throw new BeaconFault('vault-refused', {
        zh: '服务器的密码库要求登录；信标的密码未改动：先 beacons sign-in，或断网工作。',
        en: 'The server’s vault asks to sign in; no secret was changed: run "beacons sign-in", or work without the network.',
      })
    }
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

/** The answer, unless it takes longer than anybody waits. */
async function inTime<Value>(asked: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${answerMs / 1000} s`))
    }, answerMs)
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
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
