import { beaconsContract, venueId as parseVenueId, venuesContract } from '../../server/contract/index.ts'
import type { Answer, Client, Endpoint, ResponseOf } from '../../server/contract/index.ts'
import { KitFault } from './kit-fault.ts'
import type { KitInfo, KitRegistry } from './kit.ts'
import type { NumberLease, RegistryBeacon } from './operations.ts'

const pageSize = 500

/** Everything of a venue that an installer takes along. */
export interface TakenKit {
  readonly info: KitInfo
  readonly archive: Uint8Array
  readonly registry: KitRegistry
}

/**
 * Fetches a venue's published map, its beacons and findings, and leases numbers for its levels. Leases of an earlier kit that still
 * run and have numbers left are kept instead.
 * @param wanted.numbers free numbers to have at hand for each level; 0 leases none
 * @throws KitFault in words, when the server refuses or cannot be reached
 */
export async function takeKit(
  client: Client,
  wanted: {
    readonly server: string
    readonly venueId: string
    readonly numbers: number
    readonly uuid?: string
    readonly leases: readonly NumberLease[]
    readonly nowMs: number
    readonly newId: () => string
  },
): Promise<TakenKit> {
  const venueId = parseVenueId.parse(wanted.venueId)
  const params = { venueId }
  const venue = await ask(client, venuesContract.readVenue, { params })
  const archive = await ask(client, venuesContract.exportVersion, {
    params: { venueId, versionId: venue.versionId },
  })
  const beacons = await allBeacons(client, venueId)
  const findings = await ask(client, beaconsContract.listFindings, { params, query: { limit: 500 } })
  const leases = wanted.leases.filter(({ expiresAtMs }) => expiresAtMs > wanted.nowMs)
  const used = new Set(beacons.map(({ identity }) => numberKey(identity)))
  for (const level of wanted.numbers > 0 ? venue.levels : []) {
    const left = leases
      .filter((lease) => lease.levelId === level.id)
      .reduce((sum, lease) => sum + free(lease, used), 0)
    if (left >= wanted.numbers) continue
    const body = {
      levelId: level.id,
      count: wanted.numbers - left,
      ...(wanted.uuid === undefined ? {} : { uuid: wanted.uuid }),
    }
    leases.push(await ask(client, beaconsContract.leaseBeaconNumbers, { params, body }, wanted.newId()))
  }
  return {
    info: {
      server: wanted.server,
      venueId,
      venueName: venue.name,
      versionId: venue.versionId,
      takenAtMs: wanted.nowMs,
    },
    archive,
    registry: { beacons, leases, findings },
  }
}

/** The beacons and findings as they are now; the leases stay. */
export async function refreshRegistry(
  client: Client,
  venue: string,
  leases: readonly NumberLease[],
): Promise<KitRegistry> {
  const venueId = parseVenueId.parse(venue)
  const beacons = await allBeacons(client, venueId)
  const findings = await ask(client, beaconsContract.listFindings, {
    params: { venueId },
    query: { limit: 500 },
  })
  return { beacons, leases, findings }
}

async function allBeacons(
  client: Client,
  venueId: ReturnType<typeof parseVenueId.parse>,
): Promise<RegistryBeacon[]> {
  const beacons: RegistryBeacon[] = []
  for (;;) {
    const last = beacons[beacons.length - 1]
    const query = { limit: pageSize, ...(last ? { after: last.id } : {}) }
    const page = await ask(client, beaconsContract.listBeacons, { params: { venueId }, query })
    beacons.push(...page.beacons)
    if (page.beacons.length < pageSize) return beacons
  }
}

function free({ uuid, major, fromMinor, toMinor }: NumberLease, used: ReadonlySet<string>): number {
  let count = 0
  for (let minor = fromMinor; minor <= toMinor; minor++)
    if (!used.has(numberKey({ uuid, major, minor }))) count++
  return count
}

function numberKey({ uuid, major, minor }: { uuid: string; major: number; minor: number }): string {
  return `${uuid}/${major}/${minor}`
}

/** The body of an answer, or what stood in the way in words. */
export async function ask<E extends Endpoint>(
  client: Client,
  endpoint: E,
  request: Parameters<typeof client.call<E>>[1],
  idempotencyKey?: string,
): Promise<ResponseOf<E>> {
  let answer: Answer<E>
  try {
    answer = await client.call(endpoint, request, idempotencyKey === undefined ? {} : { idempotencyKey })
  } catch (error) {
    throw new KitFault(
      'server-out-of-reach',
      {
        zh: '连不上服务器：检查网络和 --server；已打包的工具包可以离线继续用。',
        en: 'Expected the server to answer, but it is out of reach: check the network and --server; a kit that was packed works without it.',
      },
      { cause: error },
    )
  }
  if (answer.ok) return answer.body
  const { title, detail } = answer.problem
  if (answer.status === 401) {
    throw new KitFault('sign-in', {
      zh: '登录已失效：用 beacons sign-in 重新登录，或更新 ATRIUM_TOKEN。',
      en: 'Expected a valid token, but the server asks to sign in: run "beacons sign-in", or renew ATRIUM_TOKEN.',
    })
  }
  throw new KitFault('server-refused', {
    zh: `服务器没有同意：${detail ?? title}`,
    en: `The server refused: ${detail ?? title}`,
  })
}
