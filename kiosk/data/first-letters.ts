import type { Destination } from '../../maps/model/index.ts'
import { nameIn } from '../../maps/render/client.ts'
import type { Search } from '../../maps/search/open-search.ts'

const letters = Array.from('abcdefghijklmnopqrstuvwxyz')
/** The index answers with at most so many for one letter and level. */
const most = 100

/**
 * The letter under which each place stands in a list from A to Z: that of the first sound of its Chinese name,
 * as the search index knows it, so that no dictionary has to be loaded. `#` for names that begin with a figure.
 */
export function firstLetters(search: Search, places: readonly Destination[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const place of places) {
    const first = nameIn(place.name, 'zh')[0] ?? ''
    if (/[a-z]/i.test(first)) found.set(place.id, first.toUpperCase())
  }
  const levels = [...new Set(places.map(({ levelId }) => levelId))]
  for (const letter of letters) {
    for (const onLevel of levels) {
      for (const { destination, ranges, name } of search.search(letter, {
        lang: 'zh',
        onLevel,
        limit: most,
      })) {
        const startsHere = ranges.some(([from, to]) => from === 0 && to > 0)
        if (startsHere && !found.has(destination.id) && name !== '')
          found.set(destination.id, letter.toUpperCase())
      }
    }
  }
  return found
}
