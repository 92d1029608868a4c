import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** A sealed secret as it is kept. */
export interface Sealed {
  /** Which key it was sealed under. */
  readonly keyId: string
  /** Nonce, tag and text. */
  readonly bytes: Buffer
}

/** Seals the secrets of beacons, so that the database alone does not give them away. */
export interface SecretBox {
  /** @param owner what it belongs to; it opens for nothing else */
  seal(secret: string, owner: string): Sealed
  /** @throws when none of the keys is the one it was sealed under, or the row was changed */
  open(sealed: Sealed, owner: string): string
}

const nonceBytes = 12
const tagBytes = 16

/**
 * AES-256-GCM. The first key of the configuration seals, all open; without any, keys come from the token secrets.
 * Source: NIST SP 800-38D, RFC 5869.
 * @param keys configured ones, 32 bytes each
 */
export function createSecretBox(
  keys: readonly Uint8Array[],
  tokenSecrets: readonly [Uint8Array, ...Uint8Array[]],
): SecretBox {
  const derived = tokenSecrets.map(
    (secret) => new Uint8Array(hkdfSync('sha256', secret, '', 'atrium-beacon-vault', 32)),
  )
  const [first, ...others] = [...keys, ...derived].map((key) => ({ key, id: idOf(key) }))
  const byId = new Map([...others, first].flatMap((one) => (one ? [[one.id, one.key] as const] : [])))
  if (!first) throw new Error('There is always a token secret.')
  return {
    seal(secret, owner) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', first.key, nonce).setAAD(Buffer.from(owner))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return { keyId: first.id, bytes: Buffer.concat([nonce, cipher.getAuthTag(), text]) }
    },
    open({ keyId, bytes }, owner) {
      const key = byId.get(keyId)
      if (!key) {
        throw new Error(
          `A beacon’s secret was sealed under key ${keyId}, which is neither in BEACON_VAULT_KEYS nor from TOKEN_SECRET: ` +
            'put it back behind the others.',
        )
      }
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()])
      return text.toString('utf8')
    },
  }
}

/** A name of a key that does not give it away. */
function idOf(key: Uint8Array): string {
  return createHash('sha256').update('key id').update(key).digest('hex').slice(0, 16)
}
