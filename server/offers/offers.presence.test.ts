import type { ExecutionContext } from 'ava'
import type { EntityManager } from 'typeorm'
import { Registry } from 'prom-client'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import type { VersionId } from '../../maps/model/index.ts'
import type { CampaignTerms } from '../contract/campaign-values.ts'
import type { Database } from '../database/index.ts'
import { newUuid } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import type { PresenceEvent } from '../presence/index.ts'
import type { Patch } from '../realtime/index.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import type { ConsentChange, PersonalDataHolder, Purpose } from '../visitors/index.ts'
import type { ZonePlan } from '../venues/index.ts'
import { createOffers } from './index.ts'
import { listOffers } from './find-offer.ts'
import { patchesOf } from './streams.ts'
import { termsOf } from './testing/any-campaign.ts'
import { audit, OfferWorld } from './testing/offer-world.ts'

const onDatabases = databaseTests({ entities, migrations })
const levelId = tinyId('level F1')
const coffee = tinyId('unit F1 coffee')

/** One node of the server: offers over the world's database, with consents the test decides over. */
function startNode(t: ExecutionContext, world: OfferWorld, members: readonly string[] = []) {
  const agreed = new Set<string>()
  const heard: ((change: ConsentChange) => void)[] = []
  const holders: PersonalDataHolder[] = []
  const shown: Patch[] = []
  const registry = new Registry()
  const plan: ZonePlan = {
    venueId: world.venueId,
    versionId: 'one' as VersionId,
    levels: [],
    zones: [
      {
        id: coffee,
        kind: 'unit',
        on: [
          {
            levelId,
            rings: [
              [
                { x: 0, y: 0 },
                { x: 9, y: 0 },
                { x: 9, y: 9 },
                { x: 0, y: 9 },
              ],
            ],
          },
        ],
      },
    ],
  }
  const offers = createOffers({
    database: world.database,
    clock: () => world.nowMs,
    newId: newUuid,
    log: createLog({ level: 'silent' }),
    registry,
    tokenSecrets: [new Uint8Array(32).fill(1)],
    zonePlanOf: () => plan,
    consents: {
      has: (visitorId: string, purpose: Purpose) => agreed.has(`${visitorId} ${purpose}`),
      onChange: (listener) => void heard.push(listener),
    },
    isMember: (_: EntityManager, visitorId: string) => Promise.resolve(members.includes(visitorId)),
    personalData: { register: (holder) => void holders.push(holder) },
    jobs: { every: () => undefined },
    outbox: { on: () => undefined, everywhere: () => undefined },
    realtime: { publish: (patch) => void shown.push(patch), provide: () => undefined },
  })
  t.teardown(() => offers.stop())
  return {
    offers,
    shown,
    holder: holders[0]!,
    figure: async (name: string) => (await registry.getSingleMetricAsString(name)).split('\n').slice(2),
    agree(visitorId: string, ...purposes: Purpose[]) {
      for (const purpose of purposes) agreed.add(`${visitorId} ${purpose}`)
    },
    async withdraw(visitorId: string, purpose: Purpose) {
      agreed.delete(`${visitorId} ${purpose}`)
      for (const listener of heard) listener({ visitorId, purpose, granted: false })
      await offers.idle()
    },
  }
}

const basis = { source: 'phone', radiusM: 3, levelProbability: 1, belief: 1 } as const

function event(world: OfferWorld, visitorId: string, change: Partial<PresenceEvent> = {}): PresenceEvent {
  const made = {
    eventId: newUuid(),
    venueId: world.venueId,
    visitorId,
    zone: { id: coffee, kind: 'unit', levelId },
    atMs: world.nowMs,
    kind: 'entered',
    cause: { why: 'walked-in', basis },
    ...change,
  }
  return made as PresenceEvent
}

const dwelled = (dwellMs: number) =>
  ({ kind: 'dwelled', dwellMs, cause: { why: 'stayed', markMs: dwellMs } }) as const
const venueZone = (world: OfferWorld) => ({ zone: { id: world.venueId, kind: 'venue', levelId } }) as const
const levelZone = { zone: { id: levelId, kind: 'level', levelId } } as const

