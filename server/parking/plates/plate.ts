/** What a number plate is for, as its form tells. */
export type PlateKind =
  | 'ordinary'
  | 'new-energy'
  | 'hong-kong-macau'
  | 'police'
  | 'learner'
  | 'trailer'
  | 'oversize'
  | 'consular'
  | 'diplomatic'
  | 'rescue'
  | 'armed-police'
  | 'military'

/** A plate in the one form in which it is compared and stored: upper case, no spaces, dots or dashes. */
export interface Plate {
  readonly text: string
  readonly kind: PlateKind
}

/** What some plates end with besides their signs, and people leave out. */
const closing = /(?:[警学挂超领使港澳]|应急)$/

/** A plate as people end it: all of it, and without its closing character. */
export function formsOf(text: string): readonly string[] {
  return closing.test(text) ? [text, text.replace(closing, '')] : [text]
}

/** What was read or typed is no plate; `text` is what was left of it after cleaning. */
export interface NoPlate {
  readonly refused: 'no-plate'
  readonly text: string
}

const provinces = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼'
/** Issuing office: a letter; I is never used, O by some offices. */
const office = '[A-HJ-Z]'
/** Behind the office neither I nor O is used, as they look like 1 and 0. */
const sign = '[A-HJ-NP-Z0-9]'
const front = `[${provinces}]${office}`

/**
 * Forms of plates in the order in which they are tried. Ordinary plates have at most two letters behind the
 * office. Source: GA 36-2018 (forms and signs of number plates) with its first amendment (rescue plates), and
 * the forms of the People's Armed Police and the forces as they are seen on the road.
 */
const forms: readonly (readonly [PlateKind, RegExp])[] = [
  ['hong-kong-macau', new RegExp(`^粤Z${sign}{4}[港澳]$`)],
  ['police', new RegExp(`^${front}${sign}{4}警$`)],
  ['learner', new RegExp(`^${front}${sign}{4}学$`)],
  ['trailer', new RegExp(`^${front}${sign}{4}挂$`)],
  ['oversize', new RegExp(`^${front}${sign}{4}超$`)],
  ['consular', new RegExp(`^${front}(?:${sign}{4}领|\\d{4}领)$`)],
  ['diplomatic', /^(?:使\d{6}|\d{6}使)$/],
  ['rescue', new RegExp(`^[${provinces}][XS]\\d{3,4}应急$`)],
  // Small cars carry the letter of their drive first, and may a second letter; large ones carry it last.
  ['new-energy', new RegExp(`^${front}(?:[A-HJK][A-HJ-NP-Z0-9]\\d{4}|\\d{5}[A-HJK])$`)],
  ['ordinary', new RegExp(`^${front}(?!(?:[^A-Z]*[A-Z]){3})${sign}{5}$`)],
  ['armed-police', new RegExp(`^WJ[${provinces}]?\\d{4}[0-9TDSHBXJ]$`)],
  ['military', /^[A-HJ-NP-Z][A-HJ-NP-Z]\d{5}$/],
]

/** Longest text that is looked at; anything longer is no plate. */
const longest = 32

/**
 * Reads a plate as a camera saw it or a person typed it: full-width and lower-case letters, spaces, dots and
 * dashes are set right, and behind the office an O is the 0 and an I the 1 that it must have been.
 */
export function readPlate(input: string): Plate | NoPlate {
  const text = clean(input)
  const mended = mend(text)
  for (const [kind, form] of forms) if (form.test(mended)) return { text: mended, kind }
  return { refused: 'no-plate', text }
}

/** True for what `readPlate` took. */
export function isPlate(read: Plate | NoPlate): read is Plate {
  return 'kind' in read
}

/**
 * The end of a plate as somebody types it to find their car: cleaned and mended like a plate's.
 * @returns undefined when it holds signs that no plate ends with
 */
export function readEnding(input: string): string | undefined {
  const ending = clean(input)
  const isWhole = provinces.includes(ending.charAt(0)) && ending.length > 1
  const text = isWhole ? mend(ending) : ending.replace(/O/g, '0').replace(/I/g, '1')
  return new RegExp(`^(?:[${provinces}]?[A-Z0-9]+(?:[警学挂超领使港澳]|应急)?)$`).test(text)
    ? text
    : undefined
}

function clean(input: string): string {
  return strip(input.slice(0, longest))
}

function strip(input: string): string {
  return input
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s·•・.．\-—_]/g, '')
}

/** True when a text, an address for one, tells the plate: all of it, or without its province. */
export function tellsPlate(text: string, { text: plate }: Plate): boolean {
  let plain = text
  // Encoded twice is still readable; what is encoded wrongly is read as it is.
  for (let time = 0; time < 3; time++) {
    try {
      plain = decodeURIComponent(plain)
    } catch {
      break
    }
  }
  const signs = Array.from(plate)
  const clear = strip(plain)
  return clear.includes(signs.slice(1).join('')) || clear.includes(signs.slice(2).join(''))
}

/** Behind the office: with a province in front the office is the second sign, otherwise there are digits to mend. */
function mend(text: string): string {
  const kept = provinces.includes(text.charAt(0)) ? 2 : /^[A-Z]{2}/.test(text) ? 2 : 0
  return text.slice(0, kept) + text.slice(kept).replace(/O/g, '0').replace(/I/g, '1')
}

/**
 * A plate as it may be shown: where it is from and its last two signs, so that its owner knows it and nobody
 * else learns it: `浙A•••23`.
 */
export function maskPlate({ text }: Plate): string {
  const signs = Array.from(text)
  return `${signs.slice(0, 2).join('')}${'•'.repeat(signs.length - 4)}${signs.slice(-2).join('')}`
}
