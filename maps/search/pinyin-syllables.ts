/**
 * The syllables of standard Mandarin without tones, by first letters; ü is written v.
 * Source: the syllable table of Hanyu Pinyin (ISO 7098:2015).
 */
const finals: Readonly<Record<string, string>> = {
  '': 'a ai an ang ao e ei en eng er o ou',
  b: 'a ai an ang ao ei en eng i ian iao ie in ing o u',
  p: 'a ai an ang ao ei en eng i ian iao ie in ing o ou u',
  m: 'a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u',
  f: 'a an ang ei en eng o ou u',
  d: 'a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo',
  t: 'a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo',
  n: 'a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve',
  l: 'a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve',
  g: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  k: 'a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo',
  h: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  j: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  q: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  x: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  zh: 'a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo',
  ch: 'a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo',
  sh: 'a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo',
  r: 'an ang ao e en eng i ong ou u ua uan ui un uo',
  z: 'a ai an ang ao e ei en eng i ong ou u uan ui un uo',
  c: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  s: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  y: 'a an ang ao e i in ing o ong ou u uan ue un',
  w: 'a ai an ang ei en eng o u',
}

const syllables = new Set(
  Object.keys(finals).flatMap((initial) => finals[initial]!.split(' ').map((final) => initial + final)),
)

const longestSyllable = 6

/**
 * Parts a row of letters into pinyin syllables: the fewest, and of those the parting with the longer
 * later syllables, which begin with a consonant (`fangan` is fan-gan; fang-an wants an apostrophe).
 *
 * @param letters lower case a to z
 * @returns undefined when the letters are no pinyin
 * Complexity: linear, with at most six looks back a letter.
 */
export function partSyllables(letters: string): string[] | undefined {
  interface Parting {
    readonly cost: number
    readonly from: number
  }
  const best: (Parting | undefined)[] = [{ cost: 0, from: 0 }]
  for (let to = 1; to <= letters.length; to++) {
    for (let from = Math.max(0, to - longestSyllable); from < to; from++) {
      const before = best[from]
      if (!before || !syllables.has(letters.slice(from, to))) continue
      const cost = before.cost + 1
      // The longest last syllable comes first, and stays unless another parting has fewer.
      const known = best[to]
      if (!known || cost < known.cost) best[to] = { cost, from }
    }
  }
  const parts: string[] = []
  for (let to = letters.length; to > 0;) {
    const parting = best[to]
    if (!parting) return undefined
    parts.unshift(letters.slice(parting.from, to))
    to = parting.from
  }
  return parts
}