function held(world: OfferWorld, visitorId: string) {
  return listOffers(world.database.dataSource.manager, {
    ...{ venueId: world.venueId, visitorId, heldAtMs: world.nowMs, before: undefined, limit: 100 },
  })
}

function presenceTest(
  title: string,
  body: (t: ExecutionContext, world: OfferWorld, node: ReturnType<typeof startNode>) => Promise<void>,
): void {
  onDatabases(title, async (t, database: Database) => {
    const world = await OfferWorld.open(database)
    const node = startNode(t, world)
    await body(t, world, node)
    await audit(t, database)
  })
}

const dwelling = (dwellMs = 30_000): Partial<CampaignTerms> => ({
  trigger: { on: 'dwell', zones: [coffee], dwellMs },
})

presenceTest('a stay that is long enough leads to an offer, told to the phone', async (t, world, node) => {
  await world.campaign(dwelling())
  await node.offers.start()
  t.deepEqual(node.offers.dwellMarks(world.venueId, coffee), [30_000])
  const visitor = newUuid()
  node.agree(visitor, 'marketing')
  node.offers.onPresence(event(world, visitor, dwelled(29_999)))
  await node.offers.idle()
  t.deepEqual(await held(world, visitor), [])
  node.offers.onPresence(event(world, visitor, dwelled(30_000)))
  await node.offers.idle()
  const [found] = await held(world, visitor)
  const [told]: { visitor_id: string; payload: { offer: { id: string } }; topic: string }[] =
    await world.database.dataSource.query(`SELECT * FROM outbox_event WHERE topic = 'offer.granted'`)
  const { venueId } = world
  const [patch] = patchesOf({
    venueId,
    topic: told!.topic,
    visitorId: told!.visitor_id,
    payload: told!.payload,
  })
  t.is(patch?.stream, `visitor:${visitor}`)
  t.deepEqual(Object.keys(patch?.set ?? {}), [`offer:${found!.grant.grantId}`])
})

presenceTest(
  'nobody is offered anything by where they are who did not agree to marketing',
  async (t, world, node) => {
    await world.campaign(dwelling())
    await node.offers.start()
    const visitor = newUuid()
    node.agree(visitor, 'location', 'profile')
    node.offers.onPresence(event(world, visitor, dwelled(60_000)))
    await node.offers.idle()
    t.deepEqual(await held(world, visitor), [])
    t.deepEqual(await node.figure('atrium_offers_let_go_total'), [
      'atrium_offers_let_go_total{why="no-consent"} 1',
    ])
  },
)

presenceTest(
  'walking into mall, level and shop at once leads to the one best offer',
  async (t, world, node) => {
    const limits = termsOf().limits
    await world.campaign({ trigger: { on: 'venue' } })
    await world.campaign({ trigger: { on: 'level', levels: [levelId] } })
    const best = await world.campaign({
      trigger: { on: 'enter', zones: [coffee] },
      limits: { ...limits, priority: 200 },
    })
    await node.offers.start()
    const visitor = newUuid()
    node.agree(visitor, 'marketing')
    for (const change of [venueZone(world), levelZone, {}]) {
      node.offers.onPresence(event(world, visitor, change))
    }
    await node.offers.idle()
    t.deepEqual(
      (await held(world, visitor)).map(({ grant }) => grant.campaignId),
      [best],
    )
  },
)

presenceTest(
  'leaving counts when somebody leaves, not when they withdraw or the server lets go',
  async (t, world, node) => {
    await world.campaign({ trigger: { on: 'leave', zones: [coffee] } })
    await node.offers.start()
    const visitor = newUuid()
    node.agree(visitor, 'marketing')
    const left = (why: 'walked-out' | 'consent-withdrawn' | 'shed' | 'map-changed' | 'session-ended') =>
      event(world, visitor, { kind: 'left', dwellMs: 1, cause: { why, lastHeardMs: world.nowMs } })
    for (const why of ['consent-withdrawn', 'shed', 'map-changed', 'session-ended'] as const) {
      node.offers.onPresence(left(why))
    }
    await node.offers.idle()
    t.is((await held(world, visitor)).length, 0)
    node.offers.onPresence(left('walked-out'))
    await node.offers.idle()
    t.is((await held(world, visitor)).length, 1)
  },
)

