import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { formsOf, isPlate, readPlate } from './plate.ts'
import type { Plate } from './plate.ts'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
const keyIdBytes = 4
/** Search tokens are cut to this: with the few thousand cars of a mall nothing meets by chance. */
const tokenBytes = 9

/** Shortest and longest ending of a plate that can be searched; a whole plate is longer and searched as one. */
export const endingLength = { min: 4, max: 6 } as const

/** Keeps plates so that the database alone tells none of them. */
export interface PlateVault {
  /** A plate as it is stored; every call gives another text. `context` has to be the same to open it. */
  seal(plate: Plate, context: string): string
  /** @returns undefined when it was changed, belongs to another row, or its secret is no longer there */
  open(sealed: string, context: string): Plate | undefined
  /** What equality is decided by in a venue: the same plate has the same hash. */
  hashOf(plate: Plate, venueId: string): string
  /** Hashes a plate may be stored under: one for each secret, the one of `hashOf` first. */
  hashesOf(plate: Plate, venueId: string): readonly string[]
  /** What a plate is found by: one token for each way of misreading one sign of an ending. */
  searchTokens(plate: Plate, venueId: string): readonly string[]
  /** Tokens that one of `searchTokens` equals when at most one sign of the ending differs. Empty: too short. */
  tokensOfEnding(ending: string, venueId: string): readonly string[]
}

/**
 * A vault under keys derived from each secret; the first seals, all open.
 * Plates have little entropy: a keyed hash keeps whoever holds the database, and not the secret, from trying
 * all of them, and the venue in it keeps one mall's rows from being matched with another's.
 * Source: RFC 5869 (HKDF), NIST SP 800-38D (GCM, random 96-bit nonces), RFC 2104 (HMAC).
 */
export function createPlateVault(secrets: readonly [Uint8Array, ...Uint8Array[]]): PlateVault {
  const keys = secrets.map((secret) => {
    const derive = (label: string) => Buffer.from(hkdfSync('sha256', secret, '', `atrium-plate-${label}`, 32))
    const key = derive('seal')
    const id = createHmac('sha256', key).update('id').digest().subarray(0, keyIdBytes)
    return { id, seal: key, hash: derive('hash'), search: derive('search') }
  })
  const first = keys[0]!
  const hash = (key: Buffer, plate: Plate, venueId: string) =>
    createHmac('sha256', key).update(`${venueId}\n${plate.text}`).digest('hex')
  const token = (key: Buffer, venueId: string, pattern: string) =>
    createHmac('sha256', key)
      .update(`${venueId}\n${pattern}`)
      .digest()
      .subarray(0, tokenBytes)
      .toString('base64url')
  return {
    seal({ text }, context) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv(algorithm, first.seal, iv).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([first.id, iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      const key = keys.find(({ id }) => id.equals(bytes.subarray(0, keyIdBytes)))
      if (!key || bytes.length <= keyIdBytes + ivBytes + tagBytes) return undefined
      const iv = bytes.subarray(keyIdBytes, keyIdBytes + ivBytes)
      const tag = bytes.subarray(keyIdBytes + ivBytes, keyIdBytes + ivBytes + tagBytes)
      const decipher = createDecipheriv(algorithm, key.seal, iv, { authTagLength: tagBytes })
        .setAAD(Buffer.from(context))
        .setAuthTag(tag)
      try {
        const body = bytes.subarray(keyIdBytes + ivBytes + tagBytes)
        const read = readPlate(Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8'))
        return isPlate(read) ? read : undefined
      } catch {
        // The only error there is: the tag does not fit.
        return undefined
      }
    },
    hashOf: (plate, venueId) => hash(first.hash, plate, venueId),
    hashesOf: (plate, venueId) => keys.map((key) => hash(key.hash, plate, venueId)),
    searchTokens: (plate, venueId) =>
      endingsOf(plate.text).flatMap((ending) =>
        patternsOf(ending).map((pattern) => token(first.search, venueId, pattern)),
      ),
    tokensOfEnding(ending, venueId) {
      const signs = Array.from(ending)
      if (signs.length < endingLength.min) return []
      return keys.flatMap((key) => patternsOf(signs).map((pattern) => token(key.search, venueId, pattern)))
    },
  }
}

/** The endings a plate is searched by: its last four to seven signs, and all of it, with and without what closes it. */
function endingsOf(text: string): string[][] {
  const endings = formsOf(text).flatMap((form) => {
    const signs = Array.from(form)
    return [4, 5, 6, 7, signs.length].map((length) => signs.slice(-length))
  })
  return [...new Map(endings.map((signs) => [signs.join(''), signs])).values()]
}

/** An ending with each of its signs left open in turn. */
function patternsOf(signs: readonly string[]): string[] {
  return signs.map((_, open) => signs.map((sign, index) => (index === open ? '?' : sign)).join(''))
}

/** How many signs differ; Infinity for endings of different length. */
export function signsApart(ending: string, { text }: Plate): number {
  const signs = Array.from(ending)
  const apart = formsOf(text).map((form) => {
    const own = Array.from(form).slice(-signs.length)
    return own.length === signs.length ? signs.filter((sign, index) => sign !== own[index]).length : Infinity
  })
  return Math.min(...apart)
}
