import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/** Hashes and seals what identifies a person, under keys derived from the token secrets. */
export interface VisitorKeys {
  /** Keyed hashes of an openid, under the first secret and then under each older one. */
  openidHashes(openid: string): readonly [Buffer, ...Buffer[]]
  /** Nonce, tag and ciphertext; bound to the visitor, so that a row cannot lend it to another. */
  seal(openid: string, visitorId: string): Buffer
  /** The openid sealed for this visitor; undefined when none of our keys opens it. */
  open(sealed: Buffer, visitorId: string): string | undefined
  /** Keyed hashes of a visitor's id, under the first secret and then under each older one. */
  idHashes(visitorId: string): readonly [Buffer, ...Buffer[]]
}

/**
 * Keys for the sealed openid, its hash and the hashes of ended ids, one a secret and purpose. The first secret
 * writes, all are tried when reading, as with tokens.
 * **Source** RFC 5869 (HKDF), NIST SP 800-38D (GCM, random 96-bit nonce), RFC 2104 (HMAC).
 */
export function createVisitorKeys(secrets: readonly [Uint8Array, ...Uint8Array[]]): VisitorKeys {
  const derive = (label: string): readonly [Buffer, ...Buffer[]] => {
    const one = (secret: Uint8Array) => Buffer.from(hkdfSync('sha256', secret, '', label, 32))
    const [first, ...older] = secrets
    return [one(first), ...older.map(one)]
  }
  const hashKeys = derive('atrium-openid-hash')
  const sealKeys = derive('atrium-openid-seal')
  const idKeys = derive('atrium-ended-visitor')
  return {
    openidHashes: (openid) => hashesOf(hashKeys, openid),
    idHashes: (visitorId) => hashesOf(idKeys, visitorId),
    seal(openid, visitorId) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', sealKeys[0], nonce).setAAD(Buffer.from(visitorId))
      const ciphertext = Buffer.concat([cipher.update(openid, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
    },
    open(sealed, visitorId) {
      for (const key of sealKeys) {
        const opened = openWith(key, sealed, visitorId)
        if (opened !== undefined) return opened
      }
      return undefined
    },
  }
}

function hashesOf(keys: readonly [Buffer, ...Buffer[]], text: string): readonly [Buffer, ...Buffer[]] {
  const one = (key: Buffer) => createHmac('sha256', key).update(text).digest()
  const [first, ...older] = keys
  return [one(first), ...older.map(one)]
}

function openWith(key: Buffer, sealed: Buffer, visitorId: string): string | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(visitorId))
    .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    return decipher.update(sealed.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    // Not our key, not this visitor, or damaged: GCM does not say which.
    return undefined
  }
}
