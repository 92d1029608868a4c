import type { output } from 'zod'
import type { Destination } from '../maps/model/index.ts'
import type { LevelMap } from '../maps/render/client.ts'
import { openSearch } from '../maps/search/open-search.ts'
import type { Search } from '../maps/search/open-search.ts'
import type { SearchIndex } from '../maps/search/build-index.ts'
import { createClient } from '../server/contract/client.ts'
import type { Endpoint, RequestOf, ResponseOf } from '../server/contract/endpoint.ts'
import { platformContract } from '../server/contract/platform.contract.ts'
import { venuesContract } from '../server/contract/venues.contract.ts'
import type { levelEntry, venueEntry } from '../server/contract/venues.contract.ts'

export type VenueEntry = output<typeof venueEntry>
export type LevelEntry = output<typeof levelEntry>
export type ClientConfig = ResponseOf<typeof platformContract.clientConfig>
export type DemoShoppers = ResponseOf<typeof platformContract.readDemoShoppers>

const client = createClient({ baseUrl: '', fetch: (url, init) => fetch(url, init) })

/** The server was reached and said no; asking again will not help, unlike when it cannot be reached. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, title: string) {
    super(title)
    this.status = status
  }
}

async function call<E extends Endpoint>(endpoint: E, request: RequestOf<E>): Promise<ResponseOf<E>> {
  const answer = await client.call(endpoint, request)
  if (answer.ok) return answer.body
  throw refusal(answer.status, answer.problem.title)
}

/** A proxy's 5xx and the server's own are the same to a page: it is away for now. */
function refusal(status: number, title: string): Error {
  return status >= 500 || status === 429 ? new Error(title) : new Refused(status, title)
}

/** All venues with a published map. */
export function fetchVenues(): Promise<VenueEntry[]> {
  return call(venuesContract.listVenues, {})
}

/** The levels of a venue, lowest first. */
export function fetchLevels(venue: VenueEntry): Promise<LevelEntry[]> {
  return call(venuesContract.listLevels, { params: { venueId: venue.id } })
}

/** What the server says a client needs to know. */
export function fetchClientConfig(): Promise<ClientConfig> {
  return call(platformContract.clientConfig, {})
}

/** Where the simulated shoppers of a demonstration are now. */
export function fetchDemoShoppers(): Promise<DemoShoppers> {
  return call(platformContract.readDemoShoppers, {})
}

/** Whether the server is ready, and which of its checks fails; a server that is not ready answers too. */
export async function fetchReadiness(): Promise<ResponseOf<typeof platformContract.readyz>> {
  return call(platformContract.readyz, {})
}

/** One published level; the browser keeps it for good. */
export async function fetchLevel(level: LevelEntry): Promise<LevelMap> {
  return (await fetchJson(level.url)) as LevelMap
}

/** Everything one can walk to in a venue, and the search over it, which answers without the server. */
export interface Directory {
  readonly destinations: readonly Destination[]
  readonly search: Search
}

/** The directory of a venue; the browser keeps it for good. */
export async function fetchDirectory(venue: VenueEntry): Promise<Directory> {
  const index = (await fetchJson(venue.searchIndex.url)) as SearchIndex
  return { destinations: index.destinations, search: openSearch(index) }
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url)
  if (!response.ok) throw refusal(response.status, `HTTP ${String(response.status)}`)
  return response.json()
}
