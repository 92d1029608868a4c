import { z } from 'zod'
import { accountRoles, defineEndpoint, deviceRoles, roles } from './endpoint.ts'
import { anyId, epochMs, numberInText, venueId } from './values.ts'

const tag = 'Identities'

/** Shortest and longest password in characters; the longest bounds the work of hashing. */
export const passwordLength = { min: 12, max: 128 } as const

const username = z
  .string()
  .min(2)
  .max(64)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]*$/u, {
    error: 'Expected letters of any script, digits and . _ @ -, beginning with a letter or digit',
  })
  .meta({ description: 'Letters of any script, digits and . _ @ -; upper and lower case are the same' })

/** A password about to be set; whether it keeps to the rules is decided with the username at hand. */
const newPassword = z
  .string()
  .max(passwordLength.max)
  .meta({
    format: 'password',
    description: `${String(passwordLength.min)} to ${String(passwordLength.max)} characters, not the username`,
  })

/** A password as typed; anything up to the longest, so that a wrong one is refused like any other. */
const typedPassword = z.string().max(passwordLength.max).meta({ format: 'password' })

const venueScope = z
  .union([z.literal('all'), z.array(venueId).min(1).max(200)], {
    error: 'Expected "all" or a list of 1 to 200 ids of venues',
  })
  .meta({ id: 'VenueScope', description: 'All venues, or those listed' })

const accountRoleList = z.array(z.enum(accountRoles)).min(1).max(accountRoles.length)

const account = z
  .strictObject({
    id: anyId,
    username: z.string(),
    roles: accountRoleList,
    venues: venueScope,
    disabled: z.boolean(),
    createdAtMs: epochMs,
  })
  .meta({ id: 'Account' })

const signedIn = z
  .strictObject({
    token: z.string().meta({ description: 'Bearer token; shown once, the server keeps a hash of it' }),
    expiresAtMs: epochMs.meta({ description: 'When it ends at the latest; unused it ends sooner' }),
    account,
  })
  .meta({ id: 'SignedIn' })

const session = z
  .strictObject({
    id: anyId,
    createdAtMs: epochMs,
    lastSeenAtMs: epochMs,
    expiresAtMs: epochMs,
    current: z.boolean(),
  })
  .meta({ id: 'Session' })

const device = z
  .strictObject({
    id: anyId,
    venueId,
    name: z.string(),
    role: z.enum(deviceRoles),
    createdAtMs: epochMs,
    lastSeenAtMs: epochMs.exactOptional(),
    revokedAtMs: epochMs.exactOptional(),
  })
  .meta({ id: 'Device', description: 'A kiosk, or another system that speaks for the venue' })

