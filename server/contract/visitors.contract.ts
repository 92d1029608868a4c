import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import { anyId, epochMs } from './values.ts'

const tag = 'Visitors'

const purpose = z
  .enum(['location', 'profile', 'marketing'])
  .meta({ id: 'ConsentPurpose', description: 'What a visitor can agree to, each for itself' })

const textVersion = z
  .string()
  .min(1)
  .max(32)
  .meta({ description: 'Version of a consent text', examples: ['location-1'] })

const visitorSession = z
  .strictObject({
    visitorId: anyId,
    token: z.string().meta({ description: 'Bearer token, good for an hour' }),
    expiresAtMs: epochMs,
    refreshToken: z.string().meta({ description: 'Gives a fresh token after the old one has expired' }),
    refreshExpiresAtMs: epochMs,
  })
  .meta({ id: 'VisitorSession' })

const consentText = z
  .strictObject({ title: z.string(), text: z.string() })
  .meta({ id: 'ConsentText', description: 'What a person agrees to, in plain words' })

const consentTexts = z
  .strictObject({ purpose, version: textVersion, zh: consentText, en: consentText })
  .meta({ id: 'ConsentTexts' })

const consentState = z
  .strictObject({
    purpose,
    granted: z.boolean(),
    textVersion: textVersion.exactOptional(),
    atMs: epochMs.exactOptional().meta({ description: 'When the person said so; absent when never asked' }),
    current: z
      .boolean()
      .meta({ description: 'False when the text has changed since: ask again, the consent holds meanwhile' }),
  })
  .meta({ id: 'ConsentState' })

const createVisitor = defineEndpoint({
  id: 'createVisitor',
  tag,
  method: 'POST',
  path: '/v1/visitors',
  summary: 'A token for a shopper nobody knows',
  description: 'Nothing is stored: the id is made for this token and means nobody.',
  access: 'public',
  request: {},
  responses: { 201: visitorSession },
})

const renewVisitor = defineEndpoint({
  id: 'renewVisitor',
  tag,
  method: 'POST',
  path: '/v1/visitors/renew',
  summary: 'A fresh token for the same shopper, while the old one is good',
  access: ['shopper'],
  request: {},
  responses: { 201: visitorSession },
})

const refreshVisitor = defineEndpoint({
  id: 'refreshVisitor',
  tag,
  method: 'POST',
  path: '/v1/visitors/refresh',
  summary: 'A fresh token for the same shopper, after the old one has expired',
  access: 'public',
  request: { body: z.strictObject({ refreshToken: z.string().min(1).max(1024) }) },
  responses: { 201: visitorSession },
  problems: ['unknown-refresh-token'],
})

const weChatCode = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/)
  .meta({ description: 'Good once and for five minutes' })

const weChatProblems = [
  'wechat-off',
  'wechat-code-refused',
  'wechat-too-often',
  'wechat-account-blocked',
  'wechat-unavailable',
] as const

const signInWithWeChat = defineEndpoint({
  id: 'signInWithWeChat',
  tag,
  method: 'POST',
  path: '/v1/visitors/wechat',
  summary: 'Sign in with the code of wx.login',
  description:
    'Gives the session of the account. With `joinHistory` what was kept under the anonymous id becomes the ' +
    'account’s, which needs the anonymous visitor’s consent to `profile`; without it the account starts empty, and ' +
    'the anonymous id goes on apart. WeChat’s session key is neither kept nor logged.',
  access: ['shopper'],
  request: {
    body: z.strictObject({
      code: weChatCode,
      joinHistory: z.boolean().default(false),
    }),
  },
  responses: {
    201: z.strictObject({
      session: visitorSession,
      account: z.enum(['new', 'known']),
      joined: z.boolean().meta({ description: 'Whether the anonymous history is now the account’s' }),
    }),
  },
  problems: [...weChatProblems, 'consent-needed'],
})

const account = z
  .strictObject({
    member: z.boolean().meta({ description: 'Signed in with WeChat once; otherwise anonymous' }),
    phone: z
      .string()
      .exactOptional()
      .meta({ description: 'The number that was given, without its middle', examples: ['138****8000'] }),
  })
  .meta({ id: 'VisitorAccount' })

