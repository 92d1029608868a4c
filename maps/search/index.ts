import type { Destination } from '../model/index.ts'
import { buildSearchIndex } from './build-index.ts'
import { openSearch } from './open-search.ts'
import type { Search } from './open-search.ts'

export { buildSearchIndex } from './build-index.ts'
export type { IndexTopic, SearchIndex } from './build-index.ts'
export type { IndexKey } from './cells.ts'
export { openSearch } from './open-search.ts'
export type { NothingFound, Search, SearchHit, SearchOptions } from './open-search.ts'
export type { SearchPlace } from './nearness.ts'

/**
 * The search of a venue in one step, for whoever has the pinyin dictionary at hand (server, programs).
 * Clients fetch an index and call `openSearch` from `maps/search/open-search.ts`, which needs none.
 */
export function createSearch(destinations: readonly Destination[]): Search {
  return openSearch(buildSearchIndex(destinations))
}
