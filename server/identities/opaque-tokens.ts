import { createHash, randomBytes } from 'node:crypto'
import type { DeviceRole } from '../contract/endpoint.ts'

/** What an opaque token opens; it stands in front, so that a leaked one is recognised by sight. */
export type TokenKind = 'session' | DeviceRole

const prefixes: Readonly<Record<TokenKind, string>> = {
  session: 'atr_s_',
  kiosk: 'atr_k_',
  system: 'atr_x_',
}
const kinds: readonly TokenKind[] = ['session', 'kiosk', 'system']

/** A new token of 256 random bits. */
export function newToken(kind: TokenKind): string {
  return prefixes[kind] + randomBytes(32).toString('base64url')
}

/** What kind of opaque token it could be by its form; `undefined` for anything else. */
export function tokenKind(token: string): TokenKind | undefined {
  if (!/^atr_[a-z]_[\w-]{43}$/.test(token)) return undefined
  return kinds.find((kind) => token.startsWith(prefixes[kind]))
}

/** What is stored of a token: SHA-256 in hexadecimal. A fast hash does, as nobody guesses 256 bits. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
