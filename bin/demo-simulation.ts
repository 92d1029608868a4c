import { createHmac } from 'node:crypto'
import { IsNull } from 'typeorm'
import type { EntityManager } from 'typeorm'
import { realTime, simulate } from '../bench/simulate/index.ts'
import type { Crew, Floor } from '../bench/simulate/index.ts'
import type { VenueId } from '../maps/model/index.ts'
import { createClient, identitiesContract } from '../server/contract/index.ts'
import type { DeviceRole } from '../server/contract/index.ts'
import type { Database } from '../server/database/index.ts'
import type { DemoShoppers } from '../server/http/index.ts'
import { createAccount, insertDevice, kioskDeviceEntity, tokenHash } from '../server/identities/index.ts'
import type { Config } from '../server/platform/config.ts'
import { newUuid } from '../server/platform/ids.ts'
import type { Log } from '../server/platform/log.ts'
import { readTokenSecrets } from '../server/platform/token-secret.ts'

/** Simulated shoppers in the demo mall, beside the server that serves it. */
export interface DemoSimulation {
  readonly shoppers: DemoShoppers
  /** Lets them live against the server, from now until `stop`. Resolves at once. */
  start(serverUrl: string): void
  stop(): void
}

/** Some two dozen are in the mall at once: enough that every screen moves, and a few percent of a core. */
const shoppersPerHour = 60
/** A day of which a little goes wrong, as on any. */
const trouble = 0.3
const hoursADay = 24
/** The mall has been open for so long when the server starts: nobody waits for it to fill. */
const openForMs = 40 * 60_000
const tryAgainMs = 30_000

/** Prepares the simulation of the demo mall; see `ATRIUM_SIMULATE`. */
export function createDemoSimulation(parts: {
  readonly config: Config
  readonly database: Database
  readonly log: Log
  readonly venueId: VenueId
}): DemoSimulation {
  const { log, venueId } = parts
  const time = realTime()
  const floor: Floor = new Map()

  async function live(serverUrl: string): Promise<void> {
    for (let seed = 1; !time.hasEnded(); seed++) {
      try {
        const credentials = await crewOf(parts, serverUrl)
        const day = { seed, mallHours: hoursADay, shoppersPerHour, trouble }
        await simulate({
          ...{ ...day, serverUrl, venueId, credentials, time, floor },
          openForMs: seed === 1 ? openForMs : 0,
          onFault: (error) => {
            log.debug({ err: error }, 'a simulated visit ended early')
          },
        })
      } catch (error) {
        if (time.hasEnded()) return
        log.warn({ err: error }, 'the demo mall could not be simulated; it is tried again')
        await time.until(time.nowMs() + tryAgainMs)
      }
    }
  }

  return {
    shoppers: () => ({
      venueId,
      shoppers: [...floor].map(([number, where]) => {
        const { levelId, x, y } = where()
        return { number, levelId, x, y }
      }),
    }),
    start(serverUrl) {
      void live(serverUrl)
    },
    stop() {
      time.end()
    },
  }
}

/**
 * The barrier, the kiosk and the clerk of the simulation: the same ones at every start, with secrets that only this
 * machine can make, so that a demo that is started often does not fill up with them.
 */
async function crewOf(
  { config, database, venueId }: Parameters<typeof createDemoSimulation>[0],
  serverUrl: string,
): Promise<Crew> {
  const [secret] = await readTokenSecrets(config)
  const derived = (name: string) =>
    createHmac('sha256', secret).update(`simulation ${name}`).digest('base64url')
  const [username, password] = ['simulator', derived('clerk')]
  const crew = { barrier: `atr_x_${derived('barrier')}`, kiosk: `atr_k_${derived('kiosk')}` }
  await database.transaction(async (manager) => {
    await ensureDevice(manager, { venueId, role: 'system', token: crew.barrier })
    await ensureDevice(manager, { venueId, role: 'kiosk', token: crew.kiosk })
    // Refused when it is there already.
    await createAccount(manager, systemNow(), { username, password, roles: ['staff'], venues: [venueId] })
  })
  const client = createClient({ baseUrl: serverUrl, fetch })
  const signedIn = await client.call(identitiesContract.signIn, { body: { username, password } })
  if (!signedIn.ok) throw new Error(`the clerk of the simulation may not sign in: ${signedIn.problem.title}`)
  return { ...crew, till: signedIn.body.token }
}

async function ensureDevice(
  manager: EntityManager,
  { venueId, role, token }: { readonly venueId: VenueId; readonly role: DeviceRole; readonly token: string },
): Promise<void> {
  const hash = tokenHash(token)
  const known = await manager.existsBy(kioskDeviceEntity, { venueId, tokenHash: hash, revokedAt: IsNull() })
  if (known) return
  const made = await insertDevice(manager, systemNow(), { venueId, role, name: '模拟 simulator' }, token)
  if ('refused' in made) throw new Error(`a device of the simulation was refused: ${made.refused}`)
}

function systemNow() {
  return { actor: 'system', nowMs: Date.now(), newId: newUuid }
}
