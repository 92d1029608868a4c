import { createHash, hkdfSync } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'

/** How long a shopper's token is good. */
export const visitorTokenMs = 60 * 60 * 1000
const audience = 'atrium-visitor'
/** Clocks of several nodes may differ by this much. */
const toleranceS = 5

export interface VisitorToken {
  readonly visitorId: string
  readonly token: string
  readonly expiresAtMs: number
}

/** Makes and reads the tokens of shoppers: signed, never stored, checked without the database. */
export interface VisitorTokens {
  /** A token for a new visitor, or for one already known. */
  issue(visitorId?: string): Promise<VisitorToken>
  /** The visitor of a token; `undefined` when it is not ours, was changed or has expired. */
  read(token: string): Promise<string | undefined>
}

/**
 * Tokens signed with HMAC-SHA-256 under a key derived from each secret; the first signs, all are accepted.
 * Source: RFC 7519 (JWT), RFC 7518 section 3.2 (HS256), RFC 5869 (HKDF).
 */
export function createVisitorTokens(options: {
  readonly secrets: readonly [Uint8Array, ...Uint8Array[]]
  readonly clock: Clock
  readonly newId: NewId
}): VisitorTokens {
  const { clock, newId } = options
  const keys = options.secrets.map((secret) => {
    const key = new Uint8Array(hkdfSync('sha256', secret, '', audience, 32))
    return { kid: createHash('sha256').update(key).digest('hex').slice(0, 8), key }
  })
  const signing = keys[0]!
  return {
    async issue(visitorId = newId()) {
      const issuedS = Math.floor(clock() / 1000)
      const expiresS = issuedS + visitorTokenMs / 1000
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: signing.kid })
        .setSubject(visitorId)
        .setAudience(audience)
        .setIssuedAt(issuedS)
        .setExpirationTime(expiresS)
        .sign(signing.key)
      return { visitorId, token, expiresAtMs: expiresS * 1000 }
    },
    async read(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const known = keys.find((one) => one.kid === kid)
            if (!known) throw new errors.JWKSNoMatchingKey()
            return known.key
          },
          {
            algorithms: ['HS256'],
            audience,
            requiredClaims: ['sub', 'exp', 'iat'],
            currentDate: new Date(clock()),
            clockTolerance: toleranceS,
          },
        )
        return payload.sub
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
