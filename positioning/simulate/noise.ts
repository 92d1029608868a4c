/** A 32-bit integer for a text, so that a beacon's name can seed its own field. Source: FNV-1a. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return mix(hash)
}

/** Two integers into one, well mixed. Source: the finaliser of MurmurHash3 (A. Appleby). */
export function mix(value: number, other = 0x9e3779b9): number {
  let hash = Math.imul(value ^ other, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/**
 * A smooth random field over the plane: standard normal at every point, correlated over one unit,
 * independent beyond two. The same `seed` and point give the same value for ever, so a place keeps its
 * radio and magnetic character however often and in whatever order it is asked for.
 * Source: own; value noise on a hashed lattice, with weights normalised so that the variance is 1 between
 * the lattice points too.
 */
export function smoothNoise(seed: number, x: number, y: number): number {
  const column = Math.floor(x)
  const row = Math.floor(y)
  const u = smoothStep(x - column)
  const v = smoothStep(y - row)
  const w00 = (1 - u) * (1 - v)
  const w10 = u * (1 - v)
  const w01 = (1 - u) * v
  const w11 = u * v
  const value =
    w00 * latticeGaussian(seed, column, row) +
    w10 * latticeGaussian(seed, column + 1, row) +
    w01 * latticeGaussian(seed, column, row + 1) +
    w11 * latticeGaussian(seed, column + 1, row + 1)
  return value / Math.sqrt(w00 * w00 + w10 * w10 + w01 * w01 + w11 * w11)
}

function latticeGaussian(seed: number, column: number, row: number): number {
  const hash = mix(mix(seed, column), row)
  const first = ((hash >>> 0) + 0.5) / 4294967296
  const second = (mix(hash, 0x27d4eb2f) >>> 0) / 4294967296
  return Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second)
}

function smoothStep(t: number): number {
  return t * t * (3 - 2 * t)
}
