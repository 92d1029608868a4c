import type { Counter } from 'prom-client'
import { identitiesContract as contract } from '../contract/identities.contract.ts'
import type { Database } from '../database/index.ts'
import { addressGroup, Fault, route } from '../http/index.ts'
import type { Identity, Route } from '../http/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { mayGrant } from './account.policy.ts'
import { accountSessionEntity } from './account-session.entity.ts'
import { actorOf, readAudit } from './audit.ts'
import type { Occasion } from './audit.ts'
import type { Authenticator } from './authenticate.ts'
import { changeAccount } from './change-account.command.ts'
import { changePassword } from './change-password.command.ts'
import { createAccount } from './create-account.command.ts'
import { createDevice } from './create-device.command.ts'
import { endSession } from './end-session.command.ts'
import { createFirstOperator } from './first-operator.command.ts'
import {
  presentAccount,
  presentAuditEntry,
  presentDevice,
  presentSession,
  presentSignedIn,
} from './identity.presenter.ts'
import { kioskDeviceEntity } from './kiosk-device.entity.ts'
import { listAccounts } from './list-accounts.ts'
import { revokeDevice } from './revoke-device.command.ts'
import { checkGuard, signIn } from './sign-in.command.ts'
import type { SignInGuard } from './sign-in-guard.ts'

export interface IdentityServices {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly guard: SignInGuard
  readonly authenticator: Authenticator
  readonly signIns: Counter<'result'>
}

/** Most kiosks and sessions of one answer, as the contract says. */
const maxListed = { devices: 1000, sessions: 100 } as const

/** The routes of the subject `identities`. */
export function identitiesRoutes(services: IdentityServices): Route[] {
  return [
    ...sessionRoutes(services),
    ...accountRoutes(services),
    ...deviceRoutes(services),
    auditRoute(services),
  ]
}

function occasionOf(
  { clock, newId }: IdentityServices,
  { identity, requestId }: { readonly identity: Identity | undefined; readonly requestId: string },
): Occasion {
  return { actor: identity ? actorOf(identity) : 'system', requestId, nowMs: clock(), newId }
}

/** Endpoints for accounts alone: the contract lets nobody else in. */
function sessionOf({ sessionId }: Identity): string {
  if (sessionId === undefined) throw new Fault('forbidden')
  return sessionId
}

function sessionRoutes(services: IdentityServices): Route[] {
  const { database, guard, authenticator, signIns } = services
  return [
    route(contract.firstOperator, async (call) => {
      const made = await database.transaction((manager) =>
        createFirstOperator(manager, occasionOf(services, call), call.body),
      )
      return 'refused' in made ? made : { status: 201, body: presentSignedIn(made) }
    }),
    route(contract.signIn, async (call) => {
      const credentials = { ...call.body, address: addressGroup(call.address) }
      const signedIn = await signIn({ database, guard }, occasionOf(services, call), credentials)
      signIns.inc({ result: 'refused' in signedIn ? 'refused' : 'done' })
      return 'refused' in signedIn ? signedIn : { status: 201, body: presentSignedIn(signedIn) }
    }),
    route(contract.listSessions, async ({ identity }) => {
      const rows = await database.dataSource.manager.find(accountSessionEntity, {
        where: { accountId: identity.id },
        order: { lastSeenAt: 'DESC' },
        take: maxListed.sessions,
      })
      return { status: 200, body: rows.map((row) => presentSession(row, identity.sessionId)) }
    }),
    route(contract.endSession, async (call) => {
      const { identity, params } = call
      const sessionId = params.sessionId === 'current' ? sessionOf(identity) : params.sessionId
      const ended = await database.transaction((manager) =>
        endSession(manager, occasionOf(services, call), { accountId: identity.id, sessionId }),
      )
      authenticator.forget()
      return ended ? { status: 204 } : { refused: 'unknown-session' }
    }),
    route(contract.whoAmI, ({ identity: { id, roles, venues } }) =>
      Promise.resolve({ status: 200, body: { id, roles, venues } }),
    ),
    route(contract.changePassword, async (call) => {
      const watched = actorOf(call.identity)
      checkGuard(guard, watched)
      const change = { ...call.body, accountId: call.identity.id, sessionId: sessionOf(call.identity) }
      const refusal = await database.transaction((manager) =>
        changePassword(manager, occasionOf(services, call), change),
      )
      if (refusal?.refused !== 'wrong-credentials') guard.succeeded(watched)
      authenticator.forget()
      return refusal ?? { status: 204 }
    }),
  ]
}

function accountRoutes(services: IdentityServices): Route[] {
  const { database, authenticator } = services
  return [
    route(
      contract.createAccount,
      async (call) => {
        const account = await createAccount(call.manager, occasionOf(services, call), call.body)
        return 'refused' in account ? account : { status: 201, body: presentAccount(account) }
      },
      ({ identity, body }) => (mayGrant(identity, body.venues) ? undefined : notYours),
    ),
    route(contract.listAccounts, async ({ identity: { venues }, query: { after, limit } }) => {
      const rows = await listAccounts(database, { venues, after, limit })
      return { status: 200, body: rows.map(presentAccount) }
    }),
    route(
      contract.changeAccount,
      async (call) => {
        const { accountId } = call.params
        const account = await database.transaction((manager) =>
          changeAccount(manager, occasionOf(services, call), {
            change: { ...call.body, accountId },
            actor: call.identity,
          }),
        )
        authenticator.forget()
        return 'refused' in account ? account : { status: 200, body: presentAccount(account) }
      },
      ({ identity, body }) =>
        body.venues === undefined || mayGrant(identity, body.venues) ? undefined : notYours,
    ),
  ]
}

const notYours = { refused: 'forbidden', detail: 'Give venues that are your own.' } as const

function deviceRoutes(services: IdentityServices): Route[] {
  const { database, authenticator } = services
  return [
    route(contract.createDevice, async (call) => {
      const { venueId } = call.params
      const made = await createDevice(database, occasionOf(services, call), { venueId, ...call.body })
      if ('refused' in made) return made
      return { status: 201, body: { device: presentDevice(made.device), token: made.token } }
    }),
    route(contract.listDevices, async ({ params: { venueId } }) => {
      const rows = await database.dataSource.manager.find(kioskDeviceEntity, {
        where: { venueId },
        order: { deviceId: 'DESC' },
        take: maxListed.devices,
      })
      return { status: 200, body: rows.map(presentDevice) }
    }),
    route(contract.revokeDevice, async (call) => {
      const revoked = await database.transaction((manager) =>
        revokeDevice(manager, occasionOf(services, call), call.params),
      )
      authenticator.forget()
      return revoked ? { status: 204 } : { refused: 'unknown-device' }
    }),
  ]
}

function auditRoute({ database }: IdentityServices): Route {
  return route(contract.readAudit, async ({ identity: { venues }, query: { before, limit } }) => {
    const rows = await readAudit(database.dataSource.manager, { venues, before, limit })
    return { status: 200, body: rows.map(presentAuditEntry) }
  })
}
