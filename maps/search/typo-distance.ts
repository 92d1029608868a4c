import { maxQueryLength } from './match-key.ts'

const width = maxQueryLength + 1
let older = new Uint8Array(width)
let old = new Uint8Array(width)
let row = new Uint8Array(width)

/**
 * Fewest typing errors (a letter missing, added, wrong, or two neighbours swapped) between a query and
 * the best beginning of a target from `start` on: `starbuks` is one error from the beginning of
 * `starbuckscoffee`.
 *
 * @param query at most 64 units; what of the target lies beyond that is not looked at
 * @param most errors allowed, 1 or more
 * @returns number of errors, or undefined when there are more than `most`
 * Complexity: query length × (2 × most + 1).
 * Source: optimal string alignment, after Damerau (1964) and Ukkonen's band (1985).
 */
export function typoDistance(
  query: string,
  target: string,
  { start = 0, most }: { readonly start?: number; readonly most: number },
): number | undefined {
  const length = Math.min(target.length - start, maxQueryLength, query.length + most)
  const beyond = most + 1
  for (let j = 0; j <= length; j++) old[j] = Math.min(j, beyond)
  for (let i = 1; i <= query.length; i++) {
    const from = Math.max(1, i - most)
    const to = Math.min(length, i + most)
    row.fill(beyond, 0, length + 1)
    row[0] = Math.min(i, beyond)
    let least = row[0]
    const letter = query.charCodeAt(i - 1)
    for (let j = from; j <= to; j++) {
      const other = target.charCodeAt(start + j - 1)
      let errors = Math.min(old[j]! + 1, row[j - 1]! + 1, old[j - 1]! + (letter === other ? 0 : 1))
      const swapped = i > 1 && j > 1 && letter === target.charCodeAt(start + j - 2)
      if (swapped && query.charCodeAt(i - 2) === other) errors = Math.min(errors, older[j - 2]! + 1)
      row[j] = Math.min(errors, beyond)
      if (errors < least) least = errors
    }
    if (least > most) return undefined
    ;[older, old, row] = [old, row, older]
  }
  let least = beyond
  for (let j = 0; j <= length; j++) if (old[j]! < least) least = old[j]!
  return least > most ? undefined : least
}
