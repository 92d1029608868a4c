import { Counter, Gauge } from 'prom-client'
import type { Database } from '../database/index.ts'
import type { Authenticate, Route } from '../http/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import { createAuthenticator } from './authenticate.ts'
import { identitiesRoutes } from './identities.routes.ts'
import { createSignInGuard } from './sign-in-guard.ts'

export { actorOf, auditHolder, recordAudit } from './audit.ts'
export type { Change, Occasion } from './audit.ts'
export { createAccount } from './create-account.command.ts'
export { insertDevice, reissueToken, renameDevice } from './create-device.command.ts'
export { kioskDeviceEntity } from './kiosk-device.entity.ts'
export { revokeDevice } from './revoke-device.command.ts'
export { renewFirstOperatorCode } from './first-operator.command.ts'
export { tokenHash } from './opaque-tokens.ts'

/** Who may do what: the routes of accounts, sessions and kiosks, and how a token is read. */
export function createIdentities(options: {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly readVisitorToken: (token: string) => Promise<string | undefined>
  readonly registry: MetricsRegistry
}): {
  readonly authenticate: Authenticate
  /** Asks the database anew for every token from now on: something was revoked. */
  readonly forget: () => void
  readonly routes: readonly Route[]
} {
  const { database, clock, newId, readVisitorToken, registry } = options
  const authenticator = createAuthenticator({ database, clock, readVisitorToken })
  const signIns = new Counter({
    name: 'atrium_sign_ins_total',
    help: 'Tries to sign in, by result',
    labelNames: ['result'] as const,
    registers: [registry],
  })
  const guard = createSignInGuard(clock)
  gauge(registry, 'atrium_identities_kept', 'Identities kept in memory, at most 10000', authenticator.kept)
  gauge(registry, 'atrium_sign_ins_watched', 'Names watched for guessing, at most 10000', guard.watched)
  return {
    authenticate: authenticator.authenticate,
    forget: authenticator.forget,
    routes: identitiesRoutes({ database, clock, newId, guard, authenticator, signIns }),
  }
}

/** A figure that is read when it is asked for. */
function gauge(registry: MetricsRegistry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}