const auditEntry = z
  .strictObject({
    id: anyId,
    atMs: epochMs,
    actor: z.string().meta({ description: 'account:…, device:…, or system' }),
    action: z.string(),
    subject: z.string(),
    venueId: venueId.exactOptional(),
    requestId: z.string().exactOptional(),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' })

const firstOperator = defineEndpoint({
  id: 'firstOperator',
  tag,
  method: 'POST',
  path: '/v1/operators/first',
  summary: 'Make the first operator with the code the server printed at its start',
  access: 'public',
  request: {
    body: z.strictObject({ code: z.string().min(1).max(64), username, password: newPassword }),
  },
  responses: { 201: signedIn },
  problems: ['wrong-code', 'operator-exists', 'weak-password', 'username-taken'],
  rateLimit: { requests: 20, windowS: 900 },
})

const signIn = defineEndpoint({
  id: 'signIn',
  tag,
  method: 'POST',
  path: '/v1/sessions',
  summary: 'Sign in',
  access: 'public',
  request: { body: z.strictObject({ username: z.string().min(1).max(64), password: typedPassword }) },
  responses: { 201: signedIn },
  problems: ['wrong-credentials'],
  // For the processor's sake alone: everyone on a mall's wireless network shares one address, so a budget small
  // enough to stop guessing would let any of them lock the operators out. Guessing is what the guard slows.
  rateLimit: { requests: 600, windowS: 60 },
})

const listSessions = defineEndpoint({
  id: 'listSessions',
  tag,
  method: 'GET',
  path: '/v1/sessions',
  summary: 'My sessions',
  access: accountRoles,
  request: {},
  responses: { 200: z.array(session).max(100) },
})

const endSession = defineEndpoint({
  id: 'endSession',
  tag,
  method: 'DELETE',
  path: '/v1/sessions/{sessionId}',
  summary: 'End one of my sessions; `current` signs out',
  access: accountRoles,
  request: {
    params: z.strictObject({
      sessionId: z.union([z.literal('current'), anyId], {
        error: 'Expected "current" or the id of a session',
      }),
    }),
  },
  responses: { 204: { empty: true } },
  problems: ['unknown-session'],
})

const whoAmI = defineEndpoint({
  id: 'whoAmI',
  tag,
  method: 'GET',
  path: '/v1/me',
  summary: 'Who the token belongs to',
  access: ['operator', 'staff', 'installer', 'kiosk', 'system', 'shopper'],
  request: {},
  responses: {
    200: z.strictObject({ id: z.string(), roles: z.array(z.enum(roles)), venues: venueScope }).meta({
      id: 'Me',
    }),
  },
})

const changePassword = defineEndpoint({
  id: 'changePassword',
  tag,
  method: 'PUT',
  path: '/v1/me/password',
  summary: 'Change my password; ends my other sessions',
  access: accountRoles,
  request: { body: z.strictObject({ current: typedPassword, password: newPassword }) },
  responses: { 204: { empty: true } },
  problems: ['wrong-credentials', 'weak-password'],
})

const createAccount = defineEndpoint({
  id: 'createAccount',
  tag,
  method: 'POST',
  path: '/v1/accounts',
  summary: 'Make an account',
  access: ['operator'],
  request: {
    body: z.strictObject({ username, password: newPassword, roles: accountRoleList, venues: venueScope }),
  },
  responses: { 201: account },
  problems: ['forbidden', 'username-taken', 'weak-password'],
  idempotent: true,
})

const listAccounts = defineEndpoint({
  id: 'listAccounts',
  tag,
  method: 'GET',
  path: '/v1/accounts',
  summary: 'Accounts, by username; those an operator of some venues may manage',
  access: ['operator'],
  request: {
    query: z.strictObject({
      after: z.string().max(64).exactOptional().meta({ description: 'Username to go on behind' }),
      limit: numberInText(1, 200).int().default(100),
    }),
  },
  responses: { 200: z.array(account).max(200) },
})

const changeAccount = defineEndpoint({
  id: 'changeAccount',
  tag,
  method: 'PATCH',
  path: '/v1/accounts/{accountId}',
  summary: 'Change roles, venues, password or whether an account is disabled',
  description: 'Ends the sessions of the account, so that the change holds at once.',
  access: ['operator'],
  request: {
    params: z.strictObject({ accountId: anyId }),
    body: z.strictObject({
      roles: accountRoleList.exactOptional(),
      venues: venueScope.exactOptional(),
      disabled: z.boolean().exactOptional(),
      password: newPassword.exactOptional(),
    }),
  },
  responses: { 200: account },
  problems: ['forbidden', 'unknown-account', 'last-operator', 'weak-password'],
})

const createDevice = defineEndpoint({
  id: 'createDevice',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/devices',
  summary: 'Make a kiosk or another system known and give it its token, shown once',
  description:
    '`system` is for barriers, cameras, guidance systems and tills: it may tell what they see and ask what ' +
    'they need, and nothing else.',
  access: ['operator'],
  request: {
    params: z.strictObject({ venueId }),
    body: z.strictObject({
      name: z.string().trim().min(1).max(100),
      role: z.enum(deviceRoles).default('kiosk'),
    }),
  },
  responses: { 201: z.strictObject({ device, token: z.string() }) },
  problems: ['unknown-venue', 'too-many-devices'],
})

const listDevices = defineEndpoint({
  id: 'listDevices',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/devices',
  summary: 'Kiosks and other systems of a venue',
  access: ['operator', 'installer'],
  request: { params: z.strictObject({ venueId }) },
  responses: { 200: z.array(device).max(1000) },
})

const revokeDevice = defineEndpoint({
  id: 'revokeDevice',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/devices/{deviceId}',
  summary: 'Take a kiosk or another system its token away',
  access: ['operator'],
  request: { params: z.strictObject({ venueId, deviceId: anyId }) },
  responses: { 204: { empty: true } },
  problems: ['unknown-device'],
})

const readAudit = defineEndpoint({
  id: 'readAudit',
  tag,
  method: 'GET',
  path: '/v1/audit',
  summary: 'Who changed what, newest first',
  description: 'An operator of some venues sees what happened in those.',
  access: ['operator'],
  request: {
    query: z.strictObject({
      before: anyId.exactOptional().meta({ description: 'Id of an entry to go on behind' }),
      limit: numberInText(1, 200).int().default(100),
    }),
  },
  responses: { 200: z.array(auditEntry).max(200) },
})

/** The endpoints of the subject `identities`. */
export const identitiesContract = {
  firstOperator,
  signIn,
  listSessions,
  endSession,
  whoAmI,
  changePassword,
  createAccount,
  listAccounts,
  changeAccount,
  createDevice,
  listDevices,
  revokeDevice,
  readAudit,
}
