import { labelOfCategory } from '../../maps/directory/category-labels.ts'
import type { SearchHit } from '../../maps/search/open-search.ts'
import { inWords } from './describe.ts'

const mostWords = 6
const leastLength = 2

/**
 * Words a person may mean by what they typed, to be chosen instead of typed out: the part of names that was
 * met (火锅 for hg), kinds of places, then whole names; best first, no word twice.
 */
export function wordsFor(hits: readonly SearchHit[], typed: string): string[] {
  const words = new Set<string>()
  for (const { name, ranges, met, destination } of hits) {
    if (met === 'topic') {
      const label = labelOfCategory(destination.category)
      if (label) words.add(inWords(label))
    }
    for (const [from, to] of ranges) if (to - from >= leastLength) words.add(name.slice(from, to))
  }
  for (const { name } of hits) words.add(name)
  words.delete(typed)
  return [...words].slice(0, mostWords)
}