presenceTest('coming near a shop leads to its offer', async (t, world, node) => {
  await world.campaign({ trigger: { on: 'nearby', zones: [coffee], withinM: 5 } })
  await node.offers.start()
  const visitorId = newUuid()
  node.agree(visitorId, 'marketing')
  const walkTo = async (x: number) => {
    const { venueId, nowMs: atMs } = world
    node.offers.onPlaced({ venueId, visitorId, levelId, x, y: 4, radiusM: 3, atMs })
    await node.offers.idle()
    return (await held(world, visitorId)).length
  }
  t.is(await walkTo(-20), 0)
  t.is(await walkTo(-5), 1)
})

presenceTest(
  'knows a first visit, a return and a welcome of those who agreed to a profile',
  async (t, world, node) => {
    const welcome = await world.campaign({
      trigger: { on: 'welcome' },
      audience: { membership: 'anyone', visit: 'returning' },
    })
    const first = await world.campaign({ trigger: { on: 'first-visit' } })
    await node.offers.start()
    const [known, unknown] = [newUuid(), newUuid()]
    node.agree(known, 'marketing', 'profile')
    node.agree(unknown, 'marketing')
    const enter = async (visitor: string) => {
      node.offers.onPresence(event(world, visitor, venueZone(world)))
      await node.offers.idle()
      return (await held(world, visitor)).map(({ grant }) => grant.campaignId)
    }
    t.deepEqual(await enter(known), [first])
    t.deepEqual(await enter(unknown), [])
    // The same visit, an hour later: neither first nor a return.
    world.nowMs += 3_600_000
    t.deepEqual(await enter(known), [])
    // The next day.
    world.nowMs += 86_400_000
    t.deepEqual(await enter(known), [welcome])
    t.deepEqual(await enter(unknown), [])
    const kept: unknown[] = await world.database.dataSource.query(
      'SELECT visitor_id, visits FROM venue_visit',
    )
    t.deepEqual(kept, [{ visitor_id: known, visits: 2 }])
    await node.withdraw(known, 'profile')
    t.deepEqual(await world.database.dataSource.query('SELECT 1 FROM venue_visit'), [])
  },
)

presenceTest('offers for members ask who is one', async (t, world) => {
  const [member, other] = [newUuid(), newUuid()]
  const node = startNode(t, world, [member])
  await world.campaign({
    trigger: { on: 'enter', zones: [coffee] },
    audience: { membership: 'members', visit: 'any' },
  })
  await node.offers.start()
  for (const visitor of [member, other]) {
    node.agree(visitor, 'marketing')
    node.offers.onPresence(event(world, visitor))
  }
  await node.offers.idle()
  t.is((await held(world, member)).length, 1)
  t.is((await held(world, other)).length, 0)
})

presenceTest(
  'another node hears of a campaign, and of its pause, and shows its screens',
  async (t, world, node) => {
    await node.offers.start()
    const campaign = await world.campaign(dwelling())
    await node.offers.look()
    t.is(node.offers.dwellMarks(world.venueId, coffee).length, 1)
    await world.move(campaign, 'paused')
    await node.offers.look()
    t.is(node.offers.dwellMarks(world.venueId, coffee).length, 0)
    t.deepEqual(
      node.shown.map(({ stream, set }) => [stream, (set?.campaigns as readonly unknown[]).length]),
      [
        [`floor:${world.venueId}`, 1],
        [`floor:${world.venueId}`, 0],
      ],
    )
  },
)

presenceTest(
  'screens are told how many places are left, again when that changed, and no more after the end',
  async (t, world, node) => {
    await world.campaign()
    const campaign = await world.campaign({ limits: { ...termsOf().limits, total: 3 } })
    const told = async () => {
      node.shown.length = 0
      await node.offers.look()
      return node.shown.filter(({ set }) => set?.campaigns === undefined)
    }
    const stream = `floor:${world.venueId}`
    const key = `left:${campaign}`
    const left = (count: number) => [
      { stream, set: { [key]: { campaignId: campaign, left: count } }, gone: [] },
    ]
    t.deepEqual(await told(), left(3))
    t.deepEqual(await told(), [])
    await world.claim(campaign)
    t.deepEqual(await told(), left(2))
    await world.move(campaign, 'paused')
    t.deepEqual(await told(), [{ stream, set: {}, gone: [key] }])
  },
)

