import type { output } from 'zod'
import type { Destination, LevelFrame } from '../../maps/model/index.ts'
import type { LevelMap } from '../../maps/render/client.ts'
import { decodeRoutingTables, Router } from '../../maps/routes/offline.ts'
import type { SearchIndex } from '../../maps/search/build-index.ts'
import { openSearch } from '../../maps/search/open-search.ts'
import type { Search } from '../../maps/search/open-search.ts'
import type { ResponseOf } from '../../server/contract/endpoint.ts'
import { platformContract } from '../../server/contract/platform.contract.ts'
import { venuesContract } from '../../server/contract/venues.contract.ts'
import type { levelEntry, venueEntry } from '../../server/contract/venues.contract.ts'
import type { KioskLevel } from '../map/index.ts'
import { apiOf, bodyOf } from './api.ts'
import { fetchForGood, forgetOthers, keepText, keptText } from './kept-files.ts'

export type VenueEntry = output<typeof venueEntry>
type LevelEntry = output<typeof levelEntry>
type ClientConfig = ResponseOf<typeof platformContract.clientConfig>

/** A level as the screen draws it and as the router measures it. */
export interface VenueLevel extends KioskLevel {
  readonly frame: LevelFrame
}

/** One version of a venue's map with everything the screen needs to work without the server. */
export interface Venue {
  readonly entry: VenueEntry
  /** Lowest first. */
  readonly levels: readonly VenueLevel[]
  readonly destinations: readonly Destination[]
  readonly byId: ReadonlyMap<string, Destination>
  readonly search: Search
  readonly router: Router
  readonly config: ClientConfig
}

/** What names every file of a version; kept once all of them are here, so that it is always whole. */
interface VenueList {
  readonly entry: VenueEntry
  readonly levels: readonly LevelEntry[]
  readonly config: ClientConfig
}

/** Where the list is kept; not an address of the server. */
const listUrl = '/kiosk/kept/venue'

/** There is no venue with a published map; an operator has to import one. */
export class NoVenue extends Error {}

/**
 * The published map of a venue: from the server, else as it was kept.
 * @param venueId the first venue when undefined
 * @throws when the server is away and nothing was kept
 */
export async function openVenue(venueId: string | undefined): Promise<Venue> {
  try {
    const list = await fetchList(venueId)
    const venue = await assemble(list)
    await keepText(listUrl, JSON.stringify(list))
    await forgetOthers([listUrl, liveUrl, ...filesOf(list)])
    return venue
  } catch (error) {
    const kept = await keptText(listUrl)
    if (kept === undefined) throw error
    const list = JSON.parse(kept) as VenueList
    if (venueId !== undefined && list.entry.id !== venueId) throw error
    return assemble(list)
  }
}

/** The venue as it is published now, without its files; undefined when it is no longer. */
export async function fetchEntry(venueId: string): Promise<VenueEntry | undefined> {
  return bodyOf(await apiOf().call(venuesContract.listVenues, {})).find(({ id }) => id === venueId)
}

/** Where the last live state is kept (`live/kept-floor.ts`). */
export const liveUrl = '/kiosk/kept/live'

async function fetchList(venueId: string | undefined): Promise<VenueList> {
  const api = apiOf()
  const [venues, config] = await Promise.all([
    api.call(venuesContract.listVenues, {}).then(bodyOf),
    api.call(platformContract.clientConfig, {}).then(bodyOf),
  ])
  const entry = venues.find(({ id }) => venueId === undefined || id === venueId)
  if (!entry) throw new NoVenue()
  const levels = bodyOf(await api.call(venuesContract.listLevels, { params: { venueId: entry.id } }))
  return { entry, levels, config }
}

function filesOf({ entry, levels }: VenueList): string[] {
  return [...levels.map(({ url }) => url), entry.searchIndex.url, entry.routeTables.url]
}

async function assemble({ entry, levels, config }: VenueList): Promise<Venue> {
  const [maps, indexText, tablesText] = await Promise.all([
    Promise.all(levels.map(({ url }) => fetchForGood(url))),
    fetchForGood(entry.searchIndex.url),
    fetchForGood(entry.routeTables.url),
  ])
  const index = JSON.parse(indexText) as SearchIndex
  const decoded = decodeRoutingTables(tablesText)
  if ('refused' in decoded) throw new Error(`The route tables cannot be read: ${decoded.refused}`)
  return {
    entry,
    config,
    levels: levels.map((level, at) => ({
      id: level.id,
      name: level.shortName,
      ordinal: level.ordinal,
      map: JSON.parse(maps[at]!) as LevelMap,
      frame: frameOf(level),
    })),
    destinations: index.destinations,
    byId: new Map(index.destinations.map((destination) => [destination.id, destination])),
    search: openSearch(index),
    router: Router.of(decoded.tables),
  }
}

function frameOf({ frame: { origin, metresPerDegree } }: LevelEntry): LevelFrame {
  return {
    originLon: origin[0],
    originLat: origin[1],
    metresPerDegreeLon: metresPerDegree[0],
    metresPerDegreeLat: metresPerDegree[1],
  }
}
