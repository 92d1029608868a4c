import { createHash, hkdfSync } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../platform/clock.ts'

/** How long a shopper's token is good. */
export const visitorTokenMs = 60 * 60 * 1000
/** How long a phone that was put away finds its visitor again. */
export const refreshTokenMs = 30 * 24 * 60 * 60 * 1000
/** A token of either kind is refused as the other. */
const audiences = { access: 'atrium-visitor', refresh: 'atrium-visitor-refresh' } as const
const lifeMs = { access: visitorTokenMs, refresh: refreshTokenMs } as const
/** Clocks of several nodes may differ by this much. */
const toleranceS = 5

type TokenKind = keyof typeof audiences

export interface VisitorSession {
  readonly visitorId: string
  readonly token: string
  readonly expiresAtMs: number
  readonly refreshToken: string
  readonly refreshExpiresAtMs: number
}

/** Makes and reads the tokens of shoppers: signed, never stored, checked without the database. */
export interface VisitorTokens {
  issue(visitorId: string): Promise<VisitorSession>
  /** The visitor of a token; `undefined` when it is not ours, of the other kind, was changed or has expired. */
  read(token: string, kind?: TokenKind): Promise<string | undefined>
}

/**
 * Tokens signed with HMAC-SHA-256 under a key derived from each secret and kind; the first signs, all are accepted.
 * **Source** RFC 7519 (JWT), RFC 7518 section 3.2 (HS256), RFC 5869 (HKDF).
 */
export function createVisitorTokens(options: {
  readonly secrets: readonly [Uint8Array, ...Uint8Array[]]
  readonly clock: Clock
}): VisitorTokens {
  const { secrets, clock } = options
  const keys = { access: keysOf(secrets, 'access'), refresh: keysOf(secrets, 'refresh') }
  const sign = async (visitorId: string, kind: TokenKind) => {
    const signing = keys[kind][0]!
    const issuedS = Math.floor(clock() / 1000)
    const expiresS = issuedS + lifeMs[kind] / 1000
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: signing.kid })
      .setSubject(visitorId)
      .setAudience(audiences[kind])
      .setIssuedAt(issuedS)
      .setExpirationTime(expiresS)
      .sign(signing.key)
    return { token, expiresAtMs: expiresS * 1000 }
  }
  return {
    async issue(visitorId) {
      const [access, refresh] = await Promise.all([sign(visitorId, 'access'), sign(visitorId, 'refresh')])
      return {
        visitorId,
        ...access,
        refreshToken: refresh.token,
        refreshExpiresAtMs: refresh.expiresAtMs,
      }
    },
    async read(token, kind = 'access') {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const known = keys[kind].find((one) => one.kid === kid)
            if (!known) throw new errors.JWKSNoMatchingKey()
            return known.key
          },
          {
            algorithms: ['HS256'],
            audience: audiences[kind],
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

function keysOf(secrets: readonly Uint8Array[], kind: TokenKind) {
  return secrets.map((secret) => {
    const key = new Uint8Array(hkdfSync('sha256', secret, '', audiences[kind], 32))
    return { kid: createHash('sha256').update(key).digest('hex').slice(0, 8), key }
  })
}
