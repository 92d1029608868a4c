/** Two words of 32 bits: a key that belongs to one campaign for all of its life. */
export type AssignmentKey = readonly [k0: number, k1: number]

/**
 * True when a visitor belongs to the group that never gets a campaign. The same visitor and campaign always
 * give the same answer, whatever else changes: raising the share only adds visitors to the group.
 * @param visitorId UUID
 * @param percent share of the group, 0 to 100
 */
export function isHeldOut(key: AssignmentKey, visitorId: string, percent: number): boolean {
  if (percent <= 0) return false
  return halfSipHash(key, wordsOfId(visitorId)) < (percent / 100) * 2 ** 32
}

/** Reads a key from its 16 hexadecimal digits. */
export function parseAssignmentKey(hex: string): AssignmentKey {
  return [Number.parseInt(hex.slice(0, 8), 16) | 0, Number.parseInt(hex.slice(8, 16), 16) | 0]
}

/** The 128 bits of an id as four words. */
function wordsOfId(id: string): number[] {
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
  const round = () => {
    v0 = (v0 + v1) | 0
    v1 = rotate(v1, 5) ^ v0
    v0 = rotate(v0, 16)
    v2 = (v2 + v3) | 0
    v3 = rotate(v3, 8) ^ v2
    v0 = (v0 + v3) | 0
    v3 = rotate(v3, 7) ^ v0
    v2 = (v2 + v1) | 0
    v1 = rotate(v1, 13) ^ v2
    v2 = rotate(v2, 16)
  }
  const length = (words.length * 4) << 24
  for (const word of [...words, length]) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }
  v2 ^= 0xff
  for (let left = 4; left > 0; left--) round()
  return (v1 ^ v3) >>> 0
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
