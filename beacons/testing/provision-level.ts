/**
 * A tool that provisions a level, as a process of its own that a test can kill. Takes its orders as JSON in its only argument;
 * prints each event as a line of JSON, and ends with 0.
 */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { beaconsContract, createClient } from '../../server/contract/index.ts'
import type { Client, RequestOf } from '../../server/contract/index.ts'
import { shippedDrivers } from '../drivers/index.ts'
import { AppendLog } from '../offline/append-log.ts'
import { FileJournal } from '../provisioning/file-journal.ts'
import { openFileVault } from '../provisioning/file-vault.ts'
import { linkVaults } from '../provisioning/linked-vault.ts'
import { createProvisioner } from '../provisioning/provisioner.ts'
import { createServerVault } from '../provisioning/server-vault.ts'
import type { ProvisionJob, ProvisionRegistry } from '../provisioning/provision.ts'
import { openRadio } from '../radio/bluez-radio.ts'
import { testLimits } from './rig.ts'

/** What the process is told. */
export interface LevelOrders {
  readonly busAddress: string
  readonly folder: string
  readonly baseUrl: string
  readonly token: string
  readonly venueId: VenueId
  readonly jobs: readonly ProvisionJob[]
  /** The disk takes so many entries of the journal, and half of the next. */
  readonly fullAfter?: number
}

type VenueId = RequestOf<typeof beaconsContract.readBeacon>['params']['venueId']

/** Tells the server's registry what the planned beacon became. */
function serverRegistry(client: Client, venueId: VenueId): ProvisionRegistry {
  return {
    async record({ beaconId = '', address, config, reading, jobId }) {
      const params = { venueId, beaconId }
      const now = await client.call(beaconsContract.readBeacon, { params })
      if (!now.ok) throw new Error(now.problem.title)
      const body = {
        revision: now.body.revision,
        hardware: { mac: address, model: reading.model ?? '', firmware: reading.firmware ?? '' },
        ...(config.intervalMs === undefined ? {} : { intervalMs: config.intervalMs }),
        ...(reading.measuredPowerDbm === undefined ? {} : { measuredPowerDbm: reading.measuredPowerDbm }),
      }
      const changed = await client.call(
        beaconsContract.changeBeacon,
        { params, body },
        { idempotencyKey: jobId },
      )
      return changed.ok
        ? undefined
        : { refused: 'registry', words: { zh: changed.problem.title, en: changed.problem.title } }
    },
  }
}

async function provisionLevel(orders: LevelOrders): Promise<void> {
  const { busAddress, folder, baseUrl, token, venueId, jobs, fullAfter = Infinity } = orders
  const client = createClient({ baseUrl, fetch, token: () => token })
  const radio = await openRadio({ clock: () => Date.now(), busAddress, limits: testLimits })
  let entries = 0
  const log = new AppendLog(join(folder, 'journal'), {
    writeSync(fd, bytes) {
      if (entries++ < fullAfter) return writeSync(fd, bytes)
      writeSync(fd, bytes.subarray(0, bytes.length >> 1))
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    },
  })
  const journal = new FileJournal(log)
  const clock = () => Date.now()
  const local = openFileVault(join(folder, 'secrets'), { passphrase: 'only for this level', clock })
  const provisioner = createProvisioner({
    ...{
      radio,
      drivers: shippedDrivers(),
      journal,
      clock,
      vault: linkVaults(local, createServerVault(client, venueId), { clock }),
    },
    ...{ registry: serverRegistry(client, venueId), randomBytes },
    limits: { attempts: 6, onAirMs: 3000, pauseMs: 5 },
  })
  await provisioner.run(jobs, {
    onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  })
  await journal.close()
  local.close()
  await radio.close()
}

await provisionLevel(JSON.parse(process.argv[2] ?? '') as LevelOrders)
// What answers of the server are kept open for is over.
process.exit(0)
