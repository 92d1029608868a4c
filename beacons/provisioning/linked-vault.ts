import { BeaconFault } from '../radio/beacon-fault.ts'
import type { FileVault } from './file-vault.ts'
import type { SecretVault } from './vault.ts'

/** The vault of this laptop and the server's as one. */
export interface LinkedVault extends SecretVault {
  /**
   * Brings what waits on this laptop to the server's vault.
   * @returns whether the server has all of it; false when it is out of reach
   * @throws BeaconFault `vault-refused`
   */
  handOver(): Promise<boolean>
}

/** A server that did not answer is left alone for so long: each try costs a beacon in a basement seconds. */
const leftAloneMs = 60_000

/**
 * Links the vault of this laptop to the server's. While the server can be reached it knows each secret before `keep` resolves, so
 * before the beacon does, and what another laptop kept is known here; without a network the sealed file stands in. Whatever waits
 * in the file goes to the server before anything else is asked of it, in its order.
 * @param tools.clock ms, to try a silent server again after a minute
 * @throws BeaconFault `vault-refused` of every function, when the server can be reached and says no: whoever is not signed in
 * there is no installer of this mall
 */
export function linkVaults(
  local: FileVault,
  server: SecretVault,
  { clock }: { readonly clock: () => number },
): LinkedVault {
  let silentUntilMs = -Infinity

  /** What the server says once it has all that waits; undefined when it is out of reach. */
  async function ofServer<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
    if (clock() < silentUntilMs) return undefined
    try {
      await local.sync(server)
      return await ask()
    } catch (error) {
      if (!(error instanceof BeaconFault) || error.id !== 'vault-unreachable') throw error
      silentUntilMs = clock() + leftAloneMs
      return undefined
    }
  }
  const handOver = async () => (await ofServer(() => Promise.resolve(true))) ?? false
  return {
    handOver,
    async versions(address) {
      const known = await ofServer(() => server.versions(address.toUpperCase()))
      if (known) await local.learn(address, known)
      return local.versions(address)
    },
    async keep(address, version) {
      await local.keep(address, version)
      await handOver()
    },
    async prove(address, versionId) {
      await local.prove(address, versionId)
      await handOver()
    },
  }
}
