import type { RandomStream } from '../../positioning/index.ts'

/** True so many times in a hundred. */
export function happens(random: RandomStream, percent: number): boolean {
  return random.uniform() * 100 < percent
}

/** Evenly between two numbers. */
export function between(random: RandomStream, least: number, most: number): number {
  return least + (most - least) * random.uniform()
}

/** A whole number from 0 on, below `bound`. */
export function below(random: RandomStream, bound: number): number {
  return Math.floor(random.uniform() * bound)
}

/** One of a list. @throws Error when it is empty */
export function oneOf<T>(random: RandomStream, list: readonly T[]): T {
  const chosen = list[below(random, list.length)]
  if (chosen === undefined) throw new Error('there is nothing to choose from')
  return chosen
}

/** Up to `count` different ones of a list, in an order of chance. */
export function someOf<T>(random: RandomStream, list: readonly T[], count: number): T[] {
  const left = [...list]
  const chosen: T[] = []
  while (chosen.length < count && left.length > 0) chosen.push(...left.splice(below(random, left.length), 1))
  return chosen
}

/** A UUID by chance, of version 4. */
export function drawnUuid(random: RandomStream): string {
  const hex = Array.from({ length: 4 }, () => (random.bits() >>> 0).toString(16).padStart(8, '0')).join('')
  const variant = '89ab'[below(random, 4)]!
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`]
  return `${parts.join('-')}-${hex.slice(20)}`
}
