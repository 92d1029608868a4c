import type { Refused } from './words.ts'

/**
 * The next number of a level's beacons: one above the highest in use, and the lowest gap only when the top is reached, so
 * that a number that was just given back does not soon mean another place. O(n).
 * @param taken minors in use or ever used on the level
 * @param range the block to take from, both inclusive; 1 to 65535 unless told (0 is what empty beacons say)
 */
export function nextMinor(
  taken: Iterable<number>,
  range: { readonly from: number; readonly to: number } = { from: 1, to: 0xffff },
): number | Refused {
  const used = new Set<number>()
  let highest = range.from - 1
  for (const minor of taken) {
    if (minor < range.from || minor > range.to) continue
    used.add(minor)
    if (minor > highest) highest = minor
  }
  if (highest < range.to) return highest + 1
  for (let minor = range.from; minor <= range.to; minor++) if (!used.has(minor)) return minor
  return {
    refused: 'no-free-number',
    words: {
      zh: `${range.from} 到 ${range.to} 的编号都已用完；请申请新的号段或先退役旧信标。`,
      en: `Every number from ${range.from} to ${range.to} is taken; lease another block, or retire beacons first.`,
    },
  }
}
