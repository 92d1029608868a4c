import type { Destination } from '../model/index.ts'
import { foldTight, isAscii } from './fold.ts'
import { isOfTopic, topics } from './topics.ts'
import type { Topic } from './topics.ts'

let topicsByWord: ReadonlyMap<string, readonly Topic[]> | undefined

/**
 * The kinds of place a query is a word for, spelled right and with nothing else beside it: `lift`, `lifts`, `电梯`.
 * Empty for every other query.
 * @param whole as in `Query`: folded and tight
 */
export function kindsNamed(whole: string): readonly Topic[] {
  topicsByWord ??= readWords()
  const singular = isAscii(whole) && whole.endsWith('s') ? whole.slice(0, -1) : whole
  return topicsByWord.get(whole) ?? topicsByWord.get(singular) ?? []
}

function readWords(): Map<string, Topic[]> {
  const byWord = new Map<string, Topic[]>()
  for (const topic of topics) {
    for (const word of topic.words) {
      const plain = foldTight(word)
      byWord.set(plain, [...(byWord.get(plain) ?? []), topic])
    }
  }
  return byWord
}

/**
 * Whether a destination is of one of the kinds or of their family: for a men's toilet any toilet will do. A shop
 * of which nothing but the name is known may be of any kind.
 */
export function isOfFamily(kinds: readonly Topic[], destination: Destination): boolean {
  const { category } = destination
  if (category === 'unspecified') return true
  const family = headOf(category)
  return kinds.some(
    (kind) => isOfTopic(kind, destination) || kind.covers.some((cover) => headOf(cover) === family),
  )
}

function headOf(category: string): string {
  return category.split('.')[0] ?? category
}
