import { randomInt } from 'node:crypto'

/** No 0, 1, I, L, O, U: read aloud and typed without doubt. Source: Crockford's Base32, less its digits. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A random code that people can read and type; 4.9 bits a character. */
export function newCode(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** A code in groups of four, as it is shown: `7XK2-M9QR`. */
export function groupedCode(code: string): string {
  return code.match(/.{1,4}/g)?.join('-') ?? code
}

/** A code as people type it: any case, with or without dashes and blanks. */
export function plainCode(typed: string): string {
  return typed.toUpperCase().replaceAll(/[\s-]/g, '')
}
