/** Numbers that are taken: from and to, both included. */
export type TakenRange = readonly [from: number, to: number]

/** 0 is what a beacon has that nobody ever set. */
const firstMinor = 1
const lastMinor = 65_535

/**
 * The lowest run of free minors of this length.
 * @param taken in any order, may overlap
 * @returns its first minor; undefined when there is no such run. O(taken log taken).
 */
export function lowestFreeRun(taken: readonly TakenRange[], count: number): number | undefined {
  let from = firstMinor
  for (const [first, last] of [...taken].sort((a, b) => a[0] - b[0])) {
    if (first - from >= count) break
    from = Math.max(from, last + 1)
  }
  return from + count - 1 <= lastMinor ? from : undefined
}

/**
 * The major of a level: what its beacons have, commonest first; without any 1 and up from the ground floor, 11 and down from the first
 * basement, and the next one no other level has.
 * @param majors what beacons and leases of this uuid have, by level
 */
export function majorOfLevel(
  level: { readonly levelId: string; readonly ordinal: number },
  majors: readonly { readonly levelId: string | null; readonly major: number; readonly count: number }[],
): number {
  const own = majors.filter(({ levelId }) => levelId === level.levelId)
  const commonest = own.reduce<(typeof own)[number] | undefined>(
    (best, one) => (!best || one.count > best.count ? one : best),
    undefined,
  )
  if (commonest) return commonest.major
  const taken = new Set(majors.filter(({ levelId }) => levelId !== null).map(({ major }) => major))
  let major = level.ordinal >= 0 ? level.ordinal + 1 : 10 - level.ordinal
  while (taken.has(major)) major++
  return major
}
