/** Two words of 32 bits: a key that belongs to one campaign for all of its life. */
export type AssignmentKey = readonly [k0: number, k1: number]

/**
 * True when a visitor belongs to the group that never gets a campaign. The same visitor and campaign always
 * give the same answer, whatever else changes: raising the share only adds visitors to the group.
 * @param visitor the words of their id, see {@link wordsOfId}
 * @param percent share of the group, 0 to 100
 */
export function isHeldOut(key: AssignmentKey, visitor: readonly number[], percent: number): boolean {
  return percent > 0 && halfSipHash(key, visitor) < (percent / 100) * 2 ** 32
}

/** Reads a key from its 16 hexadecimal digits. */
export function parseAssignmentKey(hex: string): AssignmentKey {
  return [Number.parseInt(hex.slice(0, 8), 16) | 0, Number.parseInt(hex.slice(8, 16), 16) | 0]
}

/** The 128 bits of an id as four words, for {@link isHeldOut}. */
export function wordsOfId(id: string): number[] {
  const hex = id.replaceAll('-', '')
  return [0, 8, 16, 24].map((at) => Number.parseInt(hex.slice(at, at + 8), 16) | 0)
}

/**
 * HalfSipHash-2-4 with 32 bits of output, over whole words. A keyed hash that costs a tenth of a microsecond:
 * enough to split visitors evenly and independently between campaigns; no secret rests on it.
 * @param words message, each word little-endian
 * @returns 0 to 2³² − 1
 *
 * **Source**: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012, and the authors'
 * reference implementation of HalfSipHash.
 */
export function halfSipHash([k0, k1]: AssignmentKey, words: readonly number[]): number {
  let v0 = k0
  let v1 = k1
  let v2 = 0x6c796765 ^ k0
  let v3 = 0x74656462 ^ k1
  // One step for each word and for the length, of two rounds each, then four rounds to finish.
  const steps = words.length + 1
  for (let step = 0; step <= steps; step++) {
    const finish = step === steps
    const word = step < words.length ? words[step]! : (words.length * 4) << 24
    if (finish) v2 ^= 0xff
    else v3 ^= word
    for (let rounds = finish ? 4 : 2; rounds > 0; rounds--) {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
    }
    if (!finish) v0 ^= word
  }
  return (v1 ^ v3) >>> 0
}
