import type { Database } from '../database/index.ts'
import type { Authenticate, Identity } from '../http/index.ts'
import type { VenueId } from '../../maps/model/index.ts'
import type { AccountRole, DeviceRole } from '../contract/endpoint.ts'
import type { Clock } from '../platform/clock.ts'
import type { VenueScope } from './account.entity.ts'
import { tokenHash, tokenKind } from './opaque-tokens.ts'

/** A session that is not used for this long is over. */
export const sessionIdleMs = 12 * 60 * 60 * 1000
/** How long an identity is believed without asking the database: a token revoked elsewhere lives this long. */
export const identityKeptMs = 10_000
/** Identities kept at once; beyond that the oldest goes. */
const maxKept = 10_000
/** "Last seen" is written at most this often. */
const touchMs = 5 * 60 * 1000
/** No token of ours is longer. */
const maxTokenLength = 1024

/** Finds out whose token it is. */
export interface Authenticator {
  readonly authenticate: Authenticate
  /** Asks the database anew for every token from now on; called when something was revoked. */
  readonly forget: () => void
  /** How many identities are kept now. */
  readonly kept: () => number
}

interface Kept {
  readonly identity: Identity
  readonly untilMs: number
}

/**
 * Sessions and devices are looked up by the hash of their token and kept for ten seconds; shoppers are told by
 * the signature alone, so that a mall full of phones costs the database nothing.
 */
export function createAuthenticator(options: {
  readonly database: Database
  readonly clock: Clock
  /** The visitor of a shopper's token, told by its signature. */
  readonly readVisitorToken: (token: string) => Promise<string | undefined>
}): Authenticator {
  const { database, clock, readVisitorToken } = options
  const kept = new Map<string, Kept>()
  let forgotten = 0
  const lookUp = { session: findSession, kiosk: findDevice, system: findDevice } as const
  return {
    async authenticate(token) {
      if (token.length > maxTokenLength) return undefined
      const kind = tokenKind(token)
      if (!kind) return visitorIdentity(await readVisitorToken(token))
      const hash = tokenHash(token)
      const known = kept.get(hash)
      const nowMs = clock()
      if (known && known.untilMs > nowMs) return known.identity
      kept.delete(hash)
      const since = forgotten
      const identity = await lookUp[kind](database, hash, nowMs)
      if (!identity) return undefined
      // What was read before something was revoked is good for this request, and for no other.
      if (since !== forgotten) return identity
      kept.set(hash, { identity, untilMs: nowMs + identityKeptMs })
      for (const oldest of kept.keys()) {
        if (kept.size <= maxKept) break
        kept.delete(oldest)
      }
      return identity
    },
    forget() {
      kept.clear()
      forgotten++
    },
    kept: () => kept.size,
  }
}

function visitorIdentity(visitorId: string | undefined): Identity | undefined {
  return visitorId === undefined
    ? undefined
    : { kind: 'visitor', id: visitorId, roles: ['shopper'], venues: 'all' }
}

interface SessionFound {
  readonly session_id: string
  readonly account_id: string
  readonly roles: readonly AccountRole[]
  readonly venues: VenueScope
}

async function findSession(
  { dataSource }: Database,
  hash: string,
  nowMs: number,
): Promise<Identity | undefined> {
  const rows: readonly SessionFound[] = await dataSource.query(
    `SELECT s.session_id, a.account_id, a.roles, a.venues
     FROM account_session s JOIN account a USING (account_id)
     WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND NOT a.disabled`,
    [hash, new Date(nowMs), new Date(nowMs - sessionIdleMs)],
  )
  const [found] = rows
  if (!found) return undefined
  await dataSource.query(
    'UPDATE account_session SET last_seen_at = $2 WHERE session_id = $1 AND last_seen_at < $3',
    [found.session_id, new Date(nowMs), new Date(nowMs - touchMs)],
  )
  const { account_id: id, session_id: sessionId, roles, venues } = found
  return { kind: 'account', id, roles, venues, sessionId }
}

interface DeviceFound {
  readonly venue_id: VenueId
  readonly device_id: string
  readonly role: DeviceRole
}

async function findDevice(
  { dataSource }: Database,
  hash: string,
  nowMs: number,
): Promise<Identity | undefined> {
  const rows: readonly DeviceFound[] = await dataSource.query(
    'SELECT venue_id, device_id, role FROM kiosk_device WHERE token_hash = $1 AND revoked_at IS NULL',
    [hash],
  )
  const [found] = rows
  if (!found) return undefined
  const { venue_id: venueId, device_id: id, role } = found
  await dataSource.query(
    `UPDATE kiosk_device SET last_seen_at = $3
     WHERE venue_id = $1 AND device_id = $2 AND (last_seen_at IS NULL OR last_seen_at < $4)`,
    [venueId, id, new Date(nowMs), new Date(nowMs - touchMs)],
  )
  return { kind: 'device', id, roles: [role], venues: [venueId] }
}
