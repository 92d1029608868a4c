import { visitorsContract } from '../../../server/contract/visitors.contract.ts'
import type { ResponseOf } from '../../../server/contract/endpoint.ts'
import type { Http } from './http.ts'
import { Refused } from './http.ts'
import { hasKeys } from './memory.ts'
import type { Memory } from './memory.ts'

type VisitorSession = ResponseOf<typeof visitorsContract.createVisitor>

/** Who the shopper is to the server: nobody it knows, until they sign in. */
export interface Session {
  /** The bearer token, undefined before the first answer of the server. */
  token(): string | undefined
  visitorId(): string | undefined
  /** Makes sure there is a good token. @throws Away while the server does not answer */
  ensure(): Promise<string>
  /** Signs in with WeChat; what was done before stays apart unless `joinHistory`. */
  signIn(code: string, joinHistory: boolean): Promise<'new' | 'known'>
  /** The server takes the token no longer: the next `ensure` gets another one. */
  expire(): void
  /** Forgets everything here, after the server has erased it. */
  forget(): void
}

const key = 'session'
/** A token is renewed this long before it ends. */
const earlyMs = 5 * 60_000

const isSession = (value: unknown): value is VisitorSession =>
  hasKeys('token', 'visitorId', 'expiresAtMs', 'refreshToken')(value)

/**
 * @param parts.http calls the server; it asks this very session for its token
 * @param parts.onNew told when the server knows nothing of this shopper yet
 */
export function createSession(parts: {
  readonly http: () => Http
  readonly memory: Memory
  readonly now: () => number
  readonly onNew: () => void
}): Session {
  const { http, memory, now, onNew } = parts
  let session = memory.get(key, isSession)
  let pending: Promise<string> | undefined

  const take = (next: VisitorSession): string => {
    session = next
    memory.set(key, next)
    return next.token
  }

  const obtain = async (): Promise<string> => {
    if (session && now() < session.expiresAtMs - earlyMs) return session.token
    if (session && now() < session.expiresAtMs)
      return take(await http().call(visitorsContract.renewVisitor, {}))
    if (session) {
      const { refreshToken } = session
      try {
        return take(await http().call(visitorsContract.refreshVisitor, { body: { refreshToken } }))
      } catch (error) {
        // Too old, or erased: one begins anew.
        if (!(error instanceof Refused)) throw error
        session = undefined
      }
    }
    const token = take(await http().call(visitorsContract.createVisitor, {}))
    onNew()
    return token
  }

  return {
    token: () => session?.token,
    visitorId: () => session?.visitorId,
    ensure() {
      pending ??= obtain().finally(() => {
        pending = undefined
      })
      return pending
    },
    async signIn(code, joinHistory) {
      await this.ensure()
      const signedIn = await http().call(visitorsContract.signInWithWeChat, { body: { code, joinHistory } })
      take(signedIn.session)
      return signedIn.account
    },
    expire() {
      if (session) session = { ...session, expiresAtMs: 0 }
    },
    forget() {
      session = undefined
      memory.remove(key)
    },
  }
}
