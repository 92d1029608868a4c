import { Counter, Gauge } from 'prom-client'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import { auditHolder } from '../identities/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import { ConsentCache } from './consent-cache.ts'
import { lastWords } from './consent-ledger.ts'
import { EndedVisitors } from './ended-visitors.ts'
import { Erasures } from './erasures.ts'
import { VisitorNews } from './news.ts'
import { keptRepliesHolder, visitorHolder } from './own-data.ts'
import { PersonalData } from './personal-data.ts'
import type { Consents } from './purposes.ts'
import { createVisitorKeys } from './visitor-keys.ts'
import { createVisitorTokens } from './visitor-tokens.ts'
import { visitorEntity } from './visitor.entity.ts'
import { visitorsRoutes } from './visitors.routes.ts'
import { createWeChat, demoWeChat, noWeChat } from './we-chat.ts'

export { isMember } from './is-member.ts'
export { PersonalData } from './personal-data.ts'
export type { PersonalDataHolder } from './personal-data.ts'
export { purposes } from './purposes.ts'
export type { ConsentChange, Consents, Purpose } from './purposes.ts'

/** How often a node looks for what others changed. */
const lookMs = 2000

export interface Visitors {
  readonly routes: readonly Route[]
  /** The visitor of a token; `undefined` when it is not good, or the visitor was erased. */
  readonly readToken: (token: string) => Promise<string | undefined>
  /** A visitor's openid, for paying with WeChat; undefined while they did not sign in with it. */
  readonly openidOf: (visitorId: string) => Promise<string | undefined>
  readonly consents: Consents
  /** Where every subject registers what it keeps of visitors. */
  readonly personalData: PersonalData
  /** Takes in what other nodes changed, and finishes erasures that are due. */
  look(): Promise<void>
  /** Loads what has to be known before the first request, then looks by itself. */
  start(): Promise<void>
  /** Finishes what is left of erasures. */
  stop(): Promise<void>
}

/** Shoppers: their tokens, accounts and consents, and what they may ask of everything kept about them. */
export function createVisitors(options: {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly tokenSecrets: readonly [Uint8Array, ...Uint8Array[]]
  /** Undefined: nobody can sign in with WeChat; in the demonstration the preview's people can. */
  readonly weChat: { readonly appId: string; readonly appSecret: string; readonly apiUrl: string } | undefined
  readonly isDemo: boolean
}): Visitors {
  const { database, clock, newId, log, registry, tokenSecrets, weChat: account, isDemo } = options
  const keys = createVisitorKeys(tokenSecrets)
  const tokens = createVisitorTokens({ secrets: tokenSecrets, clock })
  const consents = new ConsentCache(
    (visitorIds) => lastWords(database.dataSource.manager, visitorIds),
    (error) => {
      log.warn({ err: error }, 'consents could not be read; without them nobody counts as having agreed')
    },
  )
  const personalData = new PersonalData()
  personalData.register(visitorHolder(keys))
  personalData.register(keptRepliesHolder)
  personalData.register(auditHolder)
  const ended = new EndedVisitors(keys)
  const erasures = new Erasures({ database, clock, newId, keys, personalData, ended, consents })
  const news = new VisitorNews({ database, clock, keys, consents, ended, erasures })
  const onFault = (what: string, facts: object) => {
    log.error({ facts }, what)
  }
  const withoutWeChat = isDemo ? demoWeChat : noWeChat
  const weChat = account ? createWeChat({ ...account, onFault }, clock) : withoutWeChat
  const weChatSignIns = new Counter({
    name: 'atrium_wechat_sign_ins_total',
    help: 'Tries to sign in with WeChat, by result',
    labelNames: ['result'] as const,
    registers: [registry],
  })
  measure(registry, { consents, ended })
  const look = async () => {
    await news.look()
    await erasures.sweep(clock())
  }
  let timer: NodeJS.Timeout | undefined
  return {
    routes: visitorsRoutes({
      ...{ database, clock, newId, keys, tokens, consents, ended, erasures, personalData },
      ...{ weChat, weChatSignIns },
    }),
    async readToken(token) {
      const visitorId = await tokens.read(token)
      return visitorId === undefined || ended.has(visitorId) ? undefined : visitorId
    },
    async openidOf(visitorId) {
      const row = await database.dataSource.manager.findOneBy(visitorEntity, { visitorId })
      return row?.openidSealed ? keys.open(row.openidSealed, visitorId) : undefined
    },
    consents,
    personalData,
    look,
    async start() {
      await look()
      timer = setInterval(() => {
        look().catch((error: unknown) => {
          log.warn({ err: error }, 'what other nodes changed about visitors could not be read')
        })
      }, lookMs).unref()
    },
    async stop() {
      clearInterval(timer)
      await erasures.sweep(Infinity)
    },
  }
}

function measure(
  registry: MetricsRegistry,
  { consents, ended }: { consents: ConsentCache; ended: EndedVisitors },
): void {
  const gauges = [
    ['atrium_consents_kept', 'Visitors whose consents are in memory, at most 100000', () => consents.size],
    [
      'atrium_consents_turned_away',
      'Questions for a consent answered "no" because 20000 visitors waited to be looked up',
      () => consents.turnedAway,
    ],
    ['atrium_visitors_ended', 'Visitors whose tokens are refused', () => ended.size],
  ] as const
  for (const [name, help, read] of gauges) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  }
}
