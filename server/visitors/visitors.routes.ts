import type { Counter } from 'prom-client'
import { visitorsContract as contract } from '../contract/visitors.contract.ts'
import { afterCommit } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { Fault, route } from '../http/index.ts'
import type { Route } from '../http/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { addPhone, mayKeepPhone, readAccount, removePhone } from './account.command.ts'
import type { ConsentCache } from './consent-cache.ts'
import { addStatement, lastWords, lockVisitor } from './consent-ledger.ts'
import { consentTexts, currentVersion } from './consent-texts.ts'
import { isEnded } from './ended-visitors.ts'
import type { EndedVisitors } from './ended-visitors.ts'
import type { Erasures } from './erasures.ts'
import type { PersonalData } from './personal-data.ts'
import { purposes } from './purposes.ts'
import { signInWithWeChat } from './sign-in-with-we-chat.command.ts'
import type { VisitorKeys } from './visitor-keys.ts'
import { presentConsent } from './visitor.presenter.ts'
import type { VisitorTokens } from './visitor-tokens.ts'
import type { WeChat } from './we-chat.ts'

export interface VisitorServices {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly keys: VisitorKeys
  readonly tokens: VisitorTokens
  readonly consents: ConsentCache
  readonly ended: EndedVisitors
  readonly erasures: Erasures
  readonly personalData: PersonalData
  readonly weChat: WeChat
  readonly weChatSignIns: Counter<'result'>
}

/** The routes of the subject `visitors`. */
export function visitorsRoutes(services: VisitorServices): Route[] {
  return [
    ...sessionRoutes(services),
    ...accountRoutes(services),
    ...consentRoutes(services),
    ...dataRoutes(services),
  ]
}

function sessionRoutes(services: VisitorServices): Route[] {
  const { database, clock, newId, tokens, ended, erasures, consents, weChatSignIns } = services
  return [
    route(contract.createVisitor, async () => ({ status: 201, body: await tokens.issue(newId()) })),
    route(contract.renewVisitor, async ({ identity }) => ({
      status: 201,
      body: await tokens.issue(identity.id),
    })),
    route(contract.refreshVisitor, async ({ body }) => {
      const visitorId = await tokens.read(body.refreshToken, 'refresh')
      if (visitorId === undefined || ended.has(visitorId)) {
        return { refused: 'unknown-refresh-token', detail: 'Take a new visitor: POST /v1/visitors.' }
      }
      return { status: 201, body: await tokens.issue(visitorId) }
    }),
    route(contract.signInWithWeChat, async ({ identity, body: { code, joinHistory } }) => {
      const answer = await services.weChat.code2Session(code)
      weChatSignIns.inc({ result: 'refused' in answer ? answer.refused : 'done' })
      if ('refused' in answer) return answer
      const { openid } = answer
      const signedIn = await database.transaction(async (manager) => {
        const asked = { visitorId: identity.id, openid, joinHistory }
        const found = await signInWithWeChat(manager, asked, { ...services, nowMs: clock() })
        if ('refused' in found) return found
        afterCommit(manager, () => {
          for (const word of found.words) consents.apply(found.visitorId, word)
          if (found.joined && found.visitorId !== identity.id) erasures.committed(identity.id)
        })
        return found
      })
      if ('refused' in signedIn) {
        return { ...signedIn, detail: 'Joining the history needs the consent to `profile`.' }
      }
      const { visitorId, account, joined } = signedIn
      return { status: 201, body: { session: await tokens.issue(visitorId), account, joined } }
    }),
  ]
}

function accountRoutes({ database, keys, weChat }: VisitorServices): Route[] {
  const { manager } = database.dataSource
  return [
    route(contract.readAccount, async ({ identity }) => ({
      status: 200,
      body: await readAccount(manager, keys, identity.id),
    })),
    route(contract.addPhone, async ({ identity: { id }, body: { code } }) => {
      // A code is good once: it is not spent where the number could not be kept.
      const refused = await database.transaction((within) => mayKeepPhone(within, id))
      if (refused) return refused
      const answer = await weChat.phoneOf(code)
      if ('refused' in answer) return answer
      const kept = { visitorId: id, phone: answer.phone }
      const added = await database.transaction((within) => addPhone(within, keys, kept))
      return 'refused' in added ? added : { status: 200, body: added }
    }),
    route(contract.removePhone, async ({ identity: { id } }) => {
      await removePhone(manager, id)
      return { status: 200, body: await readAccount(manager, keys, id) }
    }),
  ]
}

function consentRoutes({ database, clock, keys, consents }: VisitorServices): Route[] {
  return [
    route(contract.listConsentTexts, () => Promise.resolve({ status: 200, body: consentTexts })),
    route(contract.readConsents, async ({ identity: { id } }) => {
      const words = (await lastWords(database.dataSource.manager, [id])).get(id) ?? []
      const body = purposes.map((one) =>
        presentConsent(
          one,
          words.find(({ purpose }) => purpose === one),
        ),
      )
      return { status: 200, body }
    }),
    route(contract.changeConsent, async ({ manager, identity: { id }, params: { purpose }, body }) => {
      const { granted, textVersion, lang, way } = body
      if (granted && textVersion !== currentVersion(purpose)) {
        return {
          refused: 'outdated-text',
          detail: 'Show the text in force and ask again: GET /v1/consent-texts.',
          facts: { current: currentVersion(purpose) },
        }
      }
      const nowMs = clock()
      await lockVisitor(manager, id, new Date(nowMs))
      // An erasure on another node may have gone before while this request was on its way.
      if (await isEnded(manager, keys, id)) throw new Fault('unauthenticated')
      const statement = { purpose, granted, textVersion, lang, way }
      const { word, added } = await addStatement(manager, { visitorId: id, statement, nowMs })
      if (purpose === 'profile' && !granted) await removePhone(manager, id)
      if (added) {
        afterCommit(manager, () => {
          consents.apply(id, word)
        })
      }
      return { status: 200, body: presentConsent(purpose, word) }
    }),
  ]
}

function dataRoutes({ database, clock, personalData, erasures }: VisitorServices): Route[] {
  return [
    route(contract.exportMe, async ({ identity: { id } }) => {
      const parts = await database.transaction((manager) => personalData.exportOf(manager, id))
      return { status: 200, body: { visitorId: id, exportedAtMs: clock(), parts } }
    }),
    route(contract.eraseMe, async ({ identity: { id } }) => {
      await erasures.erase(id)
      return { status: 200, body: { erasedAtMs: clock() } }
    }),
  ]
}
