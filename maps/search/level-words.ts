/**
 * Levels as people say them, turned into the number on the lift button: `F2`, `2F`, 二楼, `second floor`
 * are 2; `B1`, 负一楼, 地下一层 are -1. There is no 0: F1 stands on B1.
 */
const numerals = '零一二三四五六七八九'
const englishOrdinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth']

const spoken =
  /(负|地下)?\s?([一二两三四五六七八九十]{1,3}|\d{1,2})\s?[楼层]|(?:^|[^a-z0-9])(?:(b)\s?(\d{1,2})f?|[fl](\d{1,2})|(\d{1,2})f|(?:level|floor)\s?(\d{1,2})|(\d{1,2})(?:st|nd|rd|th)\sfloor|(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\sfloor)(?![a-z0-9])/

/** A level named in a query, and the query without it. */
export interface LevelWord {
  readonly number: number
  readonly rest: string
}

/**
 * The first level named in a folded query.
 *
 * @returns undefined when none is named
 * Complexity: one regular expression. Source: own.
 */
export function levelWordIn(folded: string): LevelWord | undefined {
  const match = spoken.exec(folded)
  if (!match) return undefined
  const [whole, below, chinese, basement, basementNumber, f, nf, spelled, nth, word] = match
  const number = chinese
    ? chineseNumber(chinese) * (below === undefined ? 1 : -1)
    : basement
      ? -Number(basementNumber)
      : word
        ? englishOrdinals.indexOf(word) + 1
        : Number(f ?? nf ?? spelled ?? nth)
  if (number === 0) return undefined
  const before = folded.slice(0, match.index)
  const after = folded.slice(match.index + whole.length).replace(/^的/, '')
  return { number, rest: `${before} ${after}`.trim() }
}

/** The number of a level by its label (`F2`, `B1`, `3F`, `L4`), undefined when it has none (`M`, `G`). */
export function levelNumberOf(label: string): number | undefined {
  const found = levelWordIn(label.toLowerCase())
  return found?.rest === '' ? found.number : undefined
}

/** 一 to 九十九, and digits. */
function chineseNumber(text: string): number {
  if (/^\d/.test(text)) return Number(text)
  const digit = (one: string): number => (one === '两' ? 2 : numerals.indexOf(one))
  const ten = text.indexOf('十')
  if (ten < 0) return digit(text[0]!)
  return (ten === 0 ? 1 : digit(text[ten - 1]!)) * 10 + (ten + 1 < text.length ? digit(text[ten + 1]!) : 0)
}