const readAccount = defineEndpoint({
  id: 'readAccount',
  tag,
  method: 'GET',
  path: '/v1/me/account',
  summary: 'Whether I have an account, and which number belongs to it',
  access: ['shopper'],
  request: {},
  responses: { 200: account },
})

const addPhone = defineEndpoint({
  id: 'addPhone',
  tag,
  method: 'POST',
  path: '/v1/me/phone',
  summary: 'Add the phone number of WeChat’s phone number button to my account',
  description:
    'Needs an account and the consent to `profile`; it goes when that is withdrawn. Kept sealed; nobody but its owner ' +
    'is shown any of it.',
  access: ['shopper'],
  request: { body: z.strictObject({ code: weChatCode }) },
  responses: { 200: account },
  problems: [...weChatProblems, 'consent-needed', 'not-signed-in'],
})

const removePhone = defineEndpoint({
  id: 'removePhone',
  tag,
  method: 'DELETE',
  path: '/v1/me/phone',
  summary: 'Take my phone number off my account',
  access: ['shopper'],
  request: {},
  responses: { 200: account },
})

const listConsentTexts = defineEndpoint({
  id: 'listConsentTexts',
  tag,
  method: 'GET',
  path: '/v1/consent-texts',
  summary: 'The texts a shopper agrees to, in force now',
  access: 'public',
  request: {},
  responses: { 200: z.array(consentTexts) },
})

const readConsents = defineEndpoint({
  id: 'readConsents',
  tag,
  method: 'GET',
  path: '/v1/me/consents',
  summary: 'What I agree to',
  access: ['shopper'],
  request: {},
  responses: { 200: z.array(consentState) },
})

const changeConsent = defineEndpoint({
  id: 'changeConsent',
  tag,
  method: 'PUT',
  path: '/v1/me/consents/{purpose}',
  summary: 'Agree to one purpose, or withdraw it',
  description:
    'Takes effect at once. Every change is kept with its date, the version of the text and the way it came; saying the same ' +
    'again changes nothing.',
  access: ['shopper'],
  request: {
    params: z.strictObject({ purpose }),
    body: z
      .strictObject({
        granted: z.boolean(),
        textVersion: textVersion.exactOptional(),
        lang: z.enum(['zh', 'en']).default('zh').meta({ description: 'In which language it was read' }),
        way: z
          .enum(['mini-program', 'kiosk', 'handheld', 'web'])
          .meta({ description: 'What the person had in hand' }),
      })
      .refine(({ granted, textVersion: version }) => !granted || version !== undefined, {
        error: 'agreeing needs the version of the text that was shown: GET /v1/consent-texts',
      }),
  },
  responses: { 200: consentState },
  problems: ['outdated-text'],
  idempotent: true,
})

const exportMe = defineEndpoint({
  id: 'exportMe',
  tag,
  method: 'GET',
  path: '/v1/me/export',
  summary: 'Everything that is kept about me',
  access: ['shopper'],
  request: {},
  responses: {
    200: z
      .strictObject({
        visitorId: anyId,
        exportedAtMs: epochMs,
        parts: z
          .record(z.string(), z.unknown())
          .meta({ description: 'By subject; null where nothing is kept' }),
      })
      .meta({ id: 'VisitorExport' }),
  },
  timeoutMs: 60_000,
})

const eraseMe = defineEndpoint({
  id: 'eraseMe',
  tag,
  method: 'DELETE',
  path: '/v1/me',
  summary: 'Erase everything that is kept about me',
  description:
    'Takes effect at once: the token and its refresh token are no longer good. What remains is that an erasure took place, ' +
    'without whose it was.',
  access: ['shopper'],
  request: {},
  responses: { 200: z.strictObject({ erasedAtMs: epochMs }) },
  timeoutMs: 60_000,
})

/** The endpoints of the subject `visitors`. */
export const visitorsContract = {
  createVisitor,
  renewVisitor,
  refreshVisitor,
  signInWithWeChat,
  readAccount,
  addPhone,
  removePhone,
  listConsentTexts,
  readConsents,
  changeConsent,
  exportMe,
  eraseMe,
}
