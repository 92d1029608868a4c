import { join } from 'node:path'
import { venueId as parseVenueId } from '../../server/contract/index.ts'
import { shippedDrivers } from '../drivers/index.ts'
import { KitFault } from '../offline/kit-fault.ts'
import { openFileJournal } from '../provisioning/file-journal.ts'
import { openFileVault, unsyncedIn } from '../provisioning/file-vault.ts'
import { linkVaults } from '../provisioning/linked-vault.ts'
import type { ProvisionLimits, ProvisionRegistry } from '../provisioning/provision.ts'
import { createProvisioner } from '../provisioning/provisioner.ts'
import { createServerVault } from '../provisioning/server-vault.ts'
import type { Radio } from '../radio/radio.ts'
import type { HandedOver, ProvisioningRoom, SecretsAt } from './context.ts'

const leastPassphrase = 12

/** The folder with its secrets, and what seals them. */
interface Sealed extends SecretsAt {
  /** Absent: none was given. */
  readonly passphrase: string | undefined
  readonly clock: () => number
}

/** The vault in a kit's folder. */
export function vaultFile(dir: string): string {
  return join(dir, 'secrets.log')
}

/**
 * Opens journal and vault of a kit's folder for provisioning. Secrets go to the server's vault as long as it can be reached.
 * @throws KitFault `no-passphrase`
 * @throws BeaconFault `vault-refused`, `journal-unwritable`
 */
export async function openProvisioningRoom(
  parts: Sealed & {
    readonly radio: Radio
    readonly registry: ProvisionRegistry
    readonly randomBytes: (count: number) => Uint8Array
    readonly limits?: Partial<ProvisionLimits>
  },
): Promise<ProvisioningRoom> {
  const { radio, registry, dir, clock, randomBytes, limits, passphrase } = parts
  if (passphrase === undefined || passphrase.length < leastPassphrase) {
    throw new KitFault('no-passphrase', {
      zh: `信标密码要加密保存：先设 ATRIUM_BEACON_PASSPHRASE（至少 ${leastPassphrase} 个字符）`,
      en: `Expected ATRIUM_BEACON_PASSPHRASE (${leastPassphrase} characters or more): the secrets of beacons are kept sealed with it`,
    })
  }
  const local = openFileVault(vaultFile(dir), { passphrase, clock })
  const vault = linkVaults(local, serverVaultOf(parts), { clock })
  try {
    await vault.handOver()
    const journal = openFileJournal(join(dir, 'provisioning.log'))
    const drivers = shippedDrivers()
    const tools = { radio, registry, journal, vault, drivers, clock, randomBytes }
    const provisioner = createProvisioner({ ...tools, ...(limits ? { limits } : {}) })
    return {
      run: (jobs, options) => provisioner.run(jobs, options),
      records: () => journal.records(),
      damage: [journal.damage, local.damage].filter((words) => words !== undefined),
      isBeacon: (seen) => drivers.some((driver) => driver.recognise(seen) === 'yes'),
      secretsHere: () => local.unsynced,
      async close() {
        await journal.close()
        local.close()
      },
    }
  } catch (error) {
    local.close()
    throw error
  }
}

/**
 * Brings the secrets of a kit's folder to the server's vault.
 * @throws BeaconFault `vault-refused`
 */
export async function handOverSecrets(parts: Sealed): Promise<HandedOver> {
  const { dir, clock, passphrase } = parts
  const waiting = unsyncedIn(vaultFile(dir))
  if (waiting === 0) return { told: 0, left: 0 }
  if (passphrase === undefined) return { told: 0, left: waiting, why: 'no-passphrase' }
  const local = openFileVault(vaultFile(dir), { passphrase, clock })
  try {
    const isTold = await linkVaults(local, serverVaultOf(parts), { clock }).handOver()
    const left = local.unsynced
    return { told: waiting - left, left, ...(isTold ? {} : { why: 'out-of-reach' as const }) }
  } finally {
    local.close()
  }
}

function serverVaultOf({ client, venueId }: SecretsAt) {
  return createServerVault(client, parseVenueId.parse(venueId))
}
