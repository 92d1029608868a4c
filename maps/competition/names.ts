import type { Labels } from '../model/index.ts'

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** Text with HTML entities read (`CHOW&amp;RAY`) and white space at its ends left out. */
export function plainText(text: string): string {
  return text
    .replace(/&(?:#(\d{1,6})|([a-z]+));/g, (whole, code: string | undefined, name: string | undefined) =>
      code === undefined
        ? (entities[name ?? ''] ?? whole)
        : String.fromCodePoint(Math.min(Number(code), 0x10ffff)),
    )
    .trim()
}

/**
 * A name under the language it is written in: Chinese characters are `zh`; Latin names with capitals are
 * brands, `en`; all other Latin names of the source are pinyin without tones, `zh-Latn`.
 * Source: BCP 47; the rule is our own reading of the data.
 */
export function labelsOf(name: string): Labels {
  if (/\p{Script=Han}/u.test(name)) return { zh: name }
  return /[A-Z]/.test(name) ? { en: name } : { 'zh-Latn': name }
}

/**
 * The ordinal that a level's name tells: `F1`, `L1` or `1F` is the ground level, 0; `B2` is -2.
 * @returns undefined for a name that tells none.
 */
export function ordinalOf(levelName: string): number | undefined {
  const match = /^(?:([BFL])(\d{1,2})|(\d{1,2})([FL]))$/i.exec(levelName)
  const number = Number(match?.[2] ?? match?.[3] ?? 0)
  if (number < 1) return undefined
  return match?.[1]?.toUpperCase() === 'B' ? -number : number - 1
}
