import { decodeRoutingTables, Router } from '../../../maps/routes/offline.ts'
import type { Destination, LevelId } from '../../../maps/model/index.ts'
import type { LevelMap } from '../../../maps/render/level-map.ts'
import type { SearchIndex } from '../../../maps/search/build-index.ts'
import { openSearch } from '../../../maps/search/open-search.ts'
import type { Search } from '../../../maps/search/open-search.ts'
import type { ResponseOf } from '../../../server/contract/endpoint.ts'
import { beaconsContract } from '../../../server/contract/beacons.contract.ts'
import { venuesContract } from '../../../server/contract/venues.contract.ts'
import type { FileCache } from './file-cache.ts'
import { Away } from './http.ts'
import type { Http } from './http.ts'
import type { Memory } from './memory.ts'

export type VenueEntry = ResponseOf<typeof venuesContract.readVenue>
export type LevelEntry = ResponseOf<typeof venuesContract.listLevels>[number]

/** A venue as the phone has it: everything but the radio map is there without the server. */
export interface VenueData {
  readonly entry: VenueEntry
  /** Lowest first. */
  readonly levels: readonly LevelEntry[]
  readonly destinations: readonly Destination[]
  readonly search: Search
  readonly router: Router
  destination(id: string): Destination | undefined
  level(id: string): LevelEntry | undefined
  levelMap(id: LevelId): Promise<LevelMap>
  /** The bytes of the radio map in force. @throws Away, or Refused when there is none */
  radioMap(): Promise<Uint8Array>
}

/** Venues as the phone keeps them: asked for when the server is there, as they were when it is not. */
export interface Venues {
  list(): Promise<readonly VenueEntry[]>
  open(entry: VenueEntry): Promise<VenueData>
}

const isList = <T>(value: unknown): value is T[] => Array.isArray(value) && value.length > 0

export function createVenues(parts: {
  readonly http: Http
  readonly cache: FileCache
  readonly memory: Memory
}): Venues {
  const { http, cache, memory } = parts

  /** What the server says now, and what it said last while it is away. */
  const lately = async <T>(key: string, ask: () => Promise<T[]>): Promise<T[]> => {
    try {
      const answer = await ask()
      memory.set(key, answer)
      return answer
    } catch (error) {
      const kept = error instanceof Away ? memory.get(key, isList<T>) : undefined
      if (kept) return kept
      throw error
    }
  }

  return {
    list: () => lately('venues', () => http.call(venuesContract.listVenues, {})),
    async open(entry) {
      const venueId = entry.id
      const levels = await lately(`levels-${entry.versionId}`, () =>
        http.call(venuesContract.listLevels, { params: { venueId } }),
      )
      const text = (file: { readonly url: string; readonly hash: string }) =>
        cache.text(file.hash, () => http.text(file.url))
      const [indexText, tablesText] = await Promise.all([text(entry.searchIndex), text(entry.routeTables)])
      const index = JSON.parse(indexText) as SearchIndex
      const decoded = decodeRoutingTables(tablesText)
      if (!('tables' in decoded))
        throw new Error('the route tables are of another version of this mini-program')
      const byId = new Map(index.destinations.map((each) => [each.id, each]))
      const levelById = new Map(levels.map((each) => [each.id as string, each]))
      return {
        entry,
        levels,
        destinations: index.destinations,
        search: openSearch(index),
        router: Router.of(decoded.tables),
        destination: (id) => byId.get(id),
        level: (id) => levelById.get(id),
        async levelMap(id) {
          const level = levelById.get(id)
          if (!level) throw new Error(`no level ${id}`)
          return JSON.parse(await text(level)) as LevelMap
        },
        async radioMap() {
          const [current] = await lately(`radio-map-${venueId}`, async () => [
            await http.call(beaconsContract.readRadioMap, { params: { venueId } }),
          ])
          if (!current) throw new Error('the answer names no radio map')
          return cache.bytes(current.hash, () => http.bytes(current.url))
        },
      }
    },
  }
}
