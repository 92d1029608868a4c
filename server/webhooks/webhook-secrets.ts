import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const secretBytes = 24
const nonceBytes = 12
const tagBytes = 16
const prefix = 'whsec_'

/** A secret as its owner sees it, once, and as it is kept. */
export interface NewSecret {
  /** `whsec_` and base64. */
  readonly shown: string
  readonly sealed: Buffer
}

/** Makes the secrets of webhooks, and keeps them so that the database alone does not give them away. */
export interface WebhookSecrets {
  /** @param owner what the sealed secret belongs to; it opens for nothing else */
  make(owner: string): NewSecret
  /** @throws when none of the keys fits: the token secrets were all replaced, or the row was changed */
  open(sealed: Buffer, owner: string): Buffer
}

/**
 * Sealed with AES-256-GCM under a key derived from the token secrets; the first seals, all are tried.
 * Source: NIST SP 800-38D, RFC 5869.
 */
export function createWebhookSecrets(tokenSecrets: readonly [Uint8Array, ...Uint8Array[]]): WebhookSecrets {
  const derive = (secret: Uint8Array) =>
    Buffer.from(hkdfSync('sha256', secret, '', 'atrium-webhook-secret', 32))
  const [first, ...older] = tokenSecrets
  const keys = [derive(first), ...older.map(derive)] as const
  return {
    make(owner) {
      const secret = randomBytes(secretBytes)
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', keys[0], nonce).setAAD(Buffer.from(owner))
      const text = Buffer.concat([cipher.update(secret), cipher.final()])
      return {
        shown: prefix + secret.toString('base64'),
        sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]),
      }
    },
    open(sealed, owner) {
      for (const key of keys) {
        try {
          const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
            .setAAD(Buffer.from(owner))
            .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
          return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])
        } catch {
          // Sealed under another of the keys.
        }
      }
      throw new Error(
        'The secret of a webhook cannot be opened: TOKEN_SECRET holds none of the secrets it was made under.',
      )
    },
  }
}

/**
 * The headers that prove where a message comes from and when it was sent.
 * Source: Standard Webhooks specification 1.0, symmetric signature `v1`.
 * @param atS epoch seconds of this try
 */
export function signMessage(
  secret: Uint8Array,
  { id, atS, body }: { readonly id: string; readonly atS: number; readonly body: string },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const signature = createHmac('sha256', secret)
    .update(`${id}.${String(atS)}.${body}`)
    .digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(atS),
    'webhook-signature': `v1,${signature}`,
  }
}
