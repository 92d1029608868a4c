import { createHash, randomBytes } from 'node:crypto'

/** What an opaque token opens; it stands in front, so that a leaked one is recognised by sight. */
export type TokenKind = 'session' | 'kiosk'

const prefixes: Readonly<Record<TokenKind, string>> = { session: 'atr_s_', kiosk: 'atr_k_' }

/** A new token of 256 random bits. */
export function newToken(kind: TokenKind): string {
  return prefixes[kind] + randomBytes(32).toString('base64url')
}

/** What kind of opaque token it could be by its form; `undefined` for anything else. */
export function tokenKind(token: string): TokenKind | undefined {
  if (!/^atr_[sk]_[\w-]{43}$/.test(token)) return undefined
  return token.startsWith(prefixes.session) ? 'session' : 'kiosk'
}

/** What is stored of a token: SHA-256 in hexadecimal. A fast hash does, as nobody guesses 256 bits. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
