import type { z } from 'zod'
import type { identitiesContract } from '../contract/identities.contract.ts'
import type { Immutable } from '../contract/endpoint.ts'
import type { AccountRow } from './account.entity.ts'
import type { AccountSessionRow } from './account-session.entity.ts'
import type { AuditEntryRow } from './audit-entry.entity.ts'
import type { KioskDeviceRow } from './kiosk-device.entity.ts'
import type { SignedIn } from './sign-in.command.ts'

type Contract = typeof identitiesContract
type Element<Schema extends z.ZodType> =
  Immutable<z.input<Schema>> extends readonly (infer Item)[] ? Item : never

/** An account as an operator sees it; never its hash. */
export function presentAccount(
  row: AccountRow,
): Immutable<z.input<Contract['createAccount']['responses'][201]>> {
  return {
    id: row.accountId,
    username: row.username,
    roles: row.roles,
    venues: row.venues,
    disabled: row.disabled,
    createdAtMs: row.createdAt.getTime(),
  }
}

/** A fresh session: the one time its token is shown. */
export function presentSignedIn({
  account,
  token,
  expiresAtMs,
}: SignedIn): Immutable<z.input<Contract['signIn']['responses'][201]>> {
  return { token, expiresAtMs, account: presentAccount(account) }
}

/** One of my sessions. */
export function presentSession(
  row: AccountSessionRow,
  currentId: string | undefined,
): Element<Contract['listSessions']['responses'][200]> {
  return {
    id: row.sessionId,
    createdAtMs: row.createdAt.getTime(),
    lastSeenAtMs: row.lastSeenAt.getTime(),
    expiresAtMs: row.expiresAt.getTime(),
    current: row.sessionId === currentId,
  }
}

/** A kiosk or another system; never the hash of its token. */
export function presentDevice(row: KioskDeviceRow): Element<Contract['listDevices']['responses'][200]> {
  return {
    id: row.deviceId,
    venueId: row.venueId,
    name: row.name,
    role: row.role,
    createdAtMs: row.createdAt.getTime(),
    ...(row.lastSeenAt ? { lastSeenAtMs: row.lastSeenAt.getTime() } : {}),
    ...(row.revokedAt ? { revokedAtMs: row.revokedAt.getTime() } : {}),
  }
}

/** An entry of the record of changes. */
export function presentAuditEntry(row: AuditEntryRow): Element<Contract['readAudit']['responses'][200]> {
  return {
    id: row.entryId,
    atMs: row.at.getTime(),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    ...(row.venueId === null ? {} : { venueId: row.venueId }),
    ...(row.requestId === null ? {} : { requestId: row.requestId }),
    facts: row.facts,
  }
}
