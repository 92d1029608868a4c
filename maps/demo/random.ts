/** The next number of a sequence, 0 to less than 1. */
export type Random = () => number

/**
 * A sequence that a seed decides.
 * Source: mulberry32 by Tommy Ettinger, public domain.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A number from `from` to less than `to`. */
export function between(random: Random, from: number, to: number): number {
  return from + random() * (to - from)
}

/** The same items in another order. */
export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return mixed
}

/** A UUID of version 4. Source: RFC 9562, 5.4. */
export function randomUuid(random: Random): string {
  const digits = Array.from({ length: 32 }, (_, i) => {
    if (i === 12) return '4'
    const digit = Math.floor(random() * 16)
    return (i === 16 ? 8 + (digit % 4) : digit).toString(16)
  }).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