presenceTest('the sweep gives places back and follows schedules', async (t, world, node) => {
  const times = { ...termsOf().schedule, fromMs: world.nowMs + 1000 }
  const scheduled = await world.campaign({ schedule: times }, 'scheduled')
  const campaign = await world.campaign()
  await world.grant(campaign)
  world.nowMs += 3_600_000
  await node.offers.sweep()
  t.like(await world.tally(campaign), { held: 0, expired: 1 })
  t.deepEqual(await node.figure('atrium_offers_ended_total'), ['atrium_offers_ended_total{how="expired"} 1'])
  t.true((await world.grant(scheduled)).made)
})

presenceTest('an erased visitor is in no table, and the money stays', async (t, world, node) => {
  const visitorId = newUuid()
  const [used, kept] = [await world.campaign(), await world.campaign()]
  const { grant } = await world.grant(used, visitorId)
  await world.redeem(world.codeOf(grant))
  await world.grant(kept, visitorId)
  const { manager } = world.database.dataSource
  await manager.query('INSERT INTO venue_visit VALUES ($1, $2, 1, now(), now(), now())', [
    world.venueId,
    visitorId,
  ])
  const exported = JSON.stringify(await node.holder.exportOf(manager, visitorId))
  for (const part of [
    '满减券',
    '"state":"redeemed"',
    '"state":"held"',
    '"discountFen":"2000"',
    '"visits":1',
  ]) {
    t.true(exported.includes(part), `${part}: ${exported}`)
  }
  await world.database.transaction((within) => node.holder.erase(within, visitorId))
  t.is(await node.holder.exportOf(manager, visitorId), null)
  for (const table of [
    'offer_grant',
    'campaign_visitor',
    'venue_visit',
    'redemption',
    'campaign',
    'campaign_version',
  ]) {
    const rows: { text: string }[] = await manager.query(
      `SELECT to_jsonb(row)::text AS text FROM ${table} AS row`,
    )
    t.false(
      rows.some(({ text }) => text.includes(visitorId)),
      table,
    )
  }
  t.like(await world.tally(used), { redeemed: 1, spentFen: 2000 })
  t.like(await world.tally(kept), { held: 0, declined: 1, reservedFen: 0 })
  // What was told before is the outbox’s to erase; nothing is told with the name afterwards.
  const told: unknown[] = await manager.query(
    `SELECT 1 FROM outbox_event WHERE topic = 'offer.declined' AND visitor_id IS NOT NULL`,
  )
  t.deepEqual(told, [])
})

presenceTest('signing in brings along what one had, and no second helping', async (t, world, node) => {
  const [fromId, toId] = [newUuid(), newUuid()]
  const [both, used, mine] = [await world.campaign(), await world.campaign(), await world.campaign()]
  for (const visitor of [fromId, toId]) await world.grant(both, visitor)
  const { grant } = await world.grant(used, fromId)
  await world.redeem(world.codeOf(grant))
  const brought = await world.grant(mine, fromId)
  await world.database.transaction((within) => node.holder.join!(within, { fromId, toId }))
  await audit(t, world.database)
  const ids = (await held(world, toId)).map(({ grant: one }) => one.campaignId)
  t.deepEqual(ids.sort(), [both, mine].sort())
  const again = await world.claim(used, toId)
  t.like(again, { facts: { rule: 'cap-per-visitor' } })
  t.is((await held(world, fromId)).length, 1)
  // What stayed behind goes with the anonymous id.
  await world.database.transaction((within) => node.holder.erase(within, fromId))
  t.is((await held(world, fromId)).length, 0)
  const redeemed = await world.redeem(world.codeOf(brought.grant))
  t.true('made' in redeemed && redeemed.made)
})
